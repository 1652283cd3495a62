"""The provider's movements, kept as it tells them, each with the payment of ours that it is about."""

from collections.abc import Sequence
from datetime import date
from itertools import batched

from django.db.models import QuerySet

from billing.enums import MovementKind
from billing.gateway.books import Movement, ProviderBooks
from billing.models import Payment, ProviderMovement
from billing.reconciliation.days import bounds
from oficina.shared.dates import local_day

_BATCH = 500


def keep_movements_of(day: date, books: ProviderBooks) -> None:
    """Asks the provider for the movements of a local day and keeps those that are new. Never inside a transaction.

    Oldest first, so that what is given back finds the charge that it is of. Raises ProviderUnavailableError.
    """
    since, until = bounds(day)
    told = books.movements(since=since, until=until)
    for some in batched(told, _BATCH, strict=False):
        ours = _payments_of(some)
        ProviderMovement.objects.bulk_create(
            [_row(movement, books.source, ours.get(movement.movement_id)) for movement in some], ignore_conflicts=True
        )


def movements_of(day: date, source: str) -> QuerySet[ProviderMovement]:
    """The movements of a local day that are kept, oldest first."""
    return ProviderMovement.objects.filter(source=source, day=day).order_by("at", "pk")


def _payments_of(movements: Sequence[Movement]) -> dict[str, int]:
    """The payment's key for each movement that is about one of ours: by the provider's name for it, by our reference,
    or by the charge that was of the same payment of the provider. Its name may not have reached us yet.
    """
    names = {movement.provider_payment_id for movement in movements} - {""}
    by_theirs = _keys("provider_payment_id", names)
    by_ours = _keys("public_id", {movement.reference for movement in movements} - {""})
    charges = ProviderMovement.objects.filter(kind=MovementKind.CHARGE).exclude(payment=None)
    of_charges = charges.filter(provider_payment_id__in=names - by_theirs.keys())
    by_charge = dict(of_charges.values_list("provider_payment_id", "payment_id"))
    found = {}
    for movement in movements:
        name = movement.provider_payment_id
        key = by_theirs.get(name) or by_ours.get(movement.reference) or by_charge.get(name)
        if key is not None:
            found[movement.movement_id] = key
            if name:
                by_charge.setdefault(name, key)
    return found


def _keys(field: str, names: set[str]) -> dict[str, int]:
    return dict(Payment.objects.filter(**{f"{field}__in": names}).values_list(field, "pk"))


def _row(movement: Movement, source: str, payment_id: int | None) -> ProviderMovement:
    return ProviderMovement(
        source=source,
        movement_id=movement.movement_id,
        kind=movement.kind,
        day=local_day(movement.at),
        at=movement.at,
        amount=movement.amount,
        fee=movement.fee,
        currency=movement.currency,
        object_id=movement.object_id,
        provider_payment_id=movement.provider_payment_id,
        payment_id=payment_id,
    )
