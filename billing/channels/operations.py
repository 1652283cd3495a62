"""What channels tell of their operations, put into the ledger once for good.

An operation goes in whole or not at all, as one of a file does. When its money finds no bill it is held before the
office, and tried again as long as it is, since its bill may be imported later or the file of the day may bring it. The
row of the operation is locked first, then its accounts by id; what follows is locked by `record_external_payment`.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from billing.channels.messages import BillByCode, BillByNumber, Collected
from billing.discrepancies import open_discrepancy
from billing.enums import DiscrepancyKind, OperationHold, OperationState
from billing.external_payments import ReceivedLine, ReceivedOperation, record_external_payment
from billing.locks import lock_account
from billing.models import CollectionChannel, CollectionOperation, Invoice, Payment, WebhookEvent
from billing.refusals import OperationDiffers
from oficina.shared.money import CENT, ZERO

type _Amounts = Mapping[Invoice, Decimal]
type _Outcome = tuple[OperationState, OperationHold | str]

_CAUSE = "aviso del canal"
_SETTLED: _Outcome = (OperationState.SETTLED, "")


def record_operation(channel: CollectionChannel, told: Collected, event: WebhookEvent) -> CollectionOperation:
    """Write down an operation that a channel told, and settle it; gives it as it then is.

    The same again changes nothing. One that tells otherwise of a known operation changes nothing either and is put
    before the office.
    """
    with transaction.atomic():
        operation = lock_operation(channel, told.operation_number)
        if operation.event_id is not None:
            if _told(operation) != _as_told(told):
                _put_what_differs_before_the_office(operation, told, event)
            return operation
        operation.event = event
        operation.amount = _pesos(told.amount)
        operation.paid_at = min(datetime.fromisoformat(told.paid_at), timezone.now())
        operation.bills = _bills(told)
        return settle_operation(operation)


def lock_operation(channel: CollectionChannel, number: str) -> CollectionOperation:
    """The row of this operation, made when there is none, and locked. Needs a transaction."""
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


def settle_operation(operation: CollectionOperation) -> CollectionOperation:
    """Bring a locked operation to where its money can be, and save it: settled, or held with its reason.

    One of a sandbox is looked at in the same way and moves nothing.
    """
    if operation.event_id is not None:
        operation.state, operation.held_because = _outcome(operation)
    operation.save()
    return operation


def payments_of(channel: CollectionChannel, number: str) -> list[Payment]:
    """The payments of an operation, whether a message or a file brought them: one for each account."""
    return list(Payment.objects.filter(channel=channel.slug, operation_number=number).order_by("pk"))


def settle_held_operations() -> int:
    """Try the held operations again, and tell how many of them are held no more."""
    settled = 0
    for pk in list(CollectionOperation.objects.held().order_by("created_at").values_list("pk", flat=True)):
        with transaction.atomic():
            rows = CollectionOperation.objects.select_for_update(no_key=True, of=("self",)).select_related("channel")
            operation = settle_operation(rows.get(pk=pk))
        settled += operation.state != OperationState.HELD
    return settled


def _outcome(operation: CollectionOperation) -> _Outcome:
    amounts = _amounts(operation)
    if operation.channel.sandbox:
        return _SETTLED if amounts is not None else (OperationState.HELD, OperationHold.UNKNOWN_BILL)
    if amounts is None:
        if _is_in_the_ledger(operation):
            return _SETTLED
        _put_before_the_office(operation, DiscrepancyKind.UNKNOWN_OBJECT)
        return OperationState.HELD, OperationHold.UNKNOWN_BILL
    try:
        with transaction.atomic():
            _record_payments(operation, amounts)
    except OperationDiffers as refusal:
        payment = Payment.objects.get(pk=refusal.payment_id)
        _put_before_the_office(operation, DiscrepancyKind.OPERATION_DIFFERS, payment)
        return OperationState.HELD, OperationHold.DIFFERS
    return _SETTLED


def _is_in_the_ledger(operation: CollectionOperation) -> bool:
    """Whether payments of this operation have all of its money, as once the office has imported a corrected file."""
    payments = Payment.objects.filter(channel=operation.channel.slug, operation_number=operation.operation_number)
    received: Decimal | None = payments.aggregate(total=Sum("amount_received"))["total"]
    return received == operation.amount


def _record_payments(operation: CollectionOperation, amounts: _Amounts) -> None:
    if operation.paid_at is None:
        raise ValueError(f"operation {operation.pk} was not told")
    of_account: dict[int, dict[Invoice, Decimal]] = defaultdict(dict)
    for invoice, amount in amounts.items():
        of_account[invoice.account_id][invoice] = amount
    accounts = [lock_account(pk) for pk in sorted(of_account)]
    for account in accounts:
        lines = of_account[account.pk]
        record_external_payment(
            ReceivedOperation(
                channel=operation.channel.slug,
                operation_number=operation.operation_number,
                account=account,
                lines=[ReceivedLine(invoice_id=invoice.pk, amount=amount) for invoice, amount in lines.items()],
                amount=sum(lines.values(), ZERO),
                paid_at=operation.paid_at,
            ),
            cause=_CAUSE,
        )


def _amounts(operation: CollectionOperation) -> dict[Invoice, Decimal] | None:
    """What each bill was paid, in pesos; None when one of them is not known. One that was named twice is added up."""
    amounts: dict[Invoice, Decimal] = defaultdict(Decimal)
    for bill in operation.bills or []:
        named = {name: bill[name] for name in ("payment_code", "document_code", "invoice_number") if name in bill}
        invoice = Invoice.objects.filter(**named).first()
        if invoice is None:
            return None
        amounts[invoice] += Decimal(bill["amount"])
    return dict(amounts)


def _bills(told: Collected) -> list[dict[str, str | int]]:
    return [_bill(bill) for bill in told.bills]


def _bill(bill: BillByCode | BillByNumber) -> dict[str, str | int]:
    amount = str(_pesos(bill.amount))
    if isinstance(bill, BillByCode):
        return {"payment_code": bill.payment_code, "amount": amount}
    return {"document_code": bill.document_code, "invoice_number": bill.invoice_number, "amount": amount}


def _pesos(told: str) -> Decimal:
    return Decimal(told).quantize(CENT)


def _as_told(told: Collected) -> tuple[Decimal, list[str]]:
    """What makes two messages the same. When it was paid is not compared: it may be told with other precision."""
    return Decimal(told.amount), _in_one_way(_bills(told))


def _told(operation: CollectionOperation) -> tuple[Decimal | None, list[str]]:
    return operation.amount, _in_one_way(operation.bills or [])


def _in_one_way(bills: Iterable[Mapping[str, str | int]]) -> list[str]:
    """The bills as text that does not depend on their order."""
    return sorted(json.dumps(bill, sort_keys=True) for bill in bills)


def _put_before_the_office(
    operation: CollectionOperation, kind: DiscrepancyKind, payment: Payment | None = None
) -> None:
    open_discrepancy(
        kind,
        about=f"operation:{operation.pk}",
        payment=payment,
        event=operation.event,
        detail={"operation": operation.operation_number, "amount": str(operation.amount), "bills": operation.bills},
    )


def _put_what_differs_before_the_office(operation: CollectionOperation, told: Collected, event: WebhookEvent) -> None:
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
