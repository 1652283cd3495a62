"""The PostgreSQL of the demo: made, stopped, and found again."""

import json
from pathlib import Path

import psycopg
import pytest

from oficina.demo.postgres import address, ensure_database, ensure_owner_login, ensure_runtime_login, running_postgres

pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("postgres", numbered=True) / "data"


def test_server_keeps_its_data_and_stops_even_after_an_owner_was_killed(data: Path) -> None:
    with running_postgres(data) as server:
        assert ensure_database(server, "oficina") is True
    (data / ".handle_pids.json").write_text(json.dumps([2**22 + 1]))  # no process has such a number

    with running_postgres(data) as server:
        assert ensure_database(server, "oficina") is False
        assert (data / "postmaster.pid").exists()

    assert not (data / "postmaster.pid").exists()


def test_owner_owns_and_the_runtime_login_is_only_of_its_group(data: Path) -> None:
    with running_postgres(data, throwaway=True) as server:
        for _ in range(2):
            ensure_owner_login(server, "oficina_owner")
            ensure_runtime_login(server, "oficina_web", "oficina_runtime")
        ensure_database(server, "oficina", owner="oficina_owner")

        with psycopg.connect(address(server, database="oficina", user="oficina_owner")) as owner:
            owner.execute("CREATE TABLE kept (id int)")
            assert owner.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        with psycopg.connect(address(server, database="oficina", user="oficina_web")) as web:
            assert web.execute("SELECT pg_has_role(current_user, 'oficina_runtime', 'member')").fetchone() == (True,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute("INSERT INTO kept VALUES (1)")

    assert not data.exists()
