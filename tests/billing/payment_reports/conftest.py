"""A bill of Ana's account, and what she says to have paid of it."""

import pytest

from accounts.models import AccountLink
from billing.models import Invoice, LateInterestPolicy, PaymentReport
from tests.factories.billing import InvoiceFactory, LateInterestPolicyFactory
from tests.factories.payment_reports import reported


@pytest.fixture(autouse=True)
def interest(db: None) -> LateInterestPolicy:
    """0.07 % a day."""
    return LateInterestPolicyFactory.create()


@pytest.fixture
def invoice(link: AccountLink) -> Invoice:
    """A bill of 1,000 pesos of Ana's account, due in ten days."""
    return InvoiceFactory.create(account=link.account)


@pytest.fixture
def report(link: AccountLink, invoice: Invoice) -> PaymentReport:
    """Ana says that she paid it at Rapipago two days ago, operation 00123."""
    return reported(link, invoice)
