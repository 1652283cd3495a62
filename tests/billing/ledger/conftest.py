import pytest

from billing.models import Invoice
from tests.factories.billing import InvoiceFactory, paid_checkout


@pytest.fixture
def invoice(db: None) -> Invoice:
    """A bill of 1,000 pesos that nobody has paid."""
    return InvoiceFactory.create()


@pytest.fixture
def paid_invoice(invoice: Invoice) -> Invoice:
    """The same bill, paid by a checkout."""
    paid_checkout(invoice)
    invoice.refresh_from_db()
    return invoice
