"""Money that leaves a payment again and may come back: refunds and disputes, and what they do to its bills and credit.

One rule serves both, in whatever order they are told: what a payment received, less what is refunded, less what the
provider withdrew for disputes, is what its bills and its credit hold. `rebalance` brings them there.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Sum

from billing.allocation import MoneyForBill, put_on_bill
from billing.discrepancies import open_discrepancy
from billing.enums import AllocationReason, CreditReason, DiscrepancyKind
from billing.expiring_checkouts import have_checkouts_expired
from billing.hooks import InvoiceChange, tell_invoices
from billing.locks import lock_invoices
from billing.models import Allocation, CreditEntry, Dispute, Invoice, Payment
from oficina.shared.dates import local_day
from oficina.shared.money import ZERO


class CreditWords(NamedTuple):
    """Why credit leaves, and why it comes back."""

    leaves: CreditReason
    returns: CreditReason


FOR_A_REFUND = CreditWords(CreditReason.REFUNDED, CreditReason.REFUND_FAILED)
FOR_A_DISPUTE = CreditWords(CreditReason.DISPUTED, CreditReason.REINSTATED)


class Holding(NamedTuple):
    """Pesos of a payment on one bill, or in the account's credit: then without an allocation."""

    amount: Decimal
    allocation: Allocation | None = None


def left_of(payment: Payment) -> Decimal:
    """What of a payment, whose row is locked, its bills and its credit hold, in pesos: all that can be given back."""
    allocated: Decimal = payment.allocations.aggregate(total=Sum("amount"))["total"] or ZERO
    return allocated + CreditEntry.objects.filter(payment=payment).balance()


def holdings_of(payment: Payment) -> list[Holding]:
    """Where the money of a payment is, in the order in which it leaves: its credit first, then its bills, the one paid
    last first.
    """
    credit = CreditEntry.objects.filter(payment=payment).balance()
    standing = payment.allocations.filter(reverses=None, reversed_by=None).select_related("invoice").order_by("-pk")
    on_bills = [Holding(allocation.amount, allocation) for allocation in standing]
    return [Holding(credit), *on_bills] if credit > 0 else on_bills


def taken_from(holdings: Sequence[Holding], amount: Decimal) -> list[Holding]:
    """What of each holding leaves when that amount, in pesos, does."""
    taken = []
    rest = amount
    for holding in holdings:
        if rest <= 0:
            break
        taken.append(holding._replace(amount=min(rest, holding.amount)))
        rest -= taken[-1].amount
    return taken


def rebalance(payment: Payment, words: CreditWords, *, at: datetime) -> None:
    """After a refund or a dispute of a payment changed: have its bills and credit hold what is left of it.

    What must leave comes from the payment's credit first, then from its bills, the one paid last first; a bill that
    loses money is to be paid again. What comes back goes to the bills that lost it, the one due first on top, at the
    price that had been paid, and to credit where they no longer need it. Of a dispute only what is left of the
    payment is taken; that more was withdrawn is told to the office.

    The caller holds the locks of account and payment. Bills are locked here; upper apps are told, and open checkouts of
    bills that got money back are closed by a job.
    """
    left = (payment.amount_received or ZERO) - payment.refunds.standing().total()
    left -= _take_for_disputes(payment, left)
    held = left_of(payment)
    if held > left:
        _take_back(payment, held - left, words.leaves, at)
    elif held < left:
        _put_back(payment, left - held, words.returns, at)


def _take_for_disputes(payment: Payment, left: Decimal) -> Decimal:
    """Sets what each dispute takes, the earliest first, of what is left, and gives their sum."""
    taken_in_all = ZERO
    for dispute in payment.disputes.order_by("opened_at", "pk"):
        withdrawn = dispute.amount_withdrawn - dispute.amount_reinstated
        taken = min(withdrawn, left - taken_in_all)
        taken_in_all += taken
        if taken != dispute.amount_taken:
            Dispute.objects.filter(pk=dispute.pk).update(amount_taken=taken)
        if taken < withdrawn:
            open_discrepancy(
                DiscrepancyKind.MORE_WITHDRAWN,
                about=str(dispute.pk),
                payment=payment,
                detail={"dispute": dispute.provider_dispute_id, "withdrawn": str(withdrawn), "taken": str(taken)},
            )
    return taken_in_all


def _take_back(payment: Payment, amount: Decimal, why: CreditReason, at: datetime) -> None:
    taken = taken_from(holdings_of(payment), amount)
    on_bills = [(holding.allocation, holding.amount) for holding in taken if holding.allocation is not None]
    for holding in taken:
        if holding.allocation is None:
            _enter(payment, -holding.amount, why, at)
    ids = {allocation.invoice_id for allocation, _ in on_bills}
    lock_invoices(ids)
    was_paid = set(Invoice.objects.paid().filter(pk__in=ids).values_list("pk", flat=True))
    for allocation, part in on_bills:
        _reverse(allocation, leaving=allocation.amount - part, at=at)
    tell_invoices(InvoiceChange.REOPENED, sorted(was_paid))
    tell_invoices(InvoiceChange.BALANCE_MOVED, sorted(ids - was_paid))


def _reverse(allocation: Allocation, *, leaving: Decimal, at: datetime) -> None:
    """Take a whole allocation back, with the surcharge that it fixed as far as the bill does not need it; what stays is
    allocated anew with that surcharge, so that the price which was paid stays fixed.
    """
    invoice = Invoice.objects.get(pk=allocation.invoice_id)
    surcharge = invoice.surcharge_freed(amount=allocation.amount, surcharge=allocation.surcharge)
    row = {
        "payment_id": allocation.payment_id,
        "invoice_id": allocation.invoice_id,
        "reason": AllocationReason.RETURN,
        "created_at": at,
    }
    Allocation.objects.create(**row, amount=-allocation.amount, surcharge=-surcharge, reverses=allocation)
    if leaving:
        Allocation.objects.create(**row, amount=leaving, surcharge=surcharge)


def _put_back(payment: Payment, amount: Decimal, why: CreditReason, at: datetime) -> None:
    lost = (
        payment.allocations.filter(reason=AllocationReason.RETURN)
        .values("invoice_id")
        .annotate(money=Sum("amount"), surcharge=Sum("surcharge"))
        .filter(money__lt=0)
    )
    by_bill = {row["invoice_id"]: (-row["money"], -row["surcharge"]) for row in lost}
    invoices = lock_invoices(by_bill)
    rest = amount
    settled: list[int] = []
    moved: list[int] = []
    for invoice in sorted(invoices, key=lambda invoice: (invoice.due_on, invoice.pk)):
        money, surcharge = by_bill[invoice.pk]
        if not rest:
            break
        returned = MoneyForBill(
            payment_id=payment.pk,
            invoice_id=invoice.pk,
            amount=min(money, rest),
            surcharge_when_paid=invoice.surcharge + surcharge,
            reason=AllocationReason.RETURN,
        )
        put = put_on_bill(returned, on=local_day(at), at=at)
        rest -= put.taken
        if put.taken:
            (settled if put.settled else moved).append(invoice.pk)
    if rest:
        _enter(payment, rest, why, at)
    tell_invoices(InvoiceChange.SETTLED, sorted(settled))
    tell_invoices(InvoiceChange.BALANCE_MOVED, sorted(moved))
    # A checkout that is open for one of them asks for more than it needs now.
    have_checkouts_expired(by_bill)


def _enter(payment: Payment, amount: Decimal, reason: CreditReason, at: datetime) -> None:
    CreditEntry.objects.create(
        account_id=payment.account_id, payment=payment, amount=amount, reason=reason, created_at=at
    )
