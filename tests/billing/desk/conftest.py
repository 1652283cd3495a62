"""Olga's shift, and two bills of Ana's account."""

from collections.abc import Iterator

import pytest
import time_machine

from accounts.models import AccountLink, User
from billing.models import Invoice, TillShift
from tests.factories.billing import InvoiceFactory
from tests.factories.till import opened_till
from tests.ledger_invariants import ledger_invariants


@pytest.fixture
def shift(at_noon: time_machine.Traveller, staff: User) -> TillShift:
    """Olga opened the till with 5,000 pesos."""
    return opened_till(staff)


@pytest.fixture
def bill(at_noon: time_machine.Traveller, link: AccountLink) -> Invoice:
    """A bill of 1,000 pesos that nobody has paid."""
    return InvoiceFactory.create(account=link.account)


@pytest.fixture
def books(db: None) -> Iterator[None]:
    """The ledger holds, whatever the test did."""
    yield
    ledger_invariants()
