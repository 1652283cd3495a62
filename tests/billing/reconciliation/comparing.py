"""The two sides, for tests to compare."""

from datetime import date, datetime
from decimal import Decimal
from typing import cast

import stripe
from django.utils import timezone

from billing.models import Discrepancy, Payment, ProviderDay
from billing.reconciliation.comparison import reconcile
from tests.simulator_process import Json, SimulatorProcess

TODAY = date(2026, 11, 24)

_BOOKS = {
    "gross": "gross",
    "refunds": "refunds",
    "refunds_failed": "refunds_returned",
    "disputes": "disputes",
    "disputes_reinstated": "disputes_reinstated",
    "fees": "fees",
    "net": "net",
    "payouts": "payouts",
}
"""The words of the simulator's books, and ours."""

OURS = ("our_received", "our_refunds", "our_refunds_returned", "our_disputes", "our_disputes_reinstated")


def reconciled(day: date = TODAY, *, now: datetime | None = None) -> ProviderDay:
    """A day, compared now."""
    (row,) = reconcile(now=now or timezone.now(), days=[day])
    return row


def paid_after(payment: Payment) -> Payment:
    payment.refresh_from_db()
    return payment


def kinds_found(row: ProviderDay) -> list[str]:
    return sorted(row.findings.values_list("kind", flat=True))


def session_made_elsewhere(simulator: SimulatorProcess, *, reference: str, centavos: int) -> str:
    """A session that the portal did not make, under the same key of the provider."""
    client = stripe.StripeClient(simulator.api_key, base_addresses={"api": simulator.base_url})
    session = client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "client_reference_id": reference,
            "success_url": "https://aguas.example/",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {"currency": "ars", "unit_amount": centavos, "product_data": {"name": "Otra cosa"}},
                }
            ],
            "payment_intent_data": {"metadata": {"payment": reference}},
        }
    )
    return session.id


def assert_equal_to_the_books(simulator: SimulatorProcess) -> None:
    """Each day that is kept is to the cent what the provider's own books say, and no day of theirs is left out."""
    answer = cast("dict[str, list[dict[str, Json]]]", simulator.books())
    theirs = {
        date.fromisoformat(str(day["day"])): {ours: Decimal(str(day[name])) / 100 for name, ours in _BOOKS.items()}
        for day in answer["days"]
        if day["currency"] == "ars"
    }
    kept = {row.day: {name: getattr(row, name) for name in _BOOKS.values()} for row in ProviderDay.objects.all()}
    assert {day: kept.get(day) for day in theirs} == theirs
    assert not any(any(amounts.values()) for day, amounts in kept.items() if day not in theirs)


def everything_known() -> dict[str, list[tuple[object, ...]]]:
    """All of the ledger and of what is kept of the provider's books, but for when it was last compared."""
    return {
        "payments": list(Payment.objects.order_by("pk").values_list("pk", "state", "amount_received", "paid_at")),
        "findings": list(Discrepancy.objects.order_by("pk").values_list("key", "detail", "opened_at")),
        "days": list(ProviderDay.objects.order_by("day").values_list("day", *_BOOKS.values(), *OURS)),
    }
