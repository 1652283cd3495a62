"""What a channel is told of an operation when it asks."""

import re
from datetime import UTC, datetime

from billing.channels.operations import payments_of
from billing.enums import OperationState
from billing.models import CollectionChannel, CollectionOperation
from oficina.shared.money import CURRENCY, ZERO

_NUMBER = re.compile(r"[!-~]{1,64}")

type Answer = dict[str, str | None]


def told_of_operation(channel: CollectionChannel, number: str) -> Answer | None:
    """Where this operation of the channel is; None when neither a message nor a file told it."""
    if not _NUMBER.fullmatch(number):
        return None
    operation = CollectionOperation.objects.filter(channel=channel, operation_number=number).first()
    return _of_file(channel, number) if operation is None else _of_message(operation)


def _of_message(operation: CollectionOperation) -> Answer:
    return {
        "operation_number": operation.operation_number,
        "state": operation.state,
        "held_because": operation.held_because or None,
        "amount": None if operation.amount is None else str(operation.amount),
        "currency": CURRENCY,
        "paid_at": _instant(operation.paid_at),
        "reversed_at": _instant(operation.reversed_at),
    }


def _of_file(channel: CollectionChannel, number: str) -> Answer | None:
    payments = payments_of(channel, number)
    if not payments:
        return None
    return {
        "operation_number": number,
        "state": OperationState.SETTLED,
        "held_because": None,
        "amount": str(sum((payment.amount_received or ZERO for payment in payments), ZERO)),
        "currency": CURRENCY,
        "paid_at": _instant(payments[0].paid_at),
        "reversed_at": None,
    }


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
