"""A charge of Ana's account."""

import pytest

from accounts.models import AccountLink
from billing.models import Charge
from tests.factories.charges import ChargeFactory


@pytest.fixture
def charge(link: AccountLink) -> Charge:
    """A charge of 12,100 pesos that nobody has accepted."""
    return ChargeFactory.create(account=link.account, charge_number="C-000001")
