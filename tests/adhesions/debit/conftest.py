"""The provider as a real process."""

from tests.billing.checkout.conftest import ana, invoice, running_simulator, silent_simulator, simulator

__all__ = ["ana", "invoice", "running_simulator", "silent_simulator", "simulator"]
