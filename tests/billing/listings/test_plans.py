"""How PostgreSQL finds a history: by the account, never by reading the money of everybody."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import Traveller

from accounts.models import AccountLink
from billing.enums import ListingKind, PaymentState
from billing.listings.histories import HISTORIES
from billing.listings.history_filter import HistoryFilter
from billing.models import Allocation, Invoice, Payment, PaymentItem
from oficina.shared.money import ZERO
from tests.factories.accounts import ServiceAccountFactory
from tests.factories.billing import InvoiceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

PEOPLE = 30
BILLS = 30
FILTERS = {
    "everything": (HistoryFilter(), 30),
    "dates": (HistoryFilter(since=date(2026, 11, 1), until=date(2026, 11, 15)), 15),
    "channel": (HistoryFilter(channel="rapipago"), 10),
}
"""With how many of the account's thirty they show."""

MONEY = {"billing_invoice", "billing_payment", "billing_paymentitem", "billing_allocation"}


@pytest.fixture
def utility(at_noon: Traveller, link: AccountLink) -> None:
    """Thirty accounts and this one, each with thirty paid bills: rows alone, which the triggers let in."""
    accounts = [link.account, *ServiceAccountFactory.create_batch(PEOPLE)]
    now = timezone.now()
    bills = Invoice.objects.bulk_create(
        InvoiceFactory.build(account=account) for account in accounts for _ in range(BILLS)
    )
    payments = Payment.objects.bulk_create(
        Payment(
            account=bill.account,
            channel=("rapipago", "pago-facil", "office")[number % 3],
            operation_number=f"M{number:06d}",
            state=PaymentState.SUCCEEDED,
            amount_asked=bill.amount,
            amount_received=bill.amount,
            paid_at=now - timedelta(days=number % BILLS),
            settled_at=now,
        )
        for number, bill in enumerate(bills)
    )
    paid = [
        {"payment": payment, "invoice": bill, "amount": bill.amount, "surcharge": ZERO}
        for payment, bill in zip(payments, bills, strict=True)
    ]
    PaymentItem.objects.bulk_create(PaymentItem(**part) for part in paid)
    Allocation.objects.bulk_create(Allocation(**part) for part in paid)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(MONEY)}")


def read_whole(queries: CaptureQueriesContext) -> Iterator[str]:
    """The statements that would read a whole table of money, or a whole index of one, if tables were as large as a
    utility's: what costs a page read in order is what these few rows do not cost.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL seq_page_cost = 1000")
        for query in queries.captured_queries:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {query['sql']}")
            [[plan]] = cursor.fetchone()
            if any(_reads_whole(node) for node in _nodes(plan["Plan"])):
                yield query["sql"]
        cursor.execute("RESET seq_page_cost")


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)


def _reads_whole(node: dict[str, Any]) -> bool:
    return node.get("Relation Name") in MONEY and not node.keys() & {"Index Cond", "Recheck Cond"}


@pytest.mark.usefixtures("utility")
def test_no_statement_of_a_history_reads_what_is_of_other_accounts(link: AccountLink) -> None:
    whole = []
    for kind, (name, (chosen, count)) in product(ListingKind, FILTERS.items()):
        history = HISTORIES[kind]
        with CaptureQueriesContext(connection) as queries:
            found = history.of(link, chosen)
            assert (found.count(), len(list(history.read(found[:25], link)))) == (count, min(count, 25))
            assert history.channels(link) == ["office", "pago-facil", "rapipago"]
        whole += [f"{kind} {name}: {statement}" for statement in read_whole(queries)]

    assert whole == []
