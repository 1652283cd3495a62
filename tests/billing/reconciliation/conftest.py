"""The provider as a real process that keeps fees, and a portal that hears nothing from it."""

from collections.abc import Iterator

import pytest

from tests.billing.checkout.conftest import ana, invoice, running_simulator, silent_simulator
from tests.ledger_invariants import ledger_invariants
from tests.simulator_process import SimulatorProcess

__all__ = ["ana", "invoice", "running_simulator", "silent_simulator"]


@pytest.fixture
def simulator(silent_simulator: SimulatorProcess) -> Iterator[SimulatorProcess]:
    """Every webhook is lost; of each charge the provider keeps 3.5 % and 10 pesos, of each dispute 1,500 pesos."""
    silent_simulator.send_webhooks_to(None)
    silent_simulator.keep_fees(basis_points=350, fixed=1000, dispute=150000)
    yield silent_simulator
    ledger_invariants()
