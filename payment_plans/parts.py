"""Which documents of a plan are paid, and which are still to be."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from decimal import Decimal

from django.db.models import Sum

from billing.enums import InvoiceStatus
from billing.models import Invoice
from oficina.shared.money import ZERO
from payment_plans.enums import PlanState
from payment_plans.models import PaymentPlan, PlanInstalment, PlanPayoff


def plans_paid_by(invoice_ids: Sequence[int], states: Collection[PlanState]) -> list[int]:
    """The ids of the plans in these states that documents among these invoices pay, in the order of their accounts.

    By the index of each table: every payment of any bill asks.
    """
    parts = PlanInstalment.objects.filter(invoice__in=invoice_ids).order_by().values_list("plan", flat=True)
    payoffs = PlanPayoff.objects.filter(invoice__in=invoice_ids).order_by().values_list("plan", flat=True)
    if not (ids := {*parts, *payoffs}):
        return []
    plans = PaymentPlan.objects.filter(pk__in=ids, state__in=states)
    return list(plans.order_by("account", "pk").values_list("pk", flat=True))


def documents_of(plan: PaymentPlan) -> list[int]:
    """The ids of all its documents: of its instalments, and of what was offered to pay all the rest."""
    parts = list(plan.parts.values_list("invoice", flat=True))
    return sorted([*parts, *plan.payoffs.values_list("invoice", flat=True)])


def unpaid_documents(plan: PaymentPlan) -> list[int]:
    """The ids of those that can still be paid."""
    standing = Invoice.objects.payable().filter(pk__in=documents_of(plan))
    return list(standing.order_by("pk").values_list("pk", flat=True))


def open_payoffs(plan: PaymentPlan) -> list[int]:
    """The ids of the documents that would pay all the rest, while they can be paid."""
    open_ones = Invoice.objects.payable().filter(plan_payoff__plan=plan)
    return list(open_ones.order_by("pk").values_list("pk", flat=True))


def paid_capital(plan: PaymentPlan) -> Decimal:
    """The capital of what is wholly paid of it, in pesos."""
    paid = Invoice.objects.paid().filter(status=InvoiceStatus.OPEN)
    sums = (
        rows.filter(invoice__in=paid).aggregate(paid=Sum("capital"))["paid"] or ZERO
        for rows in (plan.parts, plan.payoffs)
    )
    return sum(sums, ZERO)


def is_paid(plan: PaymentPlan) -> bool:
    """Whether its capital is wholly paid, by instalments or by a document that stood for the rest of them."""
    return paid_capital(plan) == plan.debt


def days_of_grace(plan: PaymentPlan) -> timedelta:
    """How long after a due date a payment made in time may still become known."""
    return timedelta(days=plan.policy.grace_days)
