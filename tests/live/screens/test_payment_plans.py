"""Payment plans, in each of their states."""

from datetime import timedelta
from decimal import Decimal

import time_machine
from django.utils import timezone

from accounts.models import AccountLink
from payment_plans.closing import cancel_plan, lapse_plans
from payment_plans.models import PaymentPlan
from payment_plans.paying_early import offer_payoff
from tests.factories.accounts import ServiceAccountFactory, UserFactory
from tests.factories.plans import overdue_bill, pay, policy, running_plan, waiting_plan
from tests.live import journey
from tests.live.portal import Portal
from tests.live.screens.doing import base, submit
from tests.live.tour import Tour

RATES = {3: Decimal(18), 6: Decimal(24), 12: Decimal(30)}


def page_of(plan: PaymentPlan, link: AccountLink) -> str:
    return f"{base(link)}planes/{plan.public_id}/"


def test_screens_of_payment_plans(portal: Portal, tour: Tour) -> None:
    link = journey.customer_of(ServiceAccountFactory.create())
    journey.log_in(tour.page, link.user)
    offers = f"{base(link)}plan-de-pago/"
    tour.see(offers, "plan_offer", "without debt")
    tour.see(f"{base(link)}planes/", "payment_plans", "none")
    policy(rates=RATES, minimum_debt=Decimal(20000), plans_at_once=2)
    overdue_bill(link, "15000.00")
    tour.see(offers, "plan_offer", "of too little debt")
    overdue_bill(link)
    tour.see(offers, "plan_offer")
    tour.see(f"{base(link)}inicio/", "account_home", "with debt that qualifies")
    tour.see(f"{offers}generar/?cuotas=6", "generate_plan")
    tour.page.get_by_label("Teléfono").fill("")
    submit(tour.page, "Confirmar plan")
    tour.look("generate_plan", "with errors")

    waits_and_begins(tour, link)
    begun_long_ago(tour, link)

    assert tour.faults == []
    assert tour.seen == {
        "plan_offer",
        "generate_plan",
        "payment_plans",
        "payment_plan",
        "give_up_plan",
        "pay_off_plan",
        "account_home",
        "invoice",
        "pay",
    }


def waits_and_begins(tour: Tour, link: AccountLink) -> None:
    """A plan that waits, in force, to be paid off, paid."""
    plan = waiting_plan(link, 6)
    tour.see(page_of(plan, link), "payment_plan", "waiting")
    tour.see(f"{page_of(plan, link)}dejar/", "give_up_plan")
    tour.see(f"{base(link)}plan-de-pago/", "plan_offer", "with a plan that waits")
    tour.see(f"{base(link)}plan-de-pago/generar/?cuotas=3", "generate_plan", "instead of another")
    tour.see(f"{base(link)}inicio/", "account_home", "with a plan that waits")
    pay(plan, 1)
    tour.see(page_of(plan, link), "payment_plan", "in force")
    tour.see(f"{base(link)}inicio/", "account_home", "with a plan in force")
    tour.see(f"{base(link)}facturas/{plan.bills.all()[0].invoice.public_id}/", "invoice", "in a plan")
    tour.see(f"{page_of(plan, link)}pagar-todo/", "pay_off_plan")
    payoff = offer_payoff(link, plan, now=timezone.now())
    tour.see(page_of(plan, link), "payment_plan", "with all the rest to be paid")
    tour.see(f"{base(link)}pagar/?factura={payoff.invoice.public_id}", "pay", "of all the rest of a plan")
    pay(plan, 2, 3, 4, 5, 6)
    tour.see(page_of(plan, link), "payment_plan", "paid")


def begun_long_ago(tour: Tour, link: AccountLink) -> None:
    """A plan whose instalments are late, then lapsed; one that the office cancelled.

    Late by weeks: what falls on a holiday is due a few days later.
    """
    now = timezone.now()
    overdue_bill(link)
    with time_machine.travel(now - timedelta(days=95), tick=False):
        overdue_bill(link, "45000.00")
        late = running_plan(link, 12)
    tour.see(page_of(late, link), "payment_plan", "late")
    tour.see(f"{base(link)}inicio/", "account_home", "with late instalments")
    assert lapse_plans(now=now) == 1
    tour.see(page_of(late, link), "payment_plan", "lapsed")
    cancelled = running_plan(link, 3)
    cancel_plan(cancelled, "Se hizo por error.", by=UserFactory.create(is_staff=True), now=timezone.now())
    tour.see(page_of(cancelled, link), "payment_plan", "cancelled")
    tour.see(f"{base(link)}planes/", "payment_plans")
