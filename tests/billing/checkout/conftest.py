"""The portal as a real server, the simulator as a real process, and a customer between them."""

from collections.abc import Iterator

import pytest
import time_machine
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import AccountLink
from billing.gateway.base import CheckoutGateway
from billing.gateway.configured import gateway
from billing.models import Invoice
from tests.billing.checkout.steps import Customer
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory
from tests.ledger_invariants import ledger_invariants
from tests.simulator_process import SimulatorProcess


@pytest.fixture(scope="session")
def running_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    with SimulatorProcess(state=tmp_path_factory.mktemp("stripe")) as running:
        yield running


@pytest.fixture
def silent_simulator(
    running_simulator: SimulatorProcess, settings: Settings, at_noon: time_machine.Traveller
) -> Iterator[SimulatorProcess]:
    """The provider at noon, empty, telling nobody what happens."""
    settings.UTILITY = settings.UTILITY.model_copy(update={"stripe_api_base": running_simulator.base_url})
    running_simulator.reset()
    running_simulator.live_at(NOON)
    yield running_simulator
    running_simulator.reset()


@pytest.fixture
def simulator(silent_simulator: SimulatorProcess, live_server: LiveServer) -> Iterator[SimulatorProcess]:
    """The provider at noon, telling the portal what happens; the ledger is sound when the test ends."""
    silent_simulator.send_webhooks_to(f"{live_server.url}/webhooks/stripe/", secrets=("whsec_test_current",))
    yield silent_simulator
    ledger_invariants()


@pytest.fixture
def provider(silent_simulator: SimulatorProcess) -> CheckoutGateway:
    return gateway()


@pytest.fixture
def invoice(link: AccountLink) -> Invoice:
    """A bill of 1,000 pesos of Ana's account."""
    return InvoiceFactory.create(account=link.account)


@pytest.fixture
def ana(link: AccountLink) -> Customer:
    """Ana at the portal."""
    return Customer(link)
