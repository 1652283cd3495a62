"""What has to be done before the demo answers, each step only when what it depends on has changed."""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from oficina.demo.place import ROOT, CannotStartError, DemoPlace
from oficina.demo.processes import tail


def migrate(place: DemoPlace, owner: Mapping[str, str]) -> None:
    """The tables, as the owner of the database."""
    files = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("oficina/*/migrations/*.py"), *ROOT.glob("*/sql/*.sql")]
    state = _contents([*files, ROOT / "requirements" / "demo.txt"])
    _once(place, "migrations", state, lambda: _manage(place, owner, "migrate"))


def collect_static(place: DemoPlace, runtime: Mapping[str, str]) -> None:
    """Style sheets, scripts and icons under names with their hashes, compressed."""
    files = [path for folder in ROOT.glob("**/static") if ".venv" not in folder.parts for path in folder.rglob("*")]
    state = _contents([*files, ROOT / "requirements" / "demo.txt"])
    _once(
        place,
        "static files",
        state,
        lambda: _manage(place, runtime, "collectstatic", "--no-input", "--clear"),
        there=ROOT / "staticfiles" / "staticfiles.json",
    )


def load_data(place: DemoPlace, runtime: Mapping[str, str]) -> None:
    """The fictitious utility's accounts, bills and payments, once."""
    _once(place, "demo data", "accounts, bills and payments", lambda: _manage(place, runtime, "load_demo", show=True))


def _once(place: DemoPlace, step: str, state: str, act: Callable[[], None], *, there: Path = ROOT) -> None:
    """Do `act` unless it was done for the same `state` and its result is `there`; remembered in the demo's folder."""
    done = place.folder / "done" / step.replace(" ", "-")
    if there.exists() and done.exists() and done.read_text() == state:
        return
    sys.stdout.write(f"» {step[0].upper()}{step[1:]}\n")
    sys.stdout.flush()
    act()
    done.parent.mkdir(exist_ok=True)
    done.write_text(state)


def _manage(place: DemoPlace, environment: Mapping[str, str], *arguments: str, show: bool = False) -> None:
    """One command of manage.py, its output in a log unless it is to be seen. Raises CannotStartError."""
    log = place.log_folder / f"{arguments[0]}.log"
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    with log.open("wb") as output:
        target = None if show else output
        code = subprocess.run(command, env=dict(environment), stdout=target, stderr=target, check=False).returncode
    if code != 0:
        said = "" if show else f" The end of {log}:\n{tail(log)}\n"
        raise CannotStartError(f"`manage.py {arguments[0]}` failed.{said}\n`make demo-reset` starts from nothing.")


def _contents(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        if path.is_file():
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
