"""What the ledger knows of each movement that the provider told."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from django.db.models import QuerySet

from billing.enums import MovementKind, PaymentState, RefundState
from billing.models import Dispute, ProviderMovement, Refund
from oficina.shared.money import ZERO


def ledger_amounts(movements: Sequence[ProviderMovement]) -> dict[int, Decimal]:
    """For each movement (by key) the pesos that the ledger has for it, told as positive; none where it has nothing."""
    by_kind: dict[str, list[ProviderMovement]] = {}
    for movement in movements:
        by_kind.setdefault(movement.kind, []).append(movement)
    found: dict[int, Decimal] = {}
    for kind, look in _LEDGER.items():
        if kind in by_kind:
            found |= look(by_kind[kind])
    return found


def _charged(movements: Sequence[ProviderMovement]) -> dict[int, Decimal]:
    """A charge is known when it is the one by which its payment succeeded, and not another one for the same payment."""
    found = {}
    for movement in movements:
        payment = movement.payment
        if payment is None or payment.state != PaymentState.SUCCEEDED or payment.amount_received is None:
            continue
        if payment.provider_payment_id == movement.provider_payment_id:
            found[movement.pk] = payment.amount_received
    return found


def _refunded(movements: Sequence[ProviderMovement]) -> dict[int, Decimal]:
    return _amounts_of(Refund.objects.all(), movements)


def _refund_returned(movements: Sequence[ProviderMovement]) -> dict[int, Decimal]:
    return _amounts_of(Refund.objects.filter(state=RefundState.FAILED), movements)


def _amounts_of(refunds: QuerySet[Refund], movements: Sequence[ProviderMovement]) -> dict[int, Decimal]:
    named = refunds.filter(provider_refund_id__in={movement.object_id for movement in movements})
    amounts = dict(named.values_list("provider_refund_id", "amount"))
    return {movement.pk: amounts[movement.object_id] for movement in movements if movement.object_id in amounts}


def _withdrawn(movements: Sequence[ProviderMovement]) -> dict[int, Decimal]:
    return _share_of_dispute(MovementKind.DISPUTE, "amount_withdrawn", movements)


def _reinstated(movements: Sequence[ProviderMovement]) -> dict[int, Decimal]:
    return _share_of_dispute(MovementKind.DISPUTE_REINSTATED, "amount_reinstated", movements)


def _share_of_dispute(kind: MovementKind, column: str, movements: Sequence[ProviderMovement]) -> dict[int, Decimal]:
    """A dispute may move the balance more than once, and we keep the sum: the share of one is what the others leave."""
    objects = {movement.object_id for movement in movements}
    kept = dict(
        Dispute.objects.filter(provider_dispute_id__in=objects, **{f"{column}__gt": 0}).values_list(
            "provider_dispute_id", column
        )
    )
    told: dict[str, Decimal] = {}
    for name, amount in ProviderMovement.objects.filter(kind=kind, object_id__in=objects).values_list(
        "object_id", "amount"
    ):
        told[name] = told.get(name, ZERO) + abs(amount)
    return {
        movement.pk: max(kept[movement.object_id] - told[movement.object_id] + abs(movement.amount), ZERO)
        for movement in movements
        if movement.object_id in kept
    }


_LEDGER = {
    MovementKind.CHARGE: _charged,
    MovementKind.REFUND: _refunded,
    MovementKind.REFUND_RETURNED: _refund_returned,
    MovementKind.DISPUTE: _withdrawn,
    MovementKind.DISPUTE_REINSTATED: _reinstated,
}
COMPARED: Final = tuple(_LEDGER)
"""The kinds of movement that the ledger has a side of. Fees and payouts are between the provider and the utility."""
