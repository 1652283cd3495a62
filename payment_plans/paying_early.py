"""Paying all the rest of a plan at once, without the interest that did not accrue."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import AccountLink
from billing.instalments import InstalmentDraft, issue_instalments, void_instalments
from billing.models import Invoice
from oficina.shared.business_days import business_day_from
from oficina.shared.dates import local_day
from oficina.shared.money import ZERO
from payment_plans.ending import money_is_under_way
from payment_plans.financing import Payoff, pay_off
from payment_plans.mails import tell_payoff
from payment_plans.models import PaymentPlan, PlanPayoff
from payment_plans.parts import days_of_grace, open_payoffs
from payment_plans.refusals import LinkEnded, MoneyUnderWay, NothingToPayEarly, PlanNotInForce
from payment_plans.steps import lock_plan


def offer_payoff(link: AccountLink, plan: PaymentPlan, *, now: datetime) -> PlanPayoff:
    """Issue the document that pays all that is unpaid of a plan, good for some days, and tell by mail.

    Settled, it completes the plan and makes the other documents void; until then they can be paid as before, and paying
    one of them makes it void. Asked again on the same day it gives the same one.

    Raises LinkEnded, PlanNotInForce, MoneyUnderWay, NothingToPayEarly.
    """
    with transaction.atomic():
        found = lock_plan(plan.pk)
        if found.account_id != link.account_id or not AccountLink.objects.active().proven().filter(pk=link.pk).exists():
            raise LinkEnded
        if not found.is_in_force:
            raise PlanNotInForce(found)
        if money_is_under_way(found):
            raise MoneyUnderWay(found)
        standing = found.payoffs.filter(invoice__in=open_payoffs(found)).first()
        if standing is not None and local_day(standing.created_at) == local_day(now):
            return standing
        void_instalments(found.account_id, open_payoffs(found), at=now)
        payoff = _issue(link, found, what_pays_it_off(found, now=now), now)
        tell_payoff(payoff)
    return payoff


def what_pays_it_off(plan: PaymentPlan, *, now: datetime) -> Payoff:
    """What would pay all that is unpaid of a plan in force at once, today, late interest of overdue instalments
    included.

    Raises NothingToPayEarly when it would save nothing: then its instalments are paid as they are.
    """
    on = local_day(now)
    payable = Invoice.objects.payable().filter(plan_instalment__plan=plan)
    unpaid = list(payable.with_amount_due(on=on).select_related("plan_instalment"))
    late = sum((bill.held + bill.amount_due - bill.amount for bill in unpaid), ZERO)
    rest = pay_off(plan.schedule, [bill.plan_instalment.number for bill in unpaid], on=on)
    if not rest.saved:
        raise NothingToPayEarly
    return Payoff(capital=rest.capital, interest=rest.interest + late, vat=rest.vat, saved=rest.saved)


def void_old_payoffs(*, now: datetime) -> None:
    """Take back the offers whose last day passed so long ago that no report of a payment is expected."""
    on = local_day(now)
    standing = PlanPayoff.objects.filter(
        invoice__in=Invoice.objects.payable().filter(offered=True), good_until__lt=on
    ).order_by("pk")
    for payoff_id in list(standing.values_list("pk", flat=True)):
        _void_old(payoff_id, now)


def _issue(link: AccountLink, plan: PaymentPlan, rest: Payoff, now: datetime) -> PlanPayoff:
    good_until = business_day_from(local_day(now) + timedelta(days=plan.policy.payoff_days))
    draft = InstalmentDraft(
        concept=f"Pago anticipado de todo el plan {plan}",
        due_on=good_until,
        capital=rest.capital,
        interest=rest.interest,
        vat=rest.vat,
        vat_rate=plan.policy.vat_rate,
    )
    (document,) = issue_instalments(plan.account, [draft], now=now)
    return PlanPayoff.objects.create(
        plan=plan,
        capital=rest.capital,
        interest=rest.interest,
        vat=rest.vat,
        saved=rest.saved,
        good_until=good_until,
        invoice=document,
        asked_by=link.user,
        created_at=now,
    )


def _void_old(payoff_id: int, now: datetime) -> None:
    with transaction.atomic():
        payoff = PlanPayoff.objects.get(pk=payoff_id)
        plan = lock_plan(payoff.plan_id)
        late = payoff.good_until + days_of_grace(plan) < local_day(now)
        if late and payoff.invoice_id in open_payoffs(plan) and not money_is_under_way(plan):
            void_instalments(plan.account_id, [payoff.invoice_id], at=now)
