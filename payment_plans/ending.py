"""The end of a plan that waits for its first payment: its documents are void, and its bills were owed all the time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.enums import PaymentState
from billing.instalments import void_instalments
from billing.models import PaymentItem
from oficina.shared.dates import local_day
from payment_plans.enums import PlanEnd, PlanState
from payment_plans.mails import tell_ended
from payment_plans.models import PaymentPlan, PlanBill
from payment_plans.refusals import LinkEnded, MoneyUnderWay, PlanNotWaiting
from payment_plans.steps import lock_plan, move_plan


def end_waiting(plan: PaymentPlan, reason: PlanEnd, *, by: User | None, at: datetime, note: str = "") -> None:
    """End a plan that is locked and waits; `by` is None when no person did it. Its customer is told.

    Money on its documents becomes credit. Raises MoneyUnderWay while a payment of them is on its way and a person or
    the calendar would end the plan; what happened to its bills is not asked.
    """
    if reason in _CAN_WAIT and money_is_under_way(plan):
        raise MoneyUnderWay(plan)
    move_plan(plan, PlanState.ENDED, reason=reason, note=note, by=by, at=at)
    void_instalments(plan.account_id, list(plan.parts.values_list("invoice", flat=True)), at=at)
    tell_ended(plan)


def give_up_plan(link: AccountLink, plan: PaymentPlan, *, now: datetime) -> None:
    """Whoever has the account leaves the plan before it begins, at no cost. Again changes nothing.

    Raises LinkEnded, MoneyUnderWay; PlanNotWaiting once it began.
    """
    with transaction.atomic():
        found = lock_plan(plan.pk)
        if found.account_id != link.account_id or not AccountLink.objects.active().proven().filter(pk=link.pk).exists():
            raise LinkEnded
        if found.state == PlanState.ENDED:
            return
        if not found.is_waiting:
            raise PlanNotWaiting(found)
        end_waiting(found, PlanEnd.GIVEN_UP, by=link.user, at=now)


def end_unpaid(*, now: datetime) -> int:
    """End the plans whose first payment fell due so long ago that no report of it is expected; tells how many."""
    waiting = PaymentPlan.objects.waiting().order_by("pk")
    first = waiting.annotate(first_due_on=Min("parts__due_on")).values_list("pk", "first_due_on", "policy__grace_days")
    late = [pk for pk, due_on, grace in first if due_on + timedelta(days=grace) < local_day(now)]
    return sum(_end_unpaid(plan_id, now) for plan_id in late)


def bills_moved(invoice_ids: Sequence[int]) -> None:
    """A bill of a plan that waits was paid, even in part, gave money back, changed or is void: what was agreed holds
    no more. A handler of `billing.hooks`.
    """
    of_bills = PlanBill.objects.filter(invoice__in=invoice_ids).values("plan")
    waiting = PaymentPlan.objects.waiting().filter(pk__in=of_bills).order_by("account", "pk")
    for plan_id in list(waiting.values_list("pk", flat=True)):
        plan = lock_plan(plan_id)
        if plan.is_waiting:
            end_waiting(plan, PlanEnd.BILLS_MOVED, by=None, at=timezone.now())


def end_with_holder(account_ids: Sequence[int]) -> None:
    """A plan that nobody began to pay was not agreed with a new holder; one in force is the account's debt and stays.
    A handler of `accounts.hooks`.
    """
    waiting = PaymentPlan.objects.waiting().filter(account__in=account_ids).order_by("account")
    for plan_id in list(waiting.values_list("pk", flat=True)):
        plan = lock_plan(plan_id)
        if plan.is_waiting:
            end_waiting(plan, PlanEnd.HOLDER_CHANGED, by=None, at=timezone.now())


_CAN_WAIT = (PlanEnd.NOT_BEGUN, PlanEnd.REPLACED, PlanEnd.GIVEN_UP)
"""Reasons for which a plan ends that leave time to see whether money which is on its way begins it."""


def money_is_under_way(plan: PaymentPlan) -> bool:
    """Whether a payment of one of its documents was made whose money has not come yet."""
    of_parts = PaymentItem.objects.filter(invoice__plan_instalment__plan=plan, live=True)
    of_payoffs = PaymentItem.objects.filter(invoice__plan_payoff__plan=plan, live=True)
    return any(items.filter(payment__state=PaymentState.PROCESSING).exists() for items in (of_parts, of_payoffs))


def _end_unpaid(plan_id: int, now: datetime) -> bool:
    with transaction.atomic():
        plan = lock_plan(plan_id)
        if not plan.is_waiting or money_is_under_way(plan):
            return False
        end_waiting(plan, PlanEnd.NOT_BEGUN, by=None, at=now)
        return True
