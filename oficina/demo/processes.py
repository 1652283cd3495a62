"""The processes of the demo: started apart from the terminal, watched, stopped in order."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

STOP_SECONDS = 12.0
TAIL_LINES = 20
_PR_SET_PDEATHSIG = 1


class StoppedWorkingError(Exception):
    """A process ended by itself; the message has the last lines of its log."""


@dataclass(frozen=True)
class Running:
    """A process and where its output goes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """Raises StoppedWorkingError when the process has ended."""
        code = self.process.poll()
        if code is not None:
            raise StoppedWorkingError(f"{self.name} ended (status {code}). The end of {self.log}:\n{tail(self.log)}")

    def stop(self) -> None:
        """Ask it to end, with all its own processes, and end after STOP_SECONDS what is left of them."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)


@contextmanager
def running(name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> Iterator[Running]:
    """The command runs while the block does, in a session of its own so that Ctrl-C reaches it only through us."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509  the supervisor has one thread
        )
    started = Running(name, process, log)
    try:
        yield started
    finally:
        started.stop()


def watch(processes: Sequence[Running]) -> None:
    """Wait until one of them ends by itself. Raises StoppedWorkingError then."""
    while True:
        for process in processes:
            process.check()
        time.sleep(0.3)


def tail(log: Path) -> str:
    """The last lines of a log, indented."""
    lines = log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
    return "\n".join(f"  {line}" for line in lines) or "  (nothing)"


def _end_with_parent() -> None:
    """On Linux: a supervisor that is killed takes its processes along."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
