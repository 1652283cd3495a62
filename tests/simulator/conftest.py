"""A fresh simulator for each test, the shop it calls, and the real SDK to drive it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

from tests.simulator.requests import client_of
from tests.simulator_process import SimulatorProcess, WebhookReceiver


@pytest.fixture
def receiver() -> Iterator[WebhookReceiver]:
    with WebhookReceiver().running() as running:
        yield running


@pytest.fixture
def simulator(tmp_path: Path, receiver: WebhookReceiver) -> Iterator[SimulatorProcess]:
    with SimulatorProcess(state=tmp_path / "stripe", webhook_url=receiver.url) as running:
        yield running


@pytest.fixture
def client(simulator: SimulatorProcess) -> stripe.StripeClient:
    return client_of(simulator)
