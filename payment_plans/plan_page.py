"""A plan as its customers read it: each instalment and how it stands, its bills, what happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Prefetch
from django.urls import reverse

from accounts.models import AccountLink
from billing.enums import InvoiceStatus
from billing.models import Allocation, Invoice
from billing.paid_parts import paid_on
from billing.pending_bills import PendingBill
from billing.presentation import StateWords, bill_name, document_name, invoice_state
from oficina.shared.dates import short_date
from payment_plans.enums import CLOSED, PlanState
from payment_plans.models import PaymentPlan, PlanBill, PlanInstalment, PlanPayoff
from payment_plans.presentation import instalment_name

_PAID_EARLY = StateWords("Pagada por anticipado", "success")
_VOID = StateWords("Sin efecto", "")
_STEPS = {
    PlanState.WAITING: "Plan hecho",
    PlanState.IN_FORCE: "Empezó a regir",
    PlanState.COMPLETED: "Pagado del todo",
    PlanState.LAPSED: "Caducó",
    PlanState.CANCELLED: "Cancelado por la oficina",
    PlanState.ENDED: "Quedó sin efecto",
}
_AGAIN = "Vigente otra vez: se devolvió el pago de una cuota"


@dataclass(frozen=True, kw_only=True)
class InstalmentRow:
    """One instalment. `amount` is what pays it today, in pesos, or what it was. `bill` says more while it can be paid;
    `payment_address` is the page of its payment, for its payer only.
    """

    ref: str
    name: str
    due_on: date
    state: StateWords
    amount: Decimal
    note: str
    bill: PendingBill | None
    payment_address: str

    @property
    def selectable(self) -> bool:
        """Whether it may be chosen to be paid."""
        return self.bill is not None and self.bill.selectable

    @property
    def choice_label(self) -> str:
        """What its box says to whoever hears the page."""
        return f"Elegir {self.name}, que vence el {short_date(self.due_on)}"

    @property
    def is_overdue(self) -> bool:
        """It fell due and is owed."""
        return self.bill is not None and self.bill.is_overdue


@dataclass(frozen=True, kw_only=True)
class PlanBillRow:
    """A bill of the plan: what was owed of it when the plan was made, in pesos, and how it stands now."""

    ref: str
    subject: str
    document: str
    state: StateWords
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class PlanStepRow:
    """Something that happened to the plan at an instant (UTC). `state` is of a step of a timeline."""

    words: str
    state: str
    why: str
    at: datetime


def parts_of(plan: PaymentPlan) -> list[PlanInstalment]:
    """The instalments, first due on top, each with its document and the money on it."""
    return list(plan.parts.select_related("invoice").prefetch_related(_money()).order_by("number"))


def payoffs_of(plan: PaymentPlan) -> list[PlanPayoff]:
    """What was issued to pay all the rest early and still stands: the one that paid it, and the one that is offered."""
    standing = plan.payoffs.exclude(invoice__status=InvoiceStatus.VOID)
    return list(standing.select_related("invoice").prefetch_related(_money()).order_by("pk"))


def rows_of(
    plan: PaymentPlan, parts: Sequence[PlanInstalment | PlanPayoff], bills: Sequence[PendingBill], link: AccountLink
) -> list[InstalmentRow]:
    """These parts of the plan, of `parts_of` and `payoffs_of`; `bills` are those of their documents that can be
    paid.
    """
    payable = {bill.ref: bill for bill in bills}
    return [_row(plan, part, payable.get(part.invoice.public_id), link) for part in parts]


def chosen_at_first(rows: Sequence[InstalmentRow]) -> set[str]:
    """The documents whose boxes are ticked: of all instalments that are overdue, or else of the next one."""
    free = [row for row in rows if row.selectable]
    overdue = {row.ref for row in free if row.is_overdue}
    return overdue or {row.ref for row in free[:1]}


def bill_rows(plan: PaymentPlan, *, on: date) -> list[PlanBillRow]:
    """The bills of the plan on a local date, the one due first on top, in one query."""
    bills = plan.bills.select_related("invoice").order_by("invoice__due_on", "invoice_id")
    return [_bill_row(bill, on) for bill in bills]


def step_rows(plan: PaymentPlan) -> list[PlanStepRow]:
    """What happened, in its order."""
    return [
        PlanStepRow(
            words=_AGAIN if place > 1 and step.state == PlanState.IN_FORCE else _STEPS[PlanState(step.state)],
            state="failed" if step.state in CLOSED else "done",
            why=step.get_reason_display(),
            at=step.at,
        )
        for place, step in enumerate(plan.steps.order_by("pk"))
    ]


def _money() -> Prefetch[str]:
    return Prefetch("invoice__allocations", Allocation.objects.select_related("payment"))


def _row(
    plan: PaymentPlan, part: PlanInstalment | PlanPayoff, bill: PendingBill | None, link: AccountLink
) -> InstalmentRow:
    invoice = part.invoice
    paid = paid_on(invoice) if invoice.is_paid else None
    return InstalmentRow(
        ref=invoice.public_id,
        name=instalment_name(part.number) if isinstance(part, PlanInstalment) else "Pago anticipado",
        due_on=invoice.due_on,
        state=bill.state if bill else _closed_state(plan, invoice),
        amount=bill.amount if bill else invoice.payable_amount,
        note=f"El {short_date(paid)}" if paid else "",
        bill=bill,
        payment_address=_payment_address(invoice, link),
    )


def _closed_state(plan: PaymentPlan, invoice: Invoice) -> StateWords:
    """Of an instalment of which nothing can be paid."""
    if invoice.status == InvoiceStatus.VOID:
        return _PAID_EARLY if plan.state == PlanState.COMPLETED else _VOID
    return StateWords("Pagada", "success")


def _payment_address(invoice: Invoice, link: AccountLink) -> str:
    """Of the payment whose money came last and stands, if it is the reader's own."""
    allocations = list(invoice.allocations.all())
    taken_back = {allocation.reverses_id for allocation in allocations}
    standing = [one for one in allocations if one.reverses_id is None and one.pk not in taken_back]
    payment = max(standing, key=lambda one: one.pk).payment if standing else None
    if payment is None or payment.payer_id != link.user_id:
        return ""
    return reverse("payment", args=[payment.public_id])


def _bill_row(bill: PlanBill, on: date) -> PlanBillRow:
    return PlanBillRow(
        ref=bill.invoice.public_id,
        subject=bill_name(bill.invoice),
        document=document_name(bill.invoice),
        state=invoice_state(bill.invoice, on),
        amount=bill.amount,
    )
