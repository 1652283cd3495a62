"""What the demo says when it cannot start."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from oficina.demo.place import CannotStartError, DemoPlace


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that is in use, behind one that is free: a demo needs two in a row."""
    for _ in range(50):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port: int = listener.getsockname()[1]
            if _is_free(port - 1):
                yield port
                return
    pytest.fail("no free port below a taken one")


def _is_free(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False


@pytest.mark.parametrize("which", [0, 1])
def test_port_that_is_taken_is_told_with_the_way_out(taken_port: int, which: int, tmp_path: Path) -> None:
    with pytest.raises(CannotStartError, match=f"Port {taken_port} is taken.*PORT=9000 make demo"):
        DemoPlace(port=taken_port - which, folder=tmp_path).check_ports()


def test_second_demo_of_one_checkout_is_refused(tmp_path: Path) -> None:
    place = DemoPlace(port=8000, folder=tmp_path)
    with place.held(), pytest.raises(CannotStartError, match="running already"), place.held():
        pass


def test_secrets_survive_a_second_start_and_are_nobody_elses(tmp_path: Path) -> None:
    first = DemoPlace(port=8000, folder=tmp_path).webhook_secret

    assert DemoPlace(port=8000, folder=tmp_path).webhook_secret == first
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_environment_of_the_demo_knows_nothing_of_a_configuration_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFIGURATION_FILE", "/etc/oficina.env")

    environment = DemoPlace(port=9000, folder=tmp_path).environment(
        "postgresql://postgres@/postgres?host=/run/x", login="w"
    )

    assert "CONFIGURATION_FILE" not in environment
    assert environment["BASE_URL"] == "http://127.0.0.1:9000"
    assert environment["STRIPE_API_BASE"] == "http://127.0.0.1:9001"
    assert environment["DATABASE_URL"] == "postgresql://w@/oficina?host=%2Frun%2Fx"
