"""A bill of Ana's account, and her claim on it."""

import pytest

from accounts.models import AccountLink
from billing.models import Claim, Invoice
from tests.factories.billing import InvoiceFactory
from tests.factories.claims import claimed


@pytest.fixture
def bill(link: AccountLink) -> Invoice:
    """A bill of 1,000 pesos that nobody has paid."""
    return InvoiceFactory.create(account=link.account)


@pytest.fixture
def claim(link: AccountLink, bill: Invoice) -> Claim:
    """Ana's claim on it, open."""
    return claimed(link, bill)
