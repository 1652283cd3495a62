"""Money received elsewhere: a collection counter, a bank, the office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import ServiceAccount
from billing.allocation import allocate_payment
from billing.enums import PaymentChannel, PaymentState
from billing.expiring_checkouts import have_checkouts_expired
from billing.locks import lock_account, lock_invoices
from billing.models import Invoice, Payment, PaymentItem
from billing.payment_log import log_beginning
from billing.refusals import (
    BillNamedTwice,
    BillOfAnotherAccount,
    LinesExceedAmount,
    NothingReceived,
    OperationDiffers,
)
from oficina.shared.money import ZERO


@dataclass(frozen=True, kw_only=True)
class ReceivedLine:
    """What an operation paid of one bill, in pesos."""

    invoice_id: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class CardMeans:
    """The card of a payment, as its receipt tells it: `visa`, `debit`, `4417`."""

    brand: str
    funding: str
    last4: str


@dataclass(frozen=True, kw_only=True)
class ReceivedOperation:
    """One operation of an external channel, for one account.

    `channel` is its slug, never `checkout`; `operation_number` is the channel's own number, unique within channel and
    account. `amount` is what was received, in pesos; what exceeds the lines is kept as credit. `paid_at` is UTC; the
    bills are priced by the local date of it. `card`, where the channel tells it.
    """

    channel: str
    operation_number: str
    account: ServiceAccount
    lines: Sequence[ReceivedLine]
    amount: Decimal
    paid_at: datetime
    card: CardMeans | None = None


def record_external_payment(operation: ReceivedOperation, *, cause: str) -> Payment:
    """Record money that another channel received and settle it, once; gives its payment.

    The same operation again changes nothing; when it was paid is not compared, since a notice and its later file
    tell it with different precision. Checkouts that still hold one of the bills are then expired by a job.

    Raises OperationDiffers, BillOfAnotherAccount, BillNamedTwice, LinesExceedAmount and NothingReceived.
    """
    _refuse_what_cannot_be(operation)
    with transaction.atomic():
        lock_account(operation.account.pk)
        earlier = _same_operation(operation)
        if earlier is not None:
            return earlier
        invoices = _own_invoices(operation)
        payment = _insert(operation, invoices)
        log_beginning(payment, cause=cause)
        allocate_payment(payment, at=payment.created_at)
        have_checkouts_expired(invoices)
    return payment


def _refuse_what_cannot_be(operation: ReceivedOperation) -> None:
    if operation.channel == PaymentChannel.CHECKOUT or not operation.operation_number:
        raise ValueError("an external payment has a channel of its own and an operation number")
    for amount in (operation.amount, *(line.amount for line in operation.lines)):
        if amount <= 0:
            raise NothingReceived(amount)
    named: set[int] = set()
    for line in operation.lines:
        if line.invoice_id in named:
            raise BillNamedTwice(line.invoice_id)
        named.add(line.invoice_id)
    total = sum((line.amount for line in operation.lines), ZERO)
    if total > operation.amount:
        raise LinesExceedAmount(total, operation.amount)


def _same_operation(operation: ReceivedOperation) -> Payment | None:
    earlier = Payment.objects.filter(
        channel=operation.channel, operation_number=operation.operation_number, account=operation.account
    ).first()
    if earlier is None:
        return None
    told = {line.invoice_id: line.amount for line in operation.lines}
    if earlier.amount_asked != operation.amount or dict(earlier.items.values_list("invoice_id", "amount")) != told:
        raise OperationDiffers(earlier.pk)
    return earlier


def _own_invoices(operation: ReceivedOperation) -> dict[int, Invoice]:
    """The bills of the lines, locked, with what they cost on the day of the payment."""
    paid_on = timezone.localdate(operation.paid_at)
    ids = [line.invoice_id for line in operation.lines]
    lock_invoices(ids)
    invoices = Invoice.objects.filter(account=operation.account).with_amount_due(on=paid_on).in_bulk(ids)
    for invoice_id in ids:
        if invoice_id not in invoices:
            raise BillOfAnotherAccount(invoice_id)
    return invoices


def _insert(operation: ReceivedOperation, invoices: dict[int, Invoice]) -> Payment:
    now = timezone.now()
    card = operation.card or CardMeans(brand="", funding="", last4="")
    payment = Payment.objects.create(
        account=operation.account,
        channel=operation.channel,
        operation_number=operation.operation_number,
        state=PaymentState.SUCCEEDED,
        amount_asked=operation.amount,
        amount_received=operation.amount,
        means_brand=card.brand,
        means_funding=card.funding,
        means_last4=card.last4,
        created_at=now,
        paid_at=operation.paid_at,
        settled_at=now,
    )
    PaymentItem.objects.bulk_create(
        PaymentItem(
            payment=payment,
            invoice_id=line.invoice_id,
            amount=line.amount,
            surcharge=invoices[line.invoice_id].surcharge_when_paid(invoices[line.invoice_id].amount_due),
        )
        for line in operation.lines
    )
    return payment
