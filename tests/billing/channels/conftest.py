import pytest

from accounts.models import ServiceAccount
from billing.models import CollectionChannel, Invoice
from tests.factories.billing import InvoiceFactory
from tests.factories.channels import CollectionChannelFactory, give_secret


@pytest.fixture
def channel(db: None, at_noon: object) -> CollectionChannel:
    """Rapipago at noon, with a secret."""
    rapipago = CollectionChannelFactory.create()
    give_secret(rapipago)
    return rapipago


@pytest.fixture
def invoice(account: ServiceAccount, at_noon: object) -> Invoice:
    """A bill of 1,000 pesos."""
    return InvoiceFactory.create(account=account)
