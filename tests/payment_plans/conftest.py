"""What the tests of plans begin with: noon, a policy, and Ana's account with two overdue bills."""

from collections.abc import Iterator

import pytest
import time_machine

from accounts.models import AccountLink
from billing.models import Invoice
from tests.factories.plans import overdue_bill, policy
from tests.ledger_invariants import ledger_invariants


@pytest.fixture
def bills(at_noon: time_machine.Traveller, link: AccountLink) -> Iterator[list[Invoice]]:
    """Two overdue bills of 30,000 and 20,000 pesos, under the policy of most tests. The books hold afterwards."""
    policy()
    yield [overdue_bill(link), overdue_bill(link, "20000.00")]
    ledger_invariants()
