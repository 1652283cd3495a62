"""The end of a plan in force before it is paid: its bills are owed again but for the capital that was paid."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from billing.covering import cover_meanwhile, uncover_bills
from billing.instalments import void_instalments
from billing.models import Invoice
from oficina.shared.dates import local_day
from payment_plans import mails
from payment_plans.ending import end_waiting, money_is_under_way
from payment_plans.enums import PlanEnd, PlanState
from payment_plans.models import PaymentPlan
from payment_plans.parts import days_of_grace, documents_of, paid_capital, plans_paid_by, unpaid_documents
from payment_plans.refusals import PlanNotInForce, ReasonMissing
from payment_plans.steps import lock_plan, move_plan


def cancel_plan(plan: PaymentPlan, reason: str, *, by: User, now: datetime) -> None:
    """The office ends a plan that waits or is in force, for a reason in words that its customer reads.

    What is paid of it afterwards is credit and a finding, also money that is on its way now. Cancelling twice changes
    nothing. Raises ReasonMissing; PlanNotInForce for a plan that was paid, or ended otherwise.
    """
    words = reason.strip()
    if not words:
        raise ReasonMissing
    with transaction.atomic():
        found = lock_plan(plan.pk)
        if found.end_reason == PlanEnd.OFFICE:
            return
        if found.is_waiting:
            end_waiting(found, PlanEnd.OFFICE, by=by, at=now, note=words)
            return
        if not found.is_in_force:
            raise PlanNotInForce(found)
        move_plan(found, PlanState.CANCELLED, reason=PlanEnd.OFFICE, note=words, by=by, at=now)
        _hand_back(found, now)
        mails.tell_cancelled(found, paid_capital(found))


def lapse_plans(*, now: datetime) -> int:
    """End the plans in force of which too many payments are overdue; tells how many. Again changes nothing."""
    due = PaymentPlan.objects.in_force().filter(parts__due_on__lt=local_day(now)).order_by("pk").distinct()
    return sum(_lapse(plan_id, now) for plan_id in list(due.values_list("pk", flat=True)))


def overdue_parts(plan: PaymentPlan, *, on: date) -> list[int]:
    """The ids of its documents that fell due before a local date, by as long as reports of payments take, and are not
    paid.
    """
    long_ago = on - days_of_grace(plan)
    owed = Invoice.objects.owed().filter(pk__in=documents_of(plan), due_on__lt=long_ago)
    return list(owed.order_by("due_on", "pk").values_list("pk", flat=True))


def instalments_lost_money(invoice_ids: Sequence[int]) -> None:
    """A refund or a dispute took money from instalments that were paid. A handler of `billing.hooks`.

    A plan in force has them to be paid again. One that was paid is in force again. Of one that ended the capital that
    was paid is less now, and nobody can pay its instalments any more.
    """
    paid_or_ended = (PlanState.COMPLETED, PlanState.LAPSED, PlanState.CANCELLED)
    for plan_id in plans_paid_by(invoice_ids, paid_or_ended):
        plan, now = lock_plan(plan_id), timezone.now()
        if plan.state == PlanState.COMPLETED:
            move_plan(plan, PlanState.IN_FORCE, by=None, at=now)
            cover_meanwhile(plan.account_id, plan=plan.public_id, at=now)
            mails.tell_in_force_again(plan)
        else:
            _hand_back(plan, now)
            mails.tell_paid_capital_changed(plan, paid_capital(plan))


def _lapse(plan_id: int, now: datetime) -> bool:
    with transaction.atomic():
        plan = lock_plan(plan_id)
        if not plan.is_in_force or money_is_under_way(plan) or not _is_to_lapse(plan, local_day(now)):
            return False
        move_plan(plan, PlanState.LAPSED, reason=PlanEnd.INSTALMENTS_UNPAID, by=None, at=now)
        _hand_back(plan, now)
        mails.tell_lapsed(plan, paid_capital(plan))
        return True


def _is_to_lapse(plan: PaymentPlan, on: date) -> bool:
    unpaid = len(overdue_parts(plan, on=on))
    last = plan.parts.order_by("-due_on").values_list("due_on", flat=True)[0]
    long_over = last + timedelta(days=plan.policy.days_after_last) < on
    return unpaid >= plan.policy.lapses_after or (unpaid > 0 and long_over)


def _hand_back(plan: PaymentPlan, at: datetime) -> None:
    """Nobody pays its instalments any more, and its bills are owed but for the capital that was paid."""
    void_instalments(plan.account_id, unpaid_documents(plan), at=at)
    uncover_bills(plan.account_id, plan=plan.public_id, paid_capital=paid_capital(plan), at=at)
