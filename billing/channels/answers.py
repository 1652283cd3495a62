"""What a channel is told of an operation when it asks."""

import re
from datetime import UTC, datetime

from billing.channels.payments import payments_of, received_in
from billing.enums import OperationState
from billing.models import CollectionChannel, CollectionOperation
from oficina.shared.money import CURRENCY

_NUMBER = re.compile(r"[!-~]{1,64}")

type Answer = dict[str, str | None]


def told_of_operation(channel: CollectionChannel, number: str) -> Answer | None:
    """Where this operation of the channel is; None when neither a message nor a file told it."""
    if not _NUMBER.fullmatch(number):
        return None
    operation = CollectionOperation.objects.filter(channel=channel, operation_number=number).first()
    payments = payments_of(channel, number)
    if operation is None and not payments:
        return None
    told = operation or CollectionOperation(state=OperationState.SETTLED)
    paid_at = told.paid_at or (payments[0].paid_at if payments else None)
    amount = told.amount or (received_in(payments) if payments else None)
    return {
        "operation_number": number,
        "state": told.state,
        "held_because": told.held_because or None,
        "amount": None if amount is None else str(amount),
        "currency": CURRENCY,
        "paid_at": _instant(paid_at),
        "reversed_at": _instant(told.reversed_at),
    }


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
