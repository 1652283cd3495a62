"""Starts PostgreSQL for the tests, before Django reads its settings, unless `DATABASE_URL` names a server already.

Loaded with `-p tests.postgres_plugin`. With several workers only the first process starts it; the others inherit the
address.
"""

import atexit
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from oficina.demo.postgres import address, ensure_runtime_login, running_postgres

_running = ExitStack()
atexit.register(_running.close)  # pytest tells of no end when it could not begin

os.environ.setdefault("CONFIGURATION_FILE", str(Path(__file__).parent / "settings.env"))

if "DATABASE_URL" not in os.environ:
    _folder = _running.enter_context(tempfile.TemporaryDirectory(prefix="oficina-tests-", ignore_cleanup_errors=True))
    _server = _running.enter_context(running_postgres(Path(_folder) / "data", throwaway=True))
    ensure_runtime_login(_server, "oficina_web", "oficina_runtime")
    os.environ["DATABASE_URL"] = address(_server, database="oficina")


def pytest_unconfigure() -> None:
    """Stops the server that this process started."""
    _running.close()
