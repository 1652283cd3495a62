"""`manage.py import_data` as a process of its own on the test's database."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from oficina.configuration import ROOT

LONGEST_RUN = 180
"""Seconds."""


@dataclass(frozen=True)
class Ended:
    """How a process ended. `peak` is the most memory it held, in KiB."""

    code: int
    out: str
    err: str
    peak: int


def start_import(*arguments: str | Path, stderr: int = subprocess.PIPE) -> subprocess.Popen[bytes]:
    """A process that imports; its output can be read, unless its errors go to the descriptor `stderr`."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_data", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": _address(), "PYTHONWARNINGS": "error"},
        stdout=subprocess.PIPE,
        stderr=stderr,
        preexec_fn=_hear_the_keyboard,  # noqa: PLW1509  it takes no lock: it only sets a signal
    )


def _hear_the_keyboard() -> None:
    """Tests that were started in the background ignore Ctrl-C, and what they start would inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def end(process: subprocess.Popen[bytes]) -> Ended:
    """Waits for the process, which is killed when it takes longer than anything here does."""
    assert process.stdout is not None
    bound = threading.Timer(LONGEST_RUN, process.kill)
    bound.start()
    told = process.stdout.read().decode()
    complained = process.stderr.read().decode() if process.stderr is not None else ""
    for stream in filter(None, (process.stdout, process.stderr)):
        stream.close()
    _, status, usage = os.wait4(process.pid, 0)
    bound.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return Ended(process.returncode, told, complained, usage.ru_maxrss)


def run_import(*arguments: str | Path) -> Ended:
    """Imports in a process of its own."""
    return end(start_import(*arguments))


def _address() -> str:
    parts = connection.settings_dict
    return f"postgresql://{quote(parts['USER'])}@/{quote(parts['NAME'])}?host={quote(str(parts['HOST']), safe='')}"
