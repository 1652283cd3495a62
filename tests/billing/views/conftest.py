"""What the pages about money need: a bill, an interest in force, and the provider for the last step."""

import pytest

from accounts.models import AccountLink
from billing.models import Invoice, LateInterestPolicy
from tests.billing.checkout.conftest import ana, running_simulator, silent_simulator, simulator
from tests.factories.billing import InvoiceFactory, LateInterestPolicyFactory

__all__ = ["ana", "running_simulator", "silent_simulator", "simulator"]


@pytest.fixture
def interest(db: None) -> LateInterestPolicy:
    """0.07 % a day."""
    return LateInterestPolicyFactory.create()


@pytest.fixture
def invoice(link: AccountLink) -> Invoice:
    """A bill of 1,000 pesos of Ana's account, due in ten days."""
    return InvoiceFactory.create(account=link.account)
