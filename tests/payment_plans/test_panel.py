"""What Inicio says of plans: the button is there exactly when the page that it opens has options."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import AccountLink
from billing.enums import InvoiceKind
from billing.pending_bills import pending_bills
from billing.settlement import settle_payment
from oficina.shared.dates import today
from payment_plans.options import plan_options
from payment_plans.panel import could_be_financed
from payment_plans.refusals import PlanRefusal
from tests.factories.billing import InvoiceFactory, begin_checkout, on_its_way
from tests.factories.plans import overdue_bill, policy

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"minimum_days_overdue": 20}, True),
        ({"minimum_days_overdue": 21}, False),
        ({"minimum_days_overdue": None, "minimum_debt": Decimal(31000)}, True),
        ({"minimum_debt": Decimal("30000.01")}, False),
        ({"kinds": [InvoiceKind.CHARGE]}, False),
    ],
)
def test_the_button_agrees_with_the_options(link: AccountLink, changes: dict[str, Any], expected: bool) -> None:
    policy(**changes)
    overdue_bill(link)
    InvoiceFactory.create(account=link.account)
    on_way = begin_checkout(overdue_bill(link, "90000.00"))
    settle_payment(on_way.pk, on_its_way(on_way), cause="test")

    shown = could_be_financed(pending_bills(link, on=today()), plans=0, on=today())

    assert (shown, _has_options(link)) == (expected, expected)


def _has_options(link: AccountLink) -> bool:
    try:
        return bool(plan_options(link.account_id, on=today()).options)
    except PlanRefusal:
        return False
