"""What neither side can settle by itself, put before the office once. Each needs a transaction."""

from collections.abc import Iterable
from decimal import Decimal

from billing.discrepancies import open_discrepancy
from billing.enums import DiscrepancyKind, MovementKind
from billing.models import Discrepancy, ProviderMovement, ProviderPayout
from billing.reconciliation.absent import Absent
from oficina.shared.money import CURRENCY

_OBJECTS = {
    MovementKind.CHARGE: "charge",
    MovementKind.REFUND: "refund",
    MovementKind.REFUND_RETURNED: "refund",
    MovementKind.DISPUTE: "dispute",
    MovementKind.DISPUTE_REINSTATED: "dispute",
}
_NOT_OURS = frozenset({MovementKind.FEE, MovementKind.PAYOUT})
_HELD_FOR = (DiscrepancyKind.AMOUNT_DIFFERS, DiscrepancyKind.CURRENCY_DIFFERS)


def found_in_movements(movements: Iterable[ProviderMovement], ours: dict[int, Decimal]) -> list[Discrepancy]:
    """The findings about movements that the ledger does not have as the provider tells them. `ours` as of
    `ledger_amounts`.
    """
    found = []
    for movement in movements:
        if movement.currency == CURRENCY and movement.kind in _NOT_OURS:
            continue
        amount = ours.get(movement.pk)
        if movement.currency != CURRENCY or amount != abs(movement.amount):
            found.append(_about_movement(movement, amount))
    return found


def found_absent(absent: Iterable[Absent]) -> list[Discrepancy]:
    """The findings about what the ledger has and the provider's books do not."""
    return [
        open_discrepancy(
            DiscrepancyKind.NOT_AT_PROVIDER,
            about=f"{thing.kind}:{thing.object_id}",
            payment=thing.payment,
            detail={"object": thing.object_id, "ours": str(thing.amount), "kind": thing.kind, "told": thing.told},
        )
        for thing in absent
    ]


def found_in_payouts(payouts: Iterable[ProviderPayout]) -> list[Discrepancy]:
    """The findings about money that should have reached our bank."""
    return [
        open_discrepancy(
            DiscrepancyKind.PAYOUT_DIFFERS,
            about=f"payout:{payout.payout_id}:{reason}",
            detail={
                "payout": payout.payout_id,
                "sent": str(payout.amount),
                "content": None if payout.content is None else str(payout.content),
                "bank": None if payout.bank_amount is None else str(payout.bank_amount),
                "failed": payout.failed,
            },
        )
        for payout in payouts
        for reason in payout.differences
    ]


def _about_movement(movement: ProviderMovement, ours: Decimal | None) -> Discrepancy:
    # The act that would have brought it in may have told the office why it did not.
    told = _told_before(movement) if ours is None else None
    if told is not None:
        return told
    kind = DiscrepancyKind.UNKNOWN_OBJECT if ours is None else DiscrepancyKind.AMOUNT_DIFFERS
    return open_discrepancy(
        kind,
        about=f"{_OBJECTS.get(MovementKind(movement.kind), 'movement')}:{movement.object_id or movement.movement_id}",
        payment=movement.payment,
        detail={
            "object": movement.object_id,
            "movement": movement.movement_id,
            "kind": movement.kind,
            "provider_payment": movement.provider_payment_id,
            "told": f"{movement.amount} {movement.currency}",
            "ours": None if ours is None else str(ours),
        },
    )


def _told_before(movement: ProviderMovement) -> Discrepancy | None:
    findings = Discrepancy.objects.order_by("pk")
    match movement.kind:
        case MovementKind.CHARGE if movement.payment is not None:
            return findings.filter(payment=movement.payment, kind__in=_HELD_FOR).first()
        case MovementKind.REFUND | MovementKind.REFUND_RETURNED:
            return findings.filter(key=f"{DiscrepancyKind.REFUND_DIFFERS}:{movement.object_id}").first()
        case _:
            return None
