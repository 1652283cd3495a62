"""The portal's processes for tests that kill them: begun by a nursery, within a fraction of a second."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from oficina.configuration import ROOT
from tests.live.processes import LiveProcesses, live_processes


@dataclass
class MortalProcesses(LiveProcesses):
    """Web and worker, which can die at any moment and be born again. Mail goes to `email_url`."""

    email_url: str = "demo:"
    _nursery: subprocess.Popen[str] | None = None
    _alive: dict[str, int] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start `web` or `worker`; the web is waited for."""
        self._alive[name] = int(self._ask(f"{name} {self.log(name)}"))
        if name == "web":
            self._wait_for_web()

    def start_missing(self) -> None:
        """Start what a test left dead."""
        for name in ("worker", "web"):
            if not self.is_running(name):
                self.start(name)

    def stop(self, name: str) -> None:
        """Stop it as an operator does."""
        self._end(name, signal.SIGTERM)

    def kill(self, name: str) -> None:
        """SIGKILL to its whole group, also to the process of granian that serves; it is dead when this returns."""
        self._end(name, signal.SIGKILL)

    def is_running(self, name: str) -> bool:
        return name in self._alive

    def close(self) -> None:
        """End everything, the nursery too."""
        nursery, self._nursery = self._nursery, None
        self._alive.clear()
        if nursery is not None:
            nursery.communicate()

    def _check(self, name: str) -> None:
        """What ended by itself answers nobody, and the wait for it ends too."""

    def _end(self, name: str, number: signal.Signals) -> None:
        process = self._alive.pop(name, None)
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process, number)
            self._ask(f"bury {process}")

    def _ask(self, line: str) -> str:
        if self._nursery is None:
            self._nursery = subprocess.Popen(
                [sys.executable, "-m", "tests.kill.nursery", str(self.port)],
                cwd=ROOT,
                env=self._environment() | {"LOG_LEVEL": "INFO", "EMAIL_URL": self.email_url},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write(f"{line}\n")
        self._nursery.stdin.flush()
        return self._nursery.stdout.readline().strip()


@contextmanager
def mortal_processes(folder: Path) -> Iterator[MortalProcesses]:
    """Web, worker and the local Stripe, running."""
    with live_processes(folder, MortalProcesses) as processes:
        try:
            yield processes
        finally:
            processes.close()
