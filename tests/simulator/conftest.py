"""One simulator for many tests, emptied between them; the shop it calls; and the real SDK to drive it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

from tests.simulator.requests import client_of
from tests.simulator_process import SimulatorProcess, WebhookReceiver


@pytest.fixture(scope="session")
def running_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    with SimulatorProcess(state=tmp_path_factory.mktemp("stripe")) as running:
        yield running


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver().running() as running:
        yield running


@pytest.fixture
def simulator(running_simulator: SimulatorProcess, receiver: WebhookReceiver) -> Iterator[SimulatorProcess]:
    running_simulator.reset()
    running_simulator.send_webhooks_to(receiver.url, secrets=running_simulator.webhook_secrets)
    yield running_simulator
    running_simulator.reset()


@pytest.fixture
def client(simulator: SimulatorProcess) -> stripe.StripeClient:
    return client_of(simulator)


@pytest.fixture
def own_simulator(tmp_path: Path, receiver: WebhookReceiver) -> SimulatorProcess:
    """A simulator of the test's own, not started yet, to be stopped and killed."""
    return SimulatorProcess(state=tmp_path / "stripe", webhook_url=receiver.url)
