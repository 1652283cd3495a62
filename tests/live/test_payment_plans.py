"""A payment plan, whole: chosen, made, printed, begun, paid in part, paid off; and one that lapses."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import AccountLink
from billing.models import Invoice
from oficina.shared.money import figure
from payment_plans.closing import lapse_plans
from payment_plans.enums import PlanState
from payment_plans.models import PaymentPlan
from tests.factories.accounts import ServiceAccountFactory
from tests.factories.plans import instalment, overdue_bill, policy, running_plan
from tests.ledger_invariants import ledger_invariants
from tests.live import journey, receipts
from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.portal import Portal


@pytest.fixture
def link(portal: Portal) -> AccountLink:
    """Ana's account, which has two overdue bills that can be financed."""
    link = journey.customer_of(ServiceAccountFactory.create())
    policy()
    overdue_bill(link)
    overdue_bill(link, "20000.00")
    return link


@pytest.mark.parametrize(("javascript", "width"), [(True, DESKTOP), (False, PHONE)])
def test_life_of_a_plan(portal: Portal, visits: Visits, link: AccountLink, javascript: bool, width: int) -> None:
    page = visits.open("/", javascript=javascript, width=width)
    journey.log_in(page, link.user)
    page.goto("/inicio/")
    page.get_by_role("link", name="Plan de pago", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan de pago")
    plan = makes_it(page)
    prints_it(page, plan)

    page.get_by_role("link", name="Pagar primera cuota").click()
    pays(page, portal, instalment(plan, 1).amount)
    page.goto(f"/cuenta/{link.public_id}/inicio/")
    panel = page.locator("#panel-planes")
    expect(panel).to_contain_text("1 de 3 cuotas pagadas")
    expect(panel).to_contain_text("En plan")
    panel.get_by_role("link", name="Pagar cuota 2").click()
    pays(page, portal, instalment(plan, 2).amount)

    pays_the_rest(page, portal, link, plan)
    lapses(page, link)
    ledger_invariants()


def makes_it(page: Page) -> PaymentPlan:
    """Chooses three instalments, and accepts them in a window or on a page of its own."""
    page.get_by_role("link", name="Generar plan 3 cuotas").click()
    expect(page.get_by_role("heading", name="Generar plan de 3 cuotas")).to_be_visible()
    page.locator("#id_terms").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Confirmar plan").click()
    plan = PaymentPlan.objects.get()
    expect(page.get_by_role("status").first).to_contain_text(f"Listo: hiciste el plan {plan}.")
    return plan


def prints_it(page: Page, plan: PaymentPlan) -> None:
    """What each costs depends on the days until it is due, so it is asked of the plan: tests/payment_plans know it."""
    _, pdf = receipts.download(page, "Imprimir cuotas de plan de pago")
    for told in (str(plan), *(figure(instalment(plan, number).amount) for number in (1, 2, 3))):
        assert told in receipts.words_of(pdf)


def pays(page: Page, portal: Portal, total: Decimal) -> None:
    """From the summary to the page of the payment that was made."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Resumen del pago")
    journey.go_to_question(page, total)
    payment = journey.go_to_checkout(page, portal)
    journey.pay_by_card(page)
    page.wait_for_url(f"**/pagos/{payment.public_id}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Listo, pagaste")


def pays_the_rest(page: Page, portal: Portal, link: AccountLink, plan: PaymentPlan) -> None:
    """All that is left, without the interest that did not accrue; then the bills are paid."""
    page.goto(f"/cuenta/{link.public_id}/planes/{plan.public_id}/")
    page.get_by_role("link", name="Pagar todo junto").click()
    expect(page.get_by_role("heading", name="¿Pagar todo junto?")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Sí, ver el resumen").click()
    payoff = plan.payoffs.get()
    assert payoff.amount < instalment(plan, 3).amount
    pays(page, portal, payoff.amount)
    page.goto(f"/cuenta/{link.public_id}/planes/{plan.public_id}/")
    expect(page.get_by_role("main")).to_contain_text("Pagaste todo el plan")
    plan.refresh_from_db()
    assert plan.state == PlanState.COMPLETED
    assert Invoice.objects.paid().filter(in_plans__plan=plan).count() == 2


def lapses(page: Page, link: AccountLink) -> None:
    """Another one, of which time passes without payments."""
    now = timezone.now()
    with time_machine.travel(now - timedelta(days=90), tick=False):
        overdue_bill(link)
        late = running_plan(link)
    page.goto(f"/cuenta/{link.public_id}/inicio/")
    expect(page.locator("#panel-planes")).to_contain_text("2 cuotas vencidas")
    assert lapse_plans(now=now) == 1
    page.goto(f"/cuenta/{link.public_id}/planes/{late.public_id}/")
    expect(page.get_by_role("main")).to_contain_text("Quedaron cuotas sin pagar")
    page.get_by_role("link", name="Ver las facturas pendientes").click()
    expect(page.locator("#panel-pendientes")).to_contain_text("Ya se pagó una parte")
