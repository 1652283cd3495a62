"""What of an account can be paid at the counter, at today's prices, and how an amount is put on it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from accounts.models import ServiceAccount
from billing.desk.refusals import AmountOutOfRange, BillsMoved, BillsUnderWay, OfferedInPart, PartDoesNotReach
from billing.enums import PaymentChannel, PaymentState
from billing.external_payments import ReceivedLine
from billing.models import Invoice, PaymentItem
from oficina.shared.money import ZERO

_CHECKOUT_NOT_PAID = (PaymentState.CREATED, PaymentState.OPEN)


@dataclass(frozen=True, kw_only=True)
class ShownBill:
    """A bill as it was shown to whoever pays: what pays it wholly today, in pesos."""

    invoice_id: int
    due: Decimal


def payable_bills(account: ServiceAccount, *, on: date) -> QuerySet[Invoice]:
    """Bills, charges and instalments on which money may be put, with what each costs on a local date; due first, first.

    With what plans offer, such as their first instalment.
    """
    return account.invoices.payable().with_amount_due(on=on).order_by("due_on", "pk")


def open_checkouts_of(invoice_ids: Collection[int]) -> QuerySet[PaymentItem]:
    """What a checkout that nobody paid yet holds of these bills: it is closed once they are paid at the counter."""
    return PaymentItem.objects.filter(
        invoice__in=invoice_ids,
        live=True,
        payment__channel=PaymentChannel.CHECKOUT,
        payment__state__in=_CHECKOUT_NOT_PAID,
    )


def refuse_under_way(invoice_ids: Collection[int]) -> None:
    """Raises BillsUnderWay for those whose money is on its way and can no longer be stopped."""
    held = PaymentItem.objects.filter(invoice__in=invoice_ids, live=True)
    coming = held.exclude(pk__in=open_checkouts_of(invoice_ids)).values("invoice")
    if invoices := list(Invoice.objects.filter(pk__in=coming).order_by("due_on", "pk")):
        raise BillsUnderWay(invoices)


def as_shown(account: ServiceAccount, shown: Sequence[ShownBill], *, on: date) -> list[Invoice]:
    """The bills, due first, first; each still costs what was shown. Raises BillsMoved."""
    bills = list(payable_bills(account, on=on).filter(pk__in=[bill.invoice_id for bill in shown]))
    if not bills or {bill.pk: bill.amount_due for bill in bills} != {bill.invoice_id: bill.due for bill in shown}:
        raise BillsMoved
    return bills


def lines_for(bills: Sequence[Invoice], amount: Decimal) -> list[ReceivedLine]:
    """That many pesos put on bills, in their order: each whole, and the last one that it reaches perhaps in part.

    Raises AmountOutOfRange, PartDoesNotReach and OfferedInPart.
    """
    total = sum((bill.amount_due for bill in bills), ZERO)
    if not ZERO < amount <= total:
        raise AmountOutOfRange(amount, total)
    lines, rest = [], amount
    for bill in bills:
        part = min(rest, bill.amount_due)
        if not part:
            raise PartDoesNotReach(bill)
        if part < bill.amount_due and bill.offered:
            raise OfferedInPart(bill)
        lines.append(ReceivedLine(invoice_id=bill.pk, amount=part))
        rest -= part
    return lines
