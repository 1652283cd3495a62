"""One process that owns the demo: PostgreSQL, web, worker and the local Stripe, until Ctrl-C or SIGTERM."""

import shutil
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from types import FrameType

from oficina.demo.cast import COLLEAGUES, LINKABLE, LINKABLE_BILL_NUMBER
from oficina.demo.place import (
    DATABASE,
    OWNER_LOGIN,
    ROOT,
    RUNTIME_LOGIN,
    RUNTIME_ROLE,
    STRIPE_API_KEY,
    CannotStartError,
    DemoPlace,
)
from oficina.demo.postgres import ensure_database, ensure_owner_login, ensure_runtime_login, running_postgres
from oficina.demo.preparation import collect_static, load_data, migrate
from oficina.demo.processes import Running, running, watch

FIRST_PAGE_SECONDS = 60.0


def run(place: DemoPlace) -> None:
    """Prepare, start everything, tell the address and the logins, and watch.

    Ends by KeyboardInterrupt (Ctrl-C, SIGTERM), CannotStartError or StoppedWorkingError; everything it started is
    stopped by then.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    place.check_ports()
    place.log_folder.mkdir(exist_ok=True)
    with ExitStack() as stack:
        server = stack.enter_context(running_postgres(place.database_folder))
        ensure_owner_login(server, OWNER_LOGIN)
        ensure_runtime_login(server, RUNTIME_LOGIN, RUNTIME_ROLE)
        ensure_database(server, DATABASE, owner=OWNER_LOGIN)
        runtime = place.environment(server, login=RUNTIME_LOGIN)
        migrate(place, place.environment(server, login=OWNER_LOGIN))
        collect_static(place, runtime)
        load_data(place, runtime)
        processes = _start(stack, place, runtime)
        _wait_for_first_page(place, processes)
        _tell(place)
        watch(processes)


def forget(place: DemoPlace) -> None:
    """Remove the data, the simulator's too. The lock stays, since it is held."""
    if (place.database_folder / "postmaster.pid").exists():
        with running_postgres(place.database_folder):
            pass  # left by a demo that was killed; stopped at the end of the block
    for entry in place.folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != "lock":
            entry.unlink()


def _start(stack: ExitStack, place: DemoPlace, runtime: Mapping[str, str]) -> list[Running]:
    """The simulator, the worker and the web, stopped in the opposite order."""
    return [
        stack.enter_context(running(name, command, runtime, place.log_folder / f"{name}.log"))
        for name, command in {
            "simulator": [
                *(sys.executable, "-m", "oficina.simulator"),
                *("--port", str(place.simulator_port), "--state", str(place.folder / "simulator")),
                *("--api-key", STRIPE_API_KEY, "--merchant-name", "Aguas del Piedemonte"),
                *("--webhook-url", place.webhook_url, "--webhook-secret", place.webhook_secret),
            ],
            "worker": [sys.executable, str(ROOT / "manage.py"), "procrastinate", "worker"],
            "web": [
                *(sys.executable, "-m", "granian", "--interface", "wsgi", "oficina.wsgi:application", "--no-ws"),
                *("--host", "127.0.0.1", "--port", str(place.port), "--access-log"),
                *("--workers", "1", "--blocking-threads", "8"),
                *("--working-dir", str(ROOT)),
            ],
        }.items()
    ]


def _wait_for_first_page(place: DemoPlace, processes: list[Running]) -> None:
    deadline = time.monotonic() + FIRST_PAGE_SECONDS
    while not _answers(place.base_url + "/"):
        for process in processes:
            process.check()
        if time.monotonic() > deadline:
            raise CannotStartError(f"The portal does not answer. Its log is {place.log_folder / 'web.log'}.")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310  our own address
            return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500
    except OSError:
        return False


def _colleagues() -> str:
    """A line for each person of the office who has one role."""
    return "\n".join(f"  {person.role.lower():<21} {person.email}" for person in COLLEAGUES)


def _tell(place: DemoPlace) -> None:
    sys.stdout.write(
        f"""
The portal answers at   {place.base_url}/

  customer              demo@oficina.example
  with sixty accounts   administrador@oficina.example
  office                admin@oficina.example      {place.base_url}/admin/
{_colleagues()}
  password of all       oficina-virtual

  to try linking        account {LINKABLE.number}, bill {LINKABLE_BILL_NUMBER}

  outgoing mail         {place.base_url}/demo/correo/
  local Stripe          {place.simulator_url}/
  logs                  {place.log_folder}

Ctrl-C stops all of it and keeps the data.
"""
    )
    sys.stdout.flush()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
