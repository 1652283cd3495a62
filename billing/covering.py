"""Debt that a payment plan took up: its bills are covered, and no payment is moved for it (decision 130).

While the plan is in force its cover only stands in the place of the bills ("en plan"); what the instalments have paid
covers them for good. A plan is known here by words of its own, which are kept and not read. Each act is of one account,
which it locks before the bills; it needs no more than the caller's transaction and calls no network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Self

from django.db import transaction
from django.db.models import QuerySet

from billing.enums import InvoiceKind, InvoiceStatus
from billing.expiring_checkouts import have_checkouts_expired
from billing.hooks import InvoiceChange, tell_invoices
from billing.locks import lock_account, lock_invoices
from billing.models import Cover, Invoice
from billing.refusals import BillingRefusal
from oficina.shared.money import ZERO


@dataclass(frozen=True, kw_only=True)
class CoverPart:
    """What a plan takes up of a bill: all that pays it at the price of a day, in pesos, and the surcharge, in all, that
    the bill has at that price. Kept with the plan, since it begins later than it is made.
    """

    invoice_id: int
    amount: Decimal
    surcharge_when_paid: Decimal

    @classmethod
    def of(cls, invoice: Invoice) -> Self:
        """All that pays a bill, loaded by `with_amount_due`."""
        return cls(
            invoice_id=invoice.pk,
            amount=invoice.amount_due,
            surcharge_when_paid=invoice.surcharge_when_paid(invoice.amount_due),
        )


@dataclass(eq=False)
class BillsMoved(BillingRefusal):
    """Some bills are not what they were when the plan was made: money came or left, their amount changed, they are
    void, in another plan, of another account. Nothing was covered.
    """

    invoice_ids: Sequence[int]


def cover_bills(account_id: int, parts: Sequence[CoverPart], *, plan: str, at: datetime) -> None:
    """The plan begins: its bills are in it and nobody pays them meanwhile, at the price on which it was made.

    Upper apps are told that they are COVERED, and checkouts open on them are closed by a job; money that comes all the
    same is credit and a finding. Twice changes nothing. Raises BillsMoved.
    """
    with transaction.atomic():
        lock_account(account_id)
        if Cover.objects.filter(plan=plan).exists():
            return
        own = {bill.pk: bill for bill in lock_invoices(part.invoice_id for part in parts)}
        moved = [part.invoice_id for part in parts if not _is_as_agreed(own.get(part.invoice_id), part, account_id)]
        if moved:
            raise BillsMoved(sorted(moved))
        for part in parts:
            bill = own[part.invoice_id]
            fixed = part.surcharge_when_paid - bill.surcharge
            row = {"invoice": bill, "amount": part.amount, "surcharge": fixed, "plan": plan, "created_at": at}
            Cover.objects.create(**row, paid=False)
        tell_invoices(InvoiceChange.COVERED, sorted(own))
        have_checkouts_expired(own)


def cover_for_good(account_id: int, *, plan: str, at: datetime) -> None:
    """All instalments are paid: the bills of the plan are too. Twice changes nothing. SETTLED is told."""
    with transaction.atomic():
        bills = _turn(account_id, plan, paid=True, at=at)
        paid = Invoice.objects.paid().filter(pk__in=bills).order_by("pk")
        tell_invoices(InvoiceChange.SETTLED, list(paid.values_list("pk", flat=True)))


def cover_meanwhile(account_id: int, *, plan: str, at: datetime) -> None:
    """An instalment lost its money after all had been paid: the bills are in the plan again until it is paid.

    Twice changes nothing. COVERED is told.
    """
    with transaction.atomic():
        tell_invoices(InvoiceChange.COVERED, _turn(account_id, plan, paid=False, at=at))


def uncover_bills(account_id: int, *, plan: str, paid_capital: Decimal, at: datetime) -> None:
    """The plan ended before all was paid: the bills are owed again, but for the capital that its instalments paid, in
    pesos, which covers them for good, the one due first on top. Also when that capital changed after the end.

    As with a payment in part, a bill that is covered in part keeps the price of the plan's day for that part. OWED is
    told of the bills that owe something again, SETTLED of those that are paid. Twice changes nothing.
    """
    with transaction.atomic():
        lock_account(account_id)
        began = Cover.objects.filter(plan=plan, reverses=None).order_by("invoice", "pk").distinct("invoice")
        first = {cover.invoice_id: cover for cover in began}
        rest, changed = paid_capital, []
        for bill in sorted(lock_invoices(first), key=lambda bill: (bill.due_on, bill.pk)):
            part = min(rest, first[bill.pk].amount)
            rest -= part
            if _leave_covered(bill, part, first[bill.pk], at):
                changed.append(bill.pk)
        _tell_of_end(changed)


def _is_as_agreed(bill: Invoice | None, part: CoverPart, account_id: int) -> bool:
    if bill is None or bill.account_id != account_id or bill.kind == InvoiceKind.INSTALMENT:
        return False
    owed = bill.amount + part.surcharge_when_paid - bill.held
    return bill.status == InvoiceStatus.OPEN and part.surcharge_when_paid >= bill.surcharge and owed == part.amount > 0


def _turn(account_id: int, plan: str, *, paid: bool, at: datetime) -> list[int]:
    """Has all that the plan covers covered for good, or meanwhile; the bills of which that changed something."""
    lock_account(account_id)
    standing = list(_standing(plan).exclude(paid=paid))
    lock_invoices(cover.invoice_id for cover in standing)
    for cover in standing:
        freed = _take_back(cover, at)
        row = {"invoice_id": cover.invoice_id, "amount": cover.amount, "surcharge": freed, "plan": plan}
        Cover.objects.create(**row, paid=paid, created_at=at)
    return sorted({cover.invoice_id for cover in standing})


def _leave_covered(bill: Invoice, part: Decimal, first: Cover, at: datetime) -> bool:
    """Has that much of a bill, in pesos, covered for good; tells whether it was not before."""
    standing = list(_standing(first.plan).filter(invoice=bill))
    if all(cover.paid for cover in standing) and sum((cover.amount for cover in standing), ZERO) == part:
        return False
    freed = sum((_take_back(cover, at) for cover in standing), ZERO)
    if part:
        row = {"invoice": bill, "amount": part, "surcharge": freed, "plan": first.plan, "created_at": at}
        Cover.objects.create(**row, paid=True)
    return True


def _standing(plan: str) -> QuerySet[Cover]:
    return Cover.objects.filter(plan=plan, reverses=None, reversed_by=None).order_by("invoice", "pk")


def _take_back(cover: Cover, at: datetime) -> Decimal:
    """Takes a whole row back, and what of its surcharge the bill does not need, which is what it gives, in pesos."""
    bill = Invoice.objects.get(pk=cover.invoice_id)
    freed = bill.surcharge_freed(amount=cover.amount, surcharge=cover.surcharge)
    row = {"invoice": bill, "plan": cover.plan, "paid": cover.paid, "created_at": at}
    Cover.objects.create(**row, amount=-cover.amount, surcharge=-freed, reverses=cover)
    return freed


def _tell_of_end(bill_ids: Sequence[int]) -> None:
    bills = Invoice.objects.filter(pk__in=bill_ids).order_by("pk")
    tell_invoices(InvoiceChange.SETTLED, list(bills.paid().values_list("pk", flat=True)))
    tell_invoices(InvoiceChange.OWED, list(bills.owed().values_list("pk", flat=True)))
