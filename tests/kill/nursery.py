"""A process that has imported the portal and waits: told so, it forks a web or a worker, which begins at once.

Importing takes seconds, and these tests let hundreds of processes die. What is forked is what production runs: granian
with its own serving process, and procrastinate's worker.

Run as `python -m tests.kill.nursery PORT`. On stdin `web LOG` or `worker LOG` is answered with the id of the new
process, which leads a group of its own; `bury PID` with `buried` once that one has ended. At the end of stdin all of
them end.
"""

import importlib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces

from oficina.configuration import ROOT

_IMPORTED_BEFORE = ("oficina.wsgi", "oficina.urls", "oficina.shared.pdf", "procrastinate.contrib.django")
_BLOCKING_THREADS = 8
_POLLING_SECONDS = 0.2
"""How often the worker looks for jobs of which it missed the notice: the 5 s of production would be most of a round."""


def main() -> None:
    """Does as stdin says until it ends."""
    port = int(sys.argv[1])
    for module in _IMPORTED_BEFORE:
        importlib.import_module(module)
    begins: dict[str, Callable[[], None]] = {"web": lambda: _serve(port), "worker": _work}
    alive: set[int] = set()
    try:
        for line in sys.stdin:
            word, given = line.split()
            if word == "bury":
                os.waitpid(int(given), 0)
                alive.remove(int(given))
                _answer("buried")
            else:
                child = _fork(begins[word], Path(given))
                alive.add(child)
                _answer(str(child))
    finally:
        for child in alive:
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)


def _answer(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _serve(port: int) -> None:
    Granian(
        "oficina.wsgi:application",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        websockets=False,
        blocking_threads=_BLOCKING_THREADS,
        working_dir=ROOT,
    ).serve()


def _work() -> None:
    from django.core.management import call_command  # noqa: PLC0415  once Django is set up

    call_command("procrastinate", "worker", fetch_job_polling_interval=_POLLING_SECONDS)


def _fork(begin: Callable[[], None], log: Path) -> int:
    child = os.fork()
    if child:
        return child
    try:
        os.setsid()
        output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        begin()
    except BaseException:  # noqa: BLE001  whatever it is, it must not go on as a second nursery
        traceback.print_exc()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
