import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import stripe

from tests.simulator.requests import client_of, session_params
from tests.simulator_process import PROJECT, SimulatorProcess, WebhookReceiver


def test_it_stops_cleanly_and_keeps_its_state(own_simulator: SimulatorProcess) -> None:
    own_simulator.start()
    session = client_of(own_simulator).v1.checkout.sessions.create(session_params(), {"idempotency_key": "pago-1"})
    address = own_simulator.base_url
    assert own_simulator.stop() == 0
    with own_simulator:
        assert own_simulator.base_url == address
        assert client_of(own_simulator).v1.checkout.sessions.retrieve(session.id).to_dict() == session.to_dict()


def test_a_killed_simulator_goes_on_sending(own_simulator: SimulatorProcess, receiver: WebhookReceiver) -> None:
    own_simulator.start()
    session_id = client_of(own_simulator).v1.checkout.sessions.create(session_params()).id
    own_simulator.delay(1.0)
    own_simulator.pay(session_id)
    own_simulator.kill()
    assert receiver.received == []
    with own_simulator:
        own_simulator.wait_until_idle()
        assert sorted(receiver.types()) == [
            "charge.succeeded",
            "checkout.session.completed",
            "payment_intent.succeeded",
        ]


def test_stopping_does_not_wait_for_a_receiver_that_hangs(
    own_simulator: SimulatorProcess, receiver: WebhookReceiver
) -> None:
    own_simulator.webhook_timeout = 30
    own_simulator.start()
    session_id = client_of(own_simulator).v1.checkout.sessions.create(session_params()).id
    answers = iter([8.0])

    def answer(_webhook: object) -> int:
        time.sleep(next(answers, 0.0))
        return 200

    receiver.answer = answer
    own_simulator.expire(session_id)
    receiver.wait_for(1)
    assert own_simulator.stop() == 0
    with own_simulator:
        own_simulator.wait_until_idle()
        assert receiver.types() == ["checkout.session.expired"] * 2


def test_a_reset_forgets_everything(
    client: stripe.StripeClient, simulator: SimulatorProcess, receiver: WebhookReceiver
) -> None:
    session_id = client.v1.checkout.sessions.create(session_params()).id
    simulator.pay(session_id)
    simulator.drop()
    simulator.advance_clock(1000)
    ahead = simulator.health()["now"]
    simulator.reset()
    assert client.v1.checkout.sessions.list().data == []
    assert client.v1.events.list().data == []
    assert simulator.deliveries() == []
    assert simulator.call("GET", "/_simulator/faults") == []
    now = simulator.health()["now"]
    assert isinstance(now, int)
    assert isinstance(ahead, int)
    assert ahead - now >= 990


def test_it_can_live_at_the_time_of_a_test(
    client: stripe.StripeClient, simulator: SimulatorProcess, receiver: WebhookReceiver
) -> None:
    noon = datetime(2031, 3, 5, 15, 0, tzinfo=UTC)
    simulator.live_at(noon)
    simulator.advance_clock(60)
    params = session_params()
    params["expires_at"] = int(noon.timestamp()) + 2_400
    session = client.v1.checkout.sessions.create(params)
    assert session.created - noon.timestamp() == 60
    simulator.expire(session.id)
    simulator.wait_until_idle()
    signed_at = int(receiver.received[0].signature.partition(",")[0].removeprefix("t="))
    assert signed_at == noon.timestamp()


def test_its_time_can_go_on_from_there(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    noon = datetime(2031, 3, 5, 15, 0, tzinfo=UTC)
    simulator.live_at(noon)
    simulator.live_at(noon, stands=False)
    until = time.monotonic() + 30
    while simulator.health()["now"] == noon.timestamp():
        assert time.monotonic() < until


def test_a_taken_port_is_told_in_one_line(running_simulator: SimulatorProcess, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "oficina.simulator", "--port", str(running_simulator.port)]
    ended = subprocess.run(
        [*command, "--state", str(tmp_path)], cwd=PROJECT, capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr == f"simulator: cannot listen on 127.0.0.1:{running_simulator.port}: Address already in use\n"


def test_a_webhook_needs_a_secret(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "oficina.simulator",
        "--state",
        str(tmp_path),
        "--webhook-url",
        "http://a.example/",
    ]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2
    assert "--webhook-url needs --webhook-secret" in ended.stderr


@pytest.mark.parametrize("module", ["django", "stripe", "billing", "accounts", "oficina.settings"])
def test_it_stands_alone(module: str) -> None:
    script = f"import sys; import oficina.simulator.__main__; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=PROJECT, timeout=30, check=False).returncode == 0
