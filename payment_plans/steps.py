"""The one way in which a plan comes to a state: the state, its instant and reason, the step in its history."""

from datetime import datetime

from accounts.models import ServiceAccount, User
from billing.locks import lock_account
from payment_plans.enums import CLOSED, PlanEnd, PlanState
from payment_plans.models import PaymentPlan, PlanStep


def lock_plan(plan_id: int) -> PaymentPlan:
    """The plan as it is now, locked after its account. Raises PaymentPlan.DoesNotExist."""
    lock_account(PaymentPlan.objects.values_list("account_id", flat=True).get(pk=plan_id))
    return PaymentPlan.objects.select_for_update(no_key=True, of=("self",)).select_related("policy").get(pk=plan_id)


def lock_waiting(account: ServiceAccount) -> PaymentPlan | None:
    """The plan of a locked account that waits for its first payment, locked too."""
    waiting = PaymentPlan.objects.waiting().filter(account=account)
    return waiting.select_for_update(no_key=True, of=("self",)).select_related("policy").first()


def begin_waiting(plan: PaymentPlan, *, by: User) -> None:
    """The first step of a plan that was just made."""
    PlanStep.objects.create(plan=plan, state=PlanState.WAITING, by=by, at=plan.created_at)


def move_plan(
    plan: PaymentPlan, state: PlanState, *, at: datetime, reason: PlanEnd | None = None, note: str = "", by: User | None
) -> None:
    """The plan, locked, comes to a state at an instant (UTC). `by` is None when no person did it."""
    plan.state = state
    plan.end_reason, plan.end_note = reason or "", note
    if state == PlanState.IN_FORCE:
        plan.began_at, plan.closed_at = plan.began_at or at, None
    if state == PlanState.COMPLETED or state in CLOSED:
        plan.closed_at = at
    plan.save(update_fields=["state", "end_reason", "end_note", "began_at", "closed_at"])
    PlanStep.objects.create(plan=plan, state=state, reason=reason or "", by=by, at=at)
