"""The payments in which the ledger has an operation of a channel: one for each account whose bills it paid."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from billing.discrepancies import open_discrepancy
from billing.enums import DiscrepancyKind, RefundRoute
from billing.external_payments import ReceivedLine, ReceivedOperation, record_external_payment
from billing.locks import lock_account, lock_payment
from billing.models import CollectionChannel, CollectionOperation, Invoice, Payment
from billing.refunds import record_reversal
from billing.returned_money import left_of
from oficina.shared.money import ZERO

_CAUSE = "aviso del canal"
_UNDONE = "La anuló el canal"


def payments_of(channel: CollectionChannel, number: str) -> list[Payment]:
    """The payments of an operation, whether a message or a file brought them, by account."""
    return list(Payment.objects.filter(channel=channel.slug, operation_number=number).order_by("account_id"))


def received_in(payments: Iterable[Payment]) -> Decimal:
    """What these payments brought, in pesos."""
    return sum((payment.amount_received or ZERO for payment in payments), ZERO)


def amounts_of_bills(operation: CollectionOperation) -> dict[Invoice, Decimal] | None:
    """What each bill was paid, in pesos; None when one of them is not known. One that was named twice is added up."""
    amounts: dict[Invoice, Decimal] = defaultdict(Decimal)
    for bill in operation.bills or []:
        named = {name: bill[name] for name in ("payment_code", "document_code", "invoice_number") if name in bill}
        invoice = Invoice.objects.filter(**named).first()
        if invoice is None:
            return None
        amounts[invoice] += Decimal(bill["amount"])
    return dict(amounts)


def record_payments(operation: CollectionOperation, amounts: dict[Invoice, Decimal]) -> None:
    """Record a payment for each account, unless the ledger has it. Raises OperationDiffers. Needs a transaction."""
    if operation.paid_at is None:
        raise ValueError(f"operation {operation.pk} was not told")
    of_account: dict[int, dict[Invoice, Decimal]] = defaultdict(dict)
    for invoice, amount in amounts.items():
        of_account[invoice.account_id][invoice] = amount
    for account in [lock_account(pk) for pk in sorted(of_account)]:
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


def undo_payments(operation: CollectionOperation) -> list[Payment]:
    """Give back what the payments of an operation hold, each once, and tell which payments it has. Needs a transaction.

    Where a refund had left less than was received, the office is told: the channel took back more than there is.
    """
    payments = payments_of(operation.channel, operation.operation_number)
    for payment in payments:
        lock_account(payment.account_id)
    for payment in payments:
        _undo(lock_payment(payment.pk), operation)
    return payments


def _undo(payment: Payment, operation: CollectionOperation) -> None:
    if operation.reversed_at is None:
        raise ValueError(f"operation {operation.pk} was not undone")
    number = operation.operation_number
    if payment.refunds.filter(route=RefundRoute.CHANNEL, operation_number=number).exists():
        return
    left = left_of(payment)
    if left:
        record_reversal(
            payment.pk,
            amount=left,
            operation_number=number,
            reversed_at=operation.reversed_at,
            reason=operation.reversal_reason or _UNDONE,
        )
    if left != payment.amount_received:
        open_discrepancy(
            DiscrepancyKind.MORE_WITHDRAWN,
            about=f"operation:{operation.pk}:{payment.pk}",
            payment=payment,
            event=operation.reversal_event,
            detail={"operation": number, "withdrawn": str(payment.amount_received), "taken": str(left)},
        )
