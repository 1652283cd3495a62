"""Where the demo lives: its folder, its ports, its secrets, and the environment of its processes."""

import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from oficina.demo.postgres import address

ROOT = Path(__file__).resolve().parent.parent.parent
DATABASE = "oficina"
OWNER_LOGIN = "oficina_owner"
RUNTIME_LOGIN = "oficina_web"
RUNTIME_ROLE = "oficina_runtime"
STRIPE_API_KEY = "sk_test_demo"


class CannotStartError(Exception):
    """The demo cannot start; the message says why and what to do."""


@dataclass(frozen=True)
class DemoPlace:
    """One demo: on `port`, the simulator on the next one, everything it keeps in `folder`."""

    port: int
    folder: Path = field(default=ROOT / ".demo")

    @property
    def simulator_port(self) -> int:
        return self.port + 1

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def simulator_url(self) -> str:
        return f"http://127.0.0.1:{self.simulator_port}"

    @property
    def webhook_url(self) -> str:
        return f"{self.base_url}/webhooks/stripe/"

    @property
    def database_folder(self) -> Path:
        return self.folder / "postgres"

    @property
    def log_folder(self) -> Path:
        return self.folder / "log"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else runs a demo on this folder meanwhile. Raises CannotStartError."""
        self.folder.mkdir(exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CannotStartError("The demo of this checkout is running already. Stop it first.") from None
            yield

    def check_ports(self) -> None:
        """Raises CannotStartError when the port of the portal or of the simulator is taken."""
        for port in (self.port, self.simulator_port):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except (OSError, OverflowError):
                    raise CannotStartError(
                        f"Port {port} is taken. The demo needs {self.port} and {self.simulator_port}: "
                        "stop what uses it, or choose another with `PORT=9000 make demo`."
                    ) from None

    @cached_property
    def _secrets(self) -> dict[str, str]:
        """Made at the first start, so that sessions survive a second one."""
        path = self.folder / "secret"
        if not path.exists():
            made = {"key": secrets.token_urlsafe(48), "webhook": f"whsec_{secrets.token_urlsafe(24)}"}
            path.touch(mode=0o600)
            path.write_text(json.dumps(made))
        kept: dict[str, str] = json.loads(path.read_text())
        return kept

    @property
    def webhook_secret(self) -> str:
        return self._secrets["webhook"]

    def environment(self, server: str, *, login: str) -> dict[str, str]:
        """What a process of the portal reads; `server` is the database server's address, `login` its role there."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in {"CONFIGURATION_FILE", "DJANGO_SETTINGS_MODULE"}
        }
        return inherited | {
            "ENVIRONMENT": "demo",
            "SECRET_KEY": self._secrets["key"],
            "ALLOWED_HOSTS": '["127.0.0.1", "localhost"]',
            "BASE_URL": self.base_url,
            "DATABASE_URL": address(server, database=DATABASE, user=login),
            "DATABASE_RUNTIME_ROLE": RUNTIME_ROLE,
            "STRIPE_API_KEY": STRIPE_API_KEY,
            "STRIPE_WEBHOOK_SECRETS": json.dumps([self.webhook_secret]),
            "STRIPE_API_BASE": self.simulator_url,
            "STRIPE_CHECKOUT_ORIGIN": self.simulator_url,
            "EMAIL_URL": "demo:",
            "MAIL_FROM": "Aguas del Piedemonte <oficina@piedemonte.example>",
            "OFFICE_SECOND_FACTOR": "no",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore",
        }
