"""What the ledger has and the provider's books do not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Exists, Min, OuterRef, QuerySet

from billing.enums import PROVIDER_CHANNELS, MovementKind, RefundState
from billing.gateway.books import ProviderBooks
from billing.gateway.errors import UnknownCheckoutError
from billing.gateway.reports import MoneyStatus
from billing.models import Dispute, Payment, ProviderDay, ProviderMovement, Refund
from billing.provider_answers import retrieve_report
from billing.reconciliation.days import bounds
from billing.reconciliation.movements import keep_movements_of
from oficina.shared.dates import local_day
from oficina.shared.money import ZERO


@dataclass(frozen=True, kw_only=True)
class Absent:
    """Something of ours that no movement of the provider tells. `amount` in pesos; `told` is its answer when asked."""

    kind: MovementKind
    object_id: str
    payment: Payment
    amount: Decimal
    told: str = ""


def absent_of(day: date, books: ProviderBooks, *, now: datetime) -> list[Absent]:
    """What the ledger has of a local day and the provider has not. Never inside a transaction.

    A movement may be booked on the day after, by a clock that differs from ours: what the provider confirms is absent
    only when that day is over too. A refund's is booked when it is made, which may be long before we learn its end: the
    days between are read first. Raises ProviderUnavailableError.
    """
    is_settled = now >= bounds(day)[1] + timedelta(days=1)
    payments = [_absent_payment(payment, is_settled=is_settled) for payment in _payments(day)]
    found = [thing for thing in payments if thing is not None]
    return [*found, *_given_back(day, books)] if is_settled else found


def _payments(day: date) -> QuerySet[Payment]:
    since, until = bounds(day)
    settled = Payment.objects.succeeded().filter(channel__in=PROVIDER_CHANNELS, paid_at__gte=since, paid_at__lt=until)
    listed = ProviderMovement.objects.filter(
        kind=MovementKind.CHARGE, provider_payment_id=OuterRef("provider_payment_id")
    )
    return settled.exclude(Exists(listed)).order_by("pk")


def _absent_payment(payment: Payment, *, is_settled: bool) -> Absent | None:
    told = _told_of(payment)
    if not told and not is_settled:
        return None
    return Absent(
        kind=MovementKind.CHARGE,
        object_id=payment.provider_payment_id or payment.public_id,
        payment=payment,
        amount=payment.amount_received or ZERO,
        told=told or "paid, but no movement",
    )


def _told_of(payment: Payment) -> str:
    """What the provider says against the payment when it is asked about it; empty when it says the same."""
    try:
        report = retrieve_report(payment)
    except UnknownCheckoutError:
        return "unknown"
    if report.money is not MoneyStatus.PAID:
        return report.money
    return "" if report.amount == payment.amount_received else f"paid {report.amount} {report.currency}"


def _given_back(day: date, books: ProviderBooks) -> Iterator[Absent]:
    since, until = bounds(day)
    refunds = Refund.objects.exclude(provider_refund_id=None).select_related("payment")
    made = refunds.filter(state=RefundState.SUCCEEDED, succeeded_at__gte=since, succeeded_at__lt=until)
    failed = refunds.filter(state=RefundState.FAILED, failed_at__gte=since, failed_at__lt=until)
    _read_days_before(day, [made, failed], books)
    yield from _without(MovementKind.REFUND, made, "provider_refund_id", "amount")
    taken_before = Exists(_movements(MovementKind.REFUND, "provider_refund_id"))
    yield from _without(MovementKind.REFUND_RETURNED, failed.filter(taken_before), "provider_refund_id", "amount")
    disputes = Dispute.objects.select_related("payment")
    withdrawn = disputes.filter(amount_withdrawn__gt=0, withdrawn_at__gte=since, withdrawn_at__lt=until)
    yield from _without(MovementKind.DISPUTE, withdrawn, "provider_dispute_id", "amount_withdrawn")
    reinstated = disputes.filter(amount_reinstated__gt=0, reinstated_at__gte=since, reinstated_at__lt=until)
    yield from _without(MovementKind.DISPUTE_REINSTATED, reinstated, "provider_dispute_id", "amount_reinstated")


def _read_days_before(day: date, ended: Iterable[QuerySet[Refund]], books: ProviderBooks) -> None:
    """Keeps the movements of the days since these refunds were asked for that nobody has compared since they ended."""
    asked_for = [refunds.aggregate(first=Min("created_at"))["first"] for refunds in ended]
    first = min((local_day(instant) for instant in asked_for if instant is not None), default=day)
    rows = ProviderDay.objects.filter(source=books.source, day__gte=first, day__lt=day)
    compared = {row.day for row in rows if row.checked_at >= bounds(row.day)[1]}
    for count in range((day - first).days):
        earlier = first + timedelta(days=count)
        if earlier not in compared:
            keep_movements_of(earlier, books)


def _without[Row: (Refund, Dispute)](
    kind: MovementKind, rows: QuerySet[Row], name: str, amount: str
) -> Iterator[Absent]:
    for row in rows.exclude(Exists(_movements(kind, name))):
        yield Absent(kind=kind, object_id=getattr(row, name), payment=row.payment, amount=getattr(row, amount))


def _movements(kind: MovementKind, name: str) -> QuerySet[ProviderMovement]:
    return ProviderMovement.objects.filter(kind=kind, object_id=OuterRef(name))
