"""The portal as it runs in production: web, worker and the local Stripe, each a process of its own.

They work on the test's database, as the runtime role that may not rewrite money.
"""

import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from oficina.configuration import ROOT
from oficina.demo.processes import Running, running
from tests.simulator_process import SimulatorProcess

RUNTIME_LOGIN = "oficina_web"
WEBHOOK_SECRET = "whsec_live_tests_0123456789"
API_KEY = "sk_test_live_tests"
START_SECONDS = 60.0


@dataclass
class LiveProcesses:
    """The three processes and their logs, in `folder`. Web and worker can be ended and started again by a test."""

    folder: Path
    port: int
    simulator: SimulatorProcess
    _stacks: dict[str, ExitStack] = field(default_factory=dict)
    _running: dict[str, Running] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, name: str) -> None:
        """Start `web` or `worker`; the web is waited for."""
        stack = self._stacks[name] = ExitStack()
        process = running(name, self._command(name), self._environment(), self.log(name))
        self._running[name] = stack.enter_context(process)
        if name == "web":
            self._wait_for_web()

    def stop(self, name: str) -> None:
        """Stop it as an operator does."""
        self._running.pop(name, None)
        self._stacks.pop(name, ExitStack()).close()

    def kill(self, name: str) -> None:
        """End it as a power cut does, with its own processes."""
        os.killpg(self._running[name].process.pid, 9)
        self.stop(name)

    def is_running(self, name: str) -> bool:
        return name in self._running

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _check(self, name: str) -> None:
        """Raises StoppedWorkingError when it has ended by itself."""
        self._running[name].check()

    def _command(self, name: str) -> list[str]:
        if name == "worker":
            return [sys.executable, str(ROOT / "manage.py"), "procrastinate", "worker"]
        return [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "oficina.wsgi:application", "--no-ws"),
            *("--host", "127.0.0.1", "--port", str(self.port), "--blocking-threads", "8"),
            *("--working-dir", str(ROOT)),
        ]

    def _environment(self) -> dict[str, str]:
        return dict(os.environ) | {
            "BASE_URL": self.base_url,
            "DATABASE_URL": _test_database(),
            "STRIPE_API_KEY": API_KEY,
            "STRIPE_WEBHOOK_SECRETS": json.dumps([WEBHOOK_SECRET]),
            "STRIPE_API_BASE": self.simulator.base_url,
            "STRIPE_CHECKOUT_ORIGIN": self.simulator.base_url,
            "EMAIL_URL": "demo:",
            "PYTHONUNBUFFERED": "1",
        }

    def _wait_for_web(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            self._check("web")
            try:
                urllib.request.urlopen(f"{self.base_url}/salud/", timeout=5).close()
            except (OSError, urllib.error.HTTPError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return


@contextmanager
def live_processes[Kind: LiveProcesses](folder: Path, kind: type[Kind]) -> Iterator[Kind]:
    """All three, running; stopped at the end."""
    port = free_port()
    simulator = SimulatorProcess(
        state=folder / "simulator",
        webhook_url=f"http://127.0.0.1:{port}/webhooks/stripe/",
        webhook_secrets=(WEBHOOK_SECRET,),
        api_key=API_KEY,
        redirect_wait=1.0,
    )
    with simulator:
        processes = kind(folder, port, simulator)
        try:
            processes.start("worker")
            processes.start("web")
            yield processes
        finally:
            processes.stop("web")
            processes.stop("worker")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _test_database() -> str:
    """The address of the database of this test run, as the runtime login."""
    settings = connection.settings_dict
    name, host, port = (quote(str(settings[key]), safe="") for key in ("NAME", "HOST", "PORT"))
    return f"postgresql://{RUNTIME_LOGIN}@/{name}?host={host}" + (f"&port={port}" if port else "")
