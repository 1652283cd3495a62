"""Notices of instalments, each once: some days before they fall due, and when they did and no payment is known."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from billing.models import Invoice
from oficina.shared.dates import local_day
from payment_plans.closing import overdue_parts
from payment_plans.enums import NoticeKind, PlanState
from payment_plans.mails import tell_due_soon, tell_overdue
from payment_plans.models import PlanInstalment, PlanNotice
from payment_plans.steps import lock_plan


def remind_of_instalments(*, now: datetime) -> int:
    """Tell of the instalments of live plans that are about to fall due, and of the overdue ones of plans in force;
    tells of how many. Again tells nobody twice.
    """
    on = local_day(now)
    soon = on + timedelta(days=settings.UTILITY.bill_reminder_days)
    unpaid = PlanInstalment.objects.filter(invoice__in=Invoice.objects.payable())
    coming = unpaid.filter(plan__state__in=[PlanState.WAITING, PlanState.IN_FORCE], due_on__range=(on, soon))
    passed = unpaid.filter(plan__state=PlanState.IN_FORCE, due_on__lt=on)
    told = 0
    for kind, parts in ((NoticeKind.DUE_SOON, coming), (NoticeKind.OVERDUE, passed)):
        untold = parts.exclude(notices__kind=kind).order_by("due_on", "pk")
        told += sum(_tell(part_id, kind, on) for part_id in list(untold.values_list("pk", flat=True)))
    return told


def _tell(part_id: int, kind: NoticeKind, on: date) -> bool:
    """Tells of one instalment unless something happened to it meanwhile."""
    with transaction.atomic():
        plan = lock_plan(PlanInstalment.objects.values_list("plan_id", flat=True).get(pk=part_id))
        part = PlanInstalment.objects.select_related("invoice", "plan__account", "plan__made_by").get(pk=part_id)
        priced = Invoice.objects.payable().with_amount_due(on=on).filter(pk=part.invoice_id).first()
        overdue = overdue_parts(plan, on=on)
        if not plan.is_live or priced is None or (kind == NoticeKind.OVERDUE and part.invoice_id not in overdue):
            return False
        _, is_new = PlanNotice.objects.get_or_create(instalment=part, kind=kind)
        if is_new and kind == NoticeKind.DUE_SOON:
            tell_due_soon(part, priced.amount_due, on=on)
        elif is_new:
            tell_overdue(part, priced.amount_due, unpaid=len(overdue))
        return is_new
