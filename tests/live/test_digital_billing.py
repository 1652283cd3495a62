"""Factura digital, whole: an account adheres, its new bill is mailed, the adhesion ends; with scripts and without."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import AccountLink
from adhesions.digital.planning import plan_new_bills
from adhesions.models import DigitalBilling
from oficina.demo.models import ReceivedFile
from tests.factories.accounts import ServiceAccountFactory
from tests.factories.billing import InvoiceFactory
from tests.live import journey
from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.portal import Portal

STUDIO = "estudio@correo.example"


@pytest.fixture
def link(portal: Portal) -> AccountLink:
    """Ana's account, which has one bill."""
    link = journey.customer_of(ServiceAccountFactory.create())
    InvoiceFactory.create(account=link.account)
    return link


def open_window(page: Page, width: int) -> None:
    """Factura digital, from Inicio; on a phone it is in the panel of the account's state."""
    page.goto("/inicio/")
    page.get_by_role("main").get_by_role("link", name="Factura digital").first.click()


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def mark(page: Page, words: str) -> None:
    expect(page.locator("#panel-adhesiones li").first).to_have_text(f"Factura digital {words}")


@pytest.mark.parametrize(("javascript", "width"), [(True, DESKTOP), (False, PHONE)])
def test_customer_adheres_receives_a_bill_and_leaves(
    portal: Portal, visits: Visits, link: AccountLink, javascript: bool, width: int
) -> None:
    page = visits.open("/", javascript=javascript, width=width)
    journey.log_in(page, link.user)
    page.goto("/inicio/")
    mark(page, "No adherida")

    open_window(page, width)
    expect(page.get_by_role("dialog")).to_have_count(int(javascript))
    expect(page.get_by_role("heading", name="Adherite a Factura digital")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Confirmar adhesión").click()
    expect(page.get_by_role("alert")).to_contain_text("Tenés que aceptar los términos y condiciones.")
    page.get_by_role("checkbox", name="Leí y acepto").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Confirmar adhesión").click()
    expect(page.locator("[role=status].alert")).to_contain_text("Las facturas nuevas llegan a ana@correo.example")
    mark(page, "Adherida")
    portal.wait_for_mail(journey.ANA, subject="adheriste la cuenta")

    plan_new_bills([InvoiceFactory.create(account=link.account).pk])
    brought = portal.wait_for_mail(journey.ANA, subject="Tu factura de septiembre y octubre 2026")
    assert bytes(ReceivedFile.objects.get(mail=brought).content).startswith(b"%PDF-")

    open_window(page, width)
    with page.expect_navigation():
        page.get_by_role("button", name="Cancelar adhesión").click()
    expect(page.locator("[role=status].alert")).to_contain_text("ya no llegan a ana@correo.example")
    mark(page, "No adherida")
    assert DigitalBilling.objects.get().ended_by == link.user
    receipt = portal.wait_for_mail(journey.ANA, subject="baja de la cuenta")
    assert "Constancia de baja de Factura digital" in receipt.text


@pytest.mark.parametrize(("javascript", "width"), [(True, DESKTOP), (False, PHONE)])
def test_bills_go_to_another_mail_once_its_code_is_typed(
    portal: Portal, visits: Visits, link: AccountLink, javascript: bool, width: int
) -> None:
    page = visits.open("/", javascript=javascript, width=width)
    journey.log_in(page, link.user)
    open_window(page, width)
    page.get_by_text("Recibirlas en otro mail").click()
    page.get_by_label("Otro mail").fill(STUDIO)
    press(page, "Confirmar adhesión")
    expect(page.get_by_role("alert")).to_contain_text("Tenés que aceptar los términos y condiciones.")
    expect(page.get_by_label("Otro mail")).to_have_value(STUDIO)
    page.get_by_role("checkbox", name="Leí y acepto").check()
    press(page, "Confirmar adhesión")
    expect(page.get_by_role("heading", level=1)).to_have_text("Escribí el código")
    page.get_by_label("Código").fill("1")
    press(page, "Confirmar el mail")
    expect(page.get_by_role("alert")).to_contain_text("Ese código no es.")

    open_window(page, width)
    expect(page.get_by_text(f"Falta confirmar {STUDIO}")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("link", name="Escribir el código").click()
    page.get_by_label("Código").fill(journey.code_mailed_to(portal, STUDIO))
    press(page, "Confirmar el mail")
    expect(page.locator("[role=status].alert")).to_contain_text(f"Las facturas nuevas llegan a {STUDIO}")
    mark(page, "Adherida")
    plan_new_bills([InvoiceFactory.create(account=link.account).pk])
    portal.wait_for_mail(STUDIO, subject="Tu factura de septiembre y octubre 2026")

    open_window(page, width)
    page.get_by_role("link", name="Cambiar el mail").click()
    page.get_by_label("Mail nuevo").fill(journey.ANA)
    page.get_by_role("checkbox", name="Leí y acepto").check()
    press(page, "Cambiar el mail")
    expect(page.locator("[role=status].alert")).to_contain_text(f"Las facturas nuevas llegan a {journey.ANA}")
    receipt = portal.wait_for_mail(STUDIO, subject="baja de la cuenta")
    assert "Motivo: Quien la hizo eligió otro mail" in receipt.text
    assert [each.email for each in DigitalBilling.objects.live()] == [journey.ANA]


@pytest.mark.parametrize("javascript", [True, False])
def test_customer_who_received_nothing_has_the_bill_mailed(
    portal: Portal, visits: Visits, link: AccountLink, javascript: bool
) -> None:
    page = visits.open("/", javascript=javascript, width=DESKTOP)
    journey.log_in(page, link.user)
    page.goto("/no-recibi-factura/")
    with page.expect_navigation():
        page.get_by_role("button", name="Enviámela ahora por mail").click()
    expect(page.get_by_role("status")).to_contain_text("Te estamos mandando la factura a ana@correo.example")
    assert "Te mandamos la factura que pediste" in portal.wait_for_mail(journey.ANA).text


def test_the_mail_itself_stops_the_mails(portal: Portal, visits: Visits, link: AccountLink) -> None:
    page = visits.open("/", javascript=False, width=PHONE)
    journey.log_in(page, link.user)
    page.goto(f"/cuenta/{link.public_id}/factura-digital/")
    page.get_by_role("checkbox", name="Leí y acepto").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Confirmar adhesión").click()
    plan_new_bills([InvoiceFactory.create(account=link.account).pk])
    told = portal.wait_for_mail(journey.ANA, subject="Tu factura de")
    path = told.text.split("Para no recibirlos más: ")[1].split()[0].split("/", 3)[3]

    reader = visits.open(f"/{path}", javascript=False, width=PHONE)
    with reader.expect_navigation():
        reader.get_by_role("button", name="Sí, no quiero recibirlas más").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Ya no mandamos las facturas")
    assert DigitalBilling.objects.get().end_reason == "unsubscribed"
