"""What channels tell of their operations, put into the ledger once for good.

An operation goes in whole or not at all, as one of a file does. When its money finds no bill it is held before the
office, and tried again as long as it is, since its bill may be imported later or the file of the day may bring it. One
that the channel undid never goes in; what of it is in goes out, also when a file brings it afterwards. The row of the
operation is locked first, then its accounts by id; what follows is locked by the acts of the ledger.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from billing.channels.messages import BillByCode, BillByNumber, Collected, Undone
from billing.channels.payments import amounts_of_bills, payments_of, received_in, record_payments, undo_payments
from billing.discrepancies import open_discrepancy
from billing.enums import DiscrepancyKind, OperationHold, OperationState
from billing.models import CollectionChannel, CollectionOperation, Payment, WebhookEvent
from billing.refusals import OperationDiffers
from oficina.shared.money import CENT

type _Outcome = tuple[OperationState, OperationHold | str]

_SETTLED: _Outcome = (OperationState.SETTLED, "")
_REVERSED: _Outcome = (OperationState.REVERSED, "")


def record_operation(channel: CollectionChannel, told: Collected, event: WebhookEvent) -> CollectionOperation:
    """Write down an operation that a channel told, and settle it; gives it as it then is.

    The same again changes nothing. One that tells otherwise of a known operation changes nothing either and is put
    before the office.
    """
    with transaction.atomic():
        operation = _lock_operation(channel, told.operation_number)
        if operation.event_id is not None:
            if _told(operation) != _as_told(told):
                _put_what_differs_before_the_office(operation, told, event)
            return operation
        operation.event = event
        operation.amount = _pesos(told.amount)
        operation.paid_at = _not_after_now(told.paid_at)
        operation.bills = _bills(told)
        return _bring_up_to_date(operation)


def reverse_operation(channel: CollectionChannel, told: Undone, event: WebhookEvent) -> CollectionOperation:
    """Write down that a channel undid an operation, and take its money out of the ledger; gives it as it then is.

    The same again changes nothing.
    """
    with transaction.atomic():
        operation = _lock_operation(channel, told.operation_number)
        if operation.reversal_event_id is not None:
            return operation
        operation.reversal_event = event
        operation.reversed_at = _not_after_now(told.reversed_at)
        operation.reversal_reason = told.reason
        return _bring_up_to_date(operation)


def finish_operations() -> int:
    """Try again what is held, and undo what a file brought though it had been undone; tells how many ended by this."""
    ended = 0
    for pk in list(CollectionOperation.objects.unfinished().order_by("created_at").values_list("pk", flat=True)):
        with transaction.atomic():
            rows = CollectionOperation.objects.select_for_update(no_key=True, of=("self",)).select_related("channel")
            ended += _bring_up_to_date(rows.get(pk=pk)).state != OperationState.HELD
    return ended


def _lock_operation(channel: CollectionChannel, number: str) -> CollectionOperation:
    """The row of this operation, made when there is none, and locked."""
    CollectionOperation.objects.bulk_create(
        [
            CollectionOperation(
                channel=channel,
                operation_number=number,
                state=OperationState.HELD,
                held_because=OperationHold.PAYMENT_NOT_TOLD,
            )
        ],
        ignore_conflicts=True,
    )
    rows = CollectionOperation.objects.select_for_update(no_key=True, of=("self",)).select_related("channel")
    return rows.get(channel=channel, operation_number=number)


def _bring_up_to_date(operation: CollectionOperation) -> CollectionOperation:
    """Bring a locked operation to where its money can be, and save it: settled, reversed, or held with its reason.

    One of a sandbox is looked at in the same way and moves nothing.
    """
    outcome = _settle(operation) if operation.reversed_at is None else _reverse(operation)
    operation.state, operation.held_because = outcome
    operation.save()
    return operation


def _settle(operation: CollectionOperation) -> _Outcome:
    amounts = amounts_of_bills(operation)
    if amounts is None:
        if _is_in_the_ledger(operation):
            return _SETTLED
        _put_before_the_office(operation, DiscrepancyKind.UNKNOWN_OBJECT)
        return OperationState.HELD, OperationHold.UNKNOWN_BILL
    if operation.channel.sandbox:
        return _SETTLED
    try:
        with transaction.atomic():
            record_payments(operation, amounts)
    except OperationDiffers as refusal:
        payment = Payment.objects.get(pk=refusal.payment_id)
        _put_before_the_office(operation, DiscrepancyKind.OPERATION_DIFFERS, payment)
        return OperationState.HELD, OperationHold.DIFFERS
    return _SETTLED


def _reverse(operation: CollectionOperation) -> _Outcome:
    payments = [] if operation.channel.sandbox else undo_payments(operation)
    if payments or operation.event_id is not None:
        return _REVERSED
    _put_before_the_office(operation, DiscrepancyKind.UNKNOWN_OBJECT)
    return OperationState.HELD, OperationHold.PAYMENT_NOT_TOLD


def _is_in_the_ledger(operation: CollectionOperation) -> bool:
    """Whether payments of this operation have all of its money, as once the office has imported a corrected file."""
    return received_in(payments_of(operation.channel, operation.operation_number)) == operation.amount


def _bills(told: Collected) -> list[dict[str, str | int]]:
    return [_bill(bill) for bill in told.bills]


def _bill(bill: BillByCode | BillByNumber) -> dict[str, str | int]:
    amount = str(_pesos(bill.amount))
    if isinstance(bill, BillByCode):
        return {"payment_code": bill.payment_code, "amount": amount}
    return {"document_code": bill.document_code, "invoice_number": bill.invoice_number, "amount": amount}


def _pesos(told: str) -> Decimal:
    return Decimal(told).quantize(CENT)


def _not_after_now(told: str) -> datetime:
    """The channel's clock may run ahead of ours; nothing happened in the future."""
    return min(datetime.fromisoformat(told), timezone.now())


def _as_told(told: Collected) -> tuple[Decimal, list[str]]:
    """What makes two messages the same. When it was paid is not compared: it may be told with other precision."""
    return _pesos(told.amount), _in_one_way(_bills(told))


def _told(operation: CollectionOperation) -> tuple[Decimal | None, list[str]]:
    return operation.amount, _in_one_way(operation.bills or [])


def _in_one_way(bills: Iterable[Mapping[str, str | int]]) -> list[str]:
    """The bills as text that does not depend on their order."""
    return sorted(json.dumps(bill, sort_keys=True) for bill in bills)


def _put_before_the_office(
    operation: CollectionOperation, kind: DiscrepancyKind, payment: Payment | None = None
) -> None:
    if operation.channel.sandbox:
        return
    open_discrepancy(
        kind,
        about=f"operation:{operation.pk}",
        payment=payment,
        event=operation.event or operation.reversal_event,
        detail={
            "operation": operation.operation_number,
            "amount": None if operation.amount is None else str(operation.amount),
            "bills": operation.bills,
        },
    )


def _put_what_differs_before_the_office(operation: CollectionOperation, told: Collected, event: WebhookEvent) -> None:
    if operation.channel.sandbox:
        return
    open_discrepancy(
        DiscrepancyKind.OPERATION_DIFFERS,
        about=f"event:{event.pk}",
        payment=next(iter(payments_of(operation.channel, operation.operation_number)), None),
        event=event,
        detail={
            "operation": operation.operation_number,
            "known": {"amount": str(operation.amount), "bills": operation.bills},
            "told": {"amount": str(_pesos(told.amount)), "bills": _bills(told)},
        },
    )
