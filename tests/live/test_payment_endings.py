"""How a payment ends when it does not go straight: declined, left, paid later, clicked twice, in two tabs."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from accounts.models import AccountLink
from billing.models import Allocation, Payment, Receipt
from tests.billing.checkout.steps import session_of, sessions_made
from tests.ledger_invariants import ledger_invariants
from tests.live import journey
from tests.live.browsing import Visits
from tests.live.journey import House
from tests.live.portal import Portal

TOTAL = Decimal("3050.65")


@pytest.fixture
def home(portal: Portal) -> House:
    """The bills of the account."""
    return journey.house()


@pytest.fixture
def link(home: House) -> AccountLink:
    """Ana's link to it."""
    return journey.customer_of(home.account)


@pytest.fixture
def page(visits: Visits, link: AccountLink) -> Page:
    """A browser in which Ana is logged in."""
    opened = visits.open("/accesibilidad/")
    journey.log_in(opened, link.user)
    return opened


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def states() -> list[str]:
    return list(Payment.objects.order_by("pk").values_list("state", flat=True))


def test_declined_card_leaves_the_checkout_open_for_another(
    portal: Portal, page: Page, link: AccountLink, home: House
) -> None:
    payment = journey.begin_payment(page, portal, link, home.late, home.current)
    page.get_by_role("button", name="Simular rechazo").click()
    expect(page.get_by_role("alert")).to_contain_text("El pago no se hizo.")
    page.get_by_role("link", name="Volver sin pagar").click()
    heading(page, "Todavía no pagaste")
    assert states() == ["open"]
    assert Allocation.objects.count() == 0

    page.get_by_role("link", name="Seguir pagando").click()
    assert journey.session_at(page) == payment.provider_session_id
    journey.pay_by_card(page)

    heading(page, "Listo, pagaste")
    assert states() == ["succeeded"]
    ledger_invariants()


def test_abandoned_checkout_closes_and_its_bills_can_be_paid_again(
    portal: Portal, page: Page, link: AccountLink, home: House
) -> None:
    payment = journey.begin_payment(page, portal, link, home.late, home.current)
    page.goto(f"/cuenta/{link.public_id}/inicio/")
    expect(page.get_by_text("Quedó un pago sin terminar.")).to_have_count(2)
    expect(journey.box_of(page, home.late)).to_be_enabled()

    page.get_by_role("link", name="Ver el pago de Mayo y junio 2026").click()
    heading(page, "Estamos esperando la respuesta")
    portal.simulator.expire(session_of(payment))
    heading(page, "Se terminó el tiempo para pagar")
    assert states() == ["expired"]

    page.get_by_role("link", name="Probar de nuevo").click()
    heading(page, "Resumen del pago")
    journey.go_to_question(page, TOTAL)
    again = journey.go_to_checkout(page, portal)
    journey.pay_by_card(page)
    heading(page, "Listo, pagaste")
    assert again.pk != payment.pk
    assert states() == ["expired", "succeeded"]
    ledger_invariants()


def test_payment_on_its_way_holds_its_bills_until_the_money_comes(
    portal: Portal, page: Page, link: AccountLink, home: House
) -> None:
    payment = journey.begin_payment(page, portal, link, home.late, home.current)
    page.get_by_role("button", name="Pagar más tarde").click()
    page.get_by_role("link", name="Volver a ").last.click()
    heading(page, "El pago está en proceso")
    expect(page.get_by_role("link", name="Probar de nuevo")).to_have_count(0)
    assert states() == ["processing"]

    inicio = page.context.new_page()
    inicio.goto(f"/cuenta/{link.public_id}/inicio/")
    expect(inicio.get_by_text("Pago en proceso", exact=True)).to_have_count(2)
    expect(journey.box_of(inicio, home.late)).to_have_count(0)
    expect(journey.box_of(inicio, home.next_one)).to_be_enabled()

    page.evaluate("window.isTheSamePage = true")
    portal.simulator.settle(session_of(payment))
    heading(page, "Listo, pagaste")
    assert page.evaluate("window.isTheSamePage")
    expect(inicio.get_by_text("Pago en proceso", exact=True)).to_have_count(0)
    expect(inicio.locator("input[name=factura]")).to_have_count(1)
    assert states() == ["succeeded"]
    ledger_invariants()


def test_payment_on_its_way_that_fails_frees_its_bills(
    portal: Portal, page: Page, link: AccountLink, home: House
) -> None:
    payment = journey.begin_payment(page, portal, link, home.late, home.current)
    page.get_by_role("button", name="Pagar más tarde").click()
    page.get_by_role("link", name="Volver a ").last.click()
    heading(page, "El pago está en proceso")

    portal.simulator.fail(session_of(payment))
    heading(page, "El pago no se pudo hacer")
    assert states() == ["failed"]
    assert Receipt.objects.count() == 0

    page.get_by_role("link", name="Probar de nuevo").click()
    journey.go_to_question(page, TOTAL)
    journey.go_to_checkout(page, portal)
    journey.pay_by_card(page)
    heading(page, "Listo, pagaste")
    assert states() == ["failed", "succeeded"]
    ledger_invariants()


def test_double_click_makes_one_payment(portal: Portal, page: Page, link: AccountLink, home: House) -> None:
    journey.go_to_summary(page, link, home.late, home.current)
    journey.go_to_question(page, TOTAL)
    page.get_by_role("button", name="Sí, ir a pagar").dblclick()
    page.wait_for_url(f"{portal.simulator.base_url}/c/pay/*")

    assert states() == ["open"]
    assert [made.id for made in sessions_made(portal.simulator)] == [journey.session_at(page)]


def test_question_answered_in_two_windows_makes_one_payment(
    portal: Portal, page: Page, link: AccountLink, home: House
) -> None:
    journey.go_to_summary(page, link, home.late, home.current)
    address = page.get_by_role("link", name="Pagar $").get_attribute("href") or ""
    twin = page.context.new_page()
    for window in (page, twin):
        window.goto(address)
    for window in (page, twin):
        window.get_by_role("button", name="Sí, ir a pagar").click(no_wait_after=True)
    for window in (page, twin):
        window.wait_for_url(f"{portal.simulator.base_url}/c/pay/*")

    assert journey.session_at(page) == journey.session_at(twin)
    assert states() == ["open"]
    assert [made.id for made in sessions_made(portal.simulator)] == [journey.session_at(page)]


def test_back_from_the_hosted_page_can_be_paid_again(
    portal: Portal, page: Page, link: AccountLink, home: House
) -> None:
    payment = journey.begin_payment(page, portal, link, home.late, home.current)
    page.go_back()
    heading(page, "Resumen del pago")
    if not page.get_by_role("button", name="Sí, ir a pagar").is_visible():
        journey.go_to_question(page, TOTAL)
    assert journey.go_to_checkout(page, portal).pk == payment.pk
    assert states() == ["open"]

    journey.pay_by_card(page)
    heading(page, "Listo, pagaste")
    assert states() == ["succeeded"]
    ledger_invariants()


def test_back_after_paying_cannot_pay_twice(portal: Portal, page: Page, link: AccountLink, home: House) -> None:
    payment = journey.begin_payment(page, portal, link, home.late, home.current)
    summary = f"/cuenta/{link.public_id}/pagar/?factura={home.late.public_id}&factura={home.current.public_id}"
    journey.pay_by_card(page)
    heading(page, "Listo, pagaste")

    page.goto(payment.checkout_url)
    expect(page.get_by_role("heading", name="El pago ya está hecho")).to_be_visible()
    page.goto(summary)
    heading(page, "Inicio")
    expect(page.get_by_role("alert")).to_have_text("Mayo y junio 2026; Julio y agosto 2026: ya no hay que pagarlas.")
    assert states() == ["succeeded"]


def test_bill_chosen_in_two_tabs_is_paid_once(portal: Portal, page: Page, link: AccountLink, home: House) -> None:
    first = journey.begin_payment(page, portal, link, home.late, home.current)
    other = page.context.new_page()
    second = journey.begin_payment(other, portal, link, home.late, home.next_one)
    assert states() == ["expired", "open"]

    journey.pay_by_card(page)
    expect(page.get_by_role("heading", name="Este pago venció")).to_be_visible()
    page.get_by_role("link", name="Volver a ").last.click()
    heading(page, "Empezaste a pagar de nuevo")
    expect(page).to_have_url(f"{portal.base_url}/pagos/{first.public_id}/?cancelado=1")

    journey.pay_by_card(other)
    heading(other, "Listo, pagaste")
    assert states() == ["expired", "succeeded"]
    assert set(Allocation.objects.values_list("payment_id", "invoice_id", "amount")) == {
        (second.pk, home.late.pk, Decimal("2050.55")),
        (second.pk, home.next_one.pk, Decimal("333.33")),
    }
    ledger_invariants()
