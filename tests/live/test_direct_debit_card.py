"""Débito automático with a card, whole: chosen here, saved on the provider's page, debited from then on."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import AccountLink
from adhesions.models import CardSetup, DirectDebit
from tests.factories.accounts import ServiceAccountFactory
from tests.live import journey
from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.portal import Portal

FOREIGN_CARD = "4242 4242 4242 4242"


@pytest.fixture
def link(portal: Portal) -> AccountLink:
    """Ana's account."""
    return journey.customer_of(ServiceAccountFactory.create())


def leave_for_the_provider(page: Page, portal: Portal) -> CardSetup:
    """From Inicio to the page where a card is saved."""
    page.goto("/inicio/")
    page.get_by_role("main").get_by_role("link", name="Débito automático").first.click()
    page.get_by_role("radio", name="Tarjeta").check()
    expect(page.get_by_label("CBU", exact=True)).to_be_hidden()
    page.get_by_label("Tope por débito").fill("50.000")
    page.get_by_role("checkbox", name="Autorizo el débito").check()
    page.get_by_role("button", name="Confirmar adhesión").click()
    page.wait_for_url(f"{portal.simulator.base_url}/c/pay/*")
    return CardSetup.objects.get(session_id=journey.session_at(page))


def save(page: Page, portal: Portal) -> None:
    """The main button of the provider's page, whose form comes filled in."""
    page.get_by_role("button", name="Guardar tarjeta").click()
    page.wait_for_url(f"{portal.base_url}/**")


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


@pytest.mark.parametrize(("javascript", "width"), [(True, DESKTOP), (False, PHONE)])
def test_customer_adheres_with_a_card(
    portal: Portal, visits: Visits, link: AccountLink, javascript: bool, width: int
) -> None:
    page = visits.open("/", javascript=javascript, width=width)
    journey.log_in(page, link.user)
    setup = leave_for_the_provider(page, portal)
    page.get_by_role("link", name="Volver sin guardar").click()
    heading(page, "Todavía no guardaste la tarjeta")
    page.get_by_role("link", name="Seguir con la tarjeta").click()
    page.get_by_label("Número").fill(FOREIGN_CARD)
    save(page, portal)
    heading(page, "No pudimos adherir la tarjeta")
    expect(page.get_by_role("main")).to_contain_text("La tarjeta es de un banco de otro país")
    assert not DirectDebit.objects.exists()

    page.get_by_role("link", name="Probar con otra tarjeta").click()
    expect(page.get_by_role("radio", name="Tarjeta")).to_be_checked()
    again = leave_for_the_provider(page, portal)
    assert again != setup
    portal.simulator.answer_500(matching="GET /v1/checkout/sessions/*", times=None)
    save(page, portal)
    heading(page, "Estamos confirmando tu tarjeta")
    portal.simulator.clear_faults()

    told = "Listo: la cuenta está adherida al débito automático. Se debita de Visa terminada en 0021."
    expect(page.locator("[role=status].alert")).to_contain_text(told, timeout=30_000)  # the page looks again by itself
    expect(page.locator("#panel-adhesiones li").nth(1)).to_have_text("Débito automático Adherida")
    assert DirectDebit.objects.get().card_setup == again
    assert "Visa terminada en 0021" in portal.wait_for_mail(journey.ANA, subject="Débito automático: adhesión").text
    page.goto(f"/cuenta/{link.public_id}/debito-automatico/")
    expect(page.get_by_role("main")).to_contain_text("Visa terminada en 0021")
