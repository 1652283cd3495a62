"""What the payment of an instalment does: the first one begins the plan, the last one completes it, and what pays all
the rest early makes the others void.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from billing.covering import BillsMoved, CoverPart, cover_bills, cover_for_good
from billing.instalments import begin_instalments, void_instalments
from billing.models import Invoice
from payment_plans.ending import end_waiting
from payment_plans.enums import LIVE, PlanEnd, PlanState
from payment_plans.mails import tell_began, tell_completed
from payment_plans.models import PaymentPlan
from payment_plans.parts import is_paid, open_payoffs, plans_paid_by, unpaid_documents
from payment_plans.steps import lock_plan, move_plan


def instalments_were_paid(invoice_ids: Sequence[int]) -> None:
    """Brings the plans of these instalments on, in the transaction that settled them. A handler of `billing.hooks`."""
    for plan_id in plans_paid_by(invoice_ids, LIVE):
        plan, now = lock_plan(plan_id), timezone.now()
        if plan.is_waiting and _first_is_paid(plan):
            _begin(plan, now)
        if plan.is_in_force:
            _go_on(plan, now)


def _first_is_paid(plan: PaymentPlan) -> bool:
    first = plan.parts.order_by("number").values("invoice")[:1]
    return Invoice.objects.paid().filter(pk__in=first).exists()


def _begin(plan: PaymentPlan, at: datetime) -> None:
    """Its instalments take the place of its bills. If a bill moved and nobody told, the plan ends instead."""
    agreed = plan.bills.order_by("invoice")
    parts = [
        CoverPart(invoice_id=bill.invoice_id, amount=bill.amount, surcharge_when_paid=bill.surcharge_when_paid)
        for bill in agreed
    ]
    try:
        cover_bills(plan.account_id, parts, plan=plan.public_id, at=at)
    except BillsMoved:
        end_waiting(plan, PlanEnd.BILLS_MOVED, by=None, at=at)
        return
    move_plan(plan, PlanState.IN_FORCE, by=None, at=at)
    begin_instalments(plan.account_id, list(plan.parts.values_list("invoice", flat=True)))
    tell_began(plan)


def _go_on(plan: PaymentPlan, at: datetime) -> None:
    """Completes the plan once all its capital is paid. Until then an offer to pay all the rest is of another rest."""
    if not is_paid(plan):
        void_instalments(plan.account_id, open_payoffs(plan), at=at)
        return
    void_instalments(plan.account_id, unpaid_documents(plan), at=at)
    begin_instalments(plan.account_id, _paid_payoffs(plan))
    move_plan(plan, PlanState.COMPLETED, by=None, at=at)
    cover_for_good(plan.account_id, plan=plan.public_id, at=at)
    tell_completed(plan)


def _paid_payoffs(plan: PaymentPlan) -> list[int]:
    """What paid all the rest: owed for good, so that it is to be paid again if it loses its money."""
    return list(Invoice.objects.paid().filter(plan_payoff__plan=plan).values_list("pk", flat=True))
