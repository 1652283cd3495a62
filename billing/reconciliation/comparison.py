"""Comparing: the provider's movements of a local day with what the ledger has for them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from billing.enums import MovementKind
from billing.gateway.books import ProviderBooks
from billing.gateway.configured import provider_books
from billing.models import ProviderDay, ProviderMovement, ProviderPayout
from billing.reconciliation.absent import Absent, absent_of
from billing.reconciliation.days import bounds, due_days
from billing.reconciliation.findings import found_absent, found_in_movements, found_in_payouts
from billing.reconciliation.missed import bring_in
from billing.reconciliation.movements import keep_movements_of, movements_of
from billing.reconciliation.payouts import keep_payouts
from billing.reconciliation.sides import COMPARED, ledger_amounts
from oficina.shared.dates import local_day
from oficina.shared.money import CURRENCY, ZERO

_OURS = {
    MovementKind.CHARGE: "our_received",
    MovementKind.REFUND: "our_refunds",
    MovementKind.REFUND_RETURNED: "our_refunds_returned",
    MovementKind.DISPUTE: "our_disputes",
    MovementKind.DISPUTE_REINSTATED: "our_disputes_reinstated",
}
_THEIRS = {
    MovementKind.CHARGE: "gross",
    MovementKind.REFUND: "refunds",
    MovementKind.REFUND_RETURNED: "refunds_returned",
    MovementKind.DISPUTE: "disputes",
    MovementKind.DISPUTE_REINSTATED: "disputes_reinstated",
}


def reconcile(*, now: datetime, days: Collection[date] | None = None) -> list[ProviderDay]:
    """Compares the local days that are due, or these, oldest first, and gives each as it then is.

    Every step may be repeated or run by two at once; one that is cut short goes on in the next run. Never inside a
    transaction. Raises ProviderUnavailableError.
    """
    books = provider_books()
    chosen = due_days(books.source, now=now) if days is None else sorted(days)
    if not chosen:
        return []
    # All movements first: what is of one day for us may be of the next for the provider.
    for day in _with_the_next(chosen, last=local_day(now)):
        keep_movements_of(day, books)
    keep_payouts(books, now=now, since=bounds(chosen[0])[0])
    return [compare_day(day, books, now=now) for day in chosen]


def compare_day(day: date, books: ProviderBooks, *, now: datetime) -> ProviderDay:
    """Brings in what the ledger lacks of a day whose movements are kept, and keeps how the two sides then stand."""
    waiting = bring_in(_unmatched(day, books.source), books)
    absent = absent_of(day, books, now=now)
    with transaction.atomic():
        ProviderDay.objects.get_or_create(source=books.source, day=day, defaults={"checked_at": now})
        row = ProviderDay.objects.select_for_update(no_key=True).get(source=books.source, day=day)
        movements = _movements(day, books.source)
        ours = ledger_amounts(movements)
        since, until = bounds(day)
        payouts = ProviderPayout.objects.filter(source=books.source, sent_at__gte=since, sent_at__lt=until)
        judged = [movement for movement in movements if movement.pk not in waiting]
        found = [*found_in_movements(judged, ours), *found_absent(absent), *found_in_payouts(payouts)]
        _write_totals(row, [movement for movement in movements if movement.currency == CURRENCY], ours, absent)
        row.checked_at = max(row.checked_at, now)
        row.save()
        row.findings.add(*found)
    return row


def _unmatched(day: date, source: str) -> list[ProviderMovement]:
    movements = _movements(day, source)
    ours = ledger_amounts(movements)
    compared = [movement for movement in movements if movement.kind in COMPARED]
    return [movement for movement in compared if ours.get(movement.pk) != abs(movement.amount)]


def _movements(day: date, source: str) -> list[ProviderMovement]:
    return list(movements_of(day, source).select_related("payment").defer("payment__request"))


def _write_totals(
    row: ProviderDay, movements: Sequence[ProviderMovement], ours: dict[int, Decimal], absent: Sequence[Absent]
) -> None:
    for kind, name in _THEIRS.items():
        setattr(row, name, abs(_sum(movement.amount for movement in movements if movement.kind == kind)))
    for kind, name in _OURS.items():
        kept = _sum(ours.get(movement.pk, ZERO) for movement in movements if movement.kind == kind)
        setattr(row, name, kept + _sum(thing.amount for thing in absent if thing.kind is kind))
    row.charges = sum(movement.kind == MovementKind.CHARGE for movement in movements)
    row.our_payments = sum(movement.kind == MovementKind.CHARGE and movement.pk in ours for movement in movements)
    row.our_payments += sum(thing.kind is MovementKind.CHARGE for thing in absent)
    charged_apart = _sum(movement.amount for movement in movements if movement.kind == MovementKind.FEE)
    row.fees = _sum(movement.fee for movement in movements) - charged_apart
    row.other = _sum(movement.amount for movement in movements if movement.kind == MovementKind.OTHER)
    row.payouts = -_sum(movement.amount for movement in movements if movement.kind == MovementKind.PAYOUT)
    row.net = _sum(movement.net for movement in movements) + row.payouts


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _with_the_next(days: Iterable[date], *, last: date) -> list[date]:
    wanted = {other for day in days for other in (day, day + timedelta(days=1)) if other <= last}
    return sorted(wanted)
