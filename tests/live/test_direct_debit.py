"""Débito automático, whole: an account adheres by its CBU, stops a debit, and leaves; with scripts and without."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from adhesions.enums import DebitState
from adhesions.models import DirectDebit, ScheduledDebit
from oficina.shared.dates import short_date, today
from tests.adhesions.debit.test_bank_accounts import CBU
from tests.factories.accounts import ServiceAccountFactory
from tests.factories.billing import InvoiceFactory
from tests.live import journey
from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.portal import Portal


def open_screen(page: Page) -> None:
    """Débito automático, from the panel of the account's state on Inicio."""
    page.goto("/inicio/")
    page.get_by_role("main").get_by_role("link", name="Débito automático").first.click()


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def mark(page: Page, words: str) -> None:
    expect(page.locator("#panel-adhesiones li").last).to_have_text(f"Débito automático {words}")


@pytest.mark.parametrize(("javascript", "width"), [(True, DESKTOP), (False, PHONE)])
def test_customer_adheres_by_cbu_stops_a_debit_and_leaves(
    portal: Portal, visits: Visits, javascript: bool, width: int
) -> None:
    link = journey.customer_of(ServiceAccountFactory.create())
    InvoiceFactory.create(account=link.account, due_on=today() + timedelta(days=40))
    page = visits.open("/", javascript=javascript, width=width)
    journey.log_in(page, link.user)
    page.goto("/inicio/")
    mark(page, "No adherida")

    open_screen(page)
    expect(page.get_by_role("dialog")).to_have_count(int(javascript))
    page.get_by_label("CBU").fill(CBU[:-1])
    page.get_by_label("CUIT o CUIL").fill("20-30412876-4")
    page.get_by_label("Tope por débito").fill("50.000")
    page.get_by_role("checkbox", name="Autorizo el débito").check()
    press(page, "Confirmar adhesión")
    expect(page.get_by_role("alert")).to_contain_text("El CBU tiene 22 números y escribiste 21. Te falta 1.")
    expect(page.get_by_label("Tope por débito")).to_have_value("50.000")
    page.get_by_label("CBU").fill(CBU)
    press(page, "Confirmar adhesión")
    debit = ScheduledDebit.objects.get()
    day = short_date(debit.debit_on)
    expect(page.locator("[role=status].alert")).to_contain_text(f"El primer débito es el {day}")
    mark(page, "Adherida")
    expect(page.locator("#panel-pendientes")).to_contain_text(f"Se debita el {day}.")
    assert "CBU terminado en 5201" in portal.wait_for_mail(journey.ANA, subject="Débito automático: adhesión").text

    open_screen(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Débito automático")
    page.get_by_role("link", name="No debitar esta factura").first.click()
    expect(page.get_by_role("heading", name="¿No debitar esta factura?")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(int(javascript))
    press(page, "Sí, no debitar")
    expect(page.locator("[role=status].alert")).to_contain_text("la adhesión sigue para las próximas")
    expect(page.get_by_role("table")).to_contain_text("Frenado")
    debit.refresh_from_db()
    assert debit.state == DebitState.STOPPED

    page.get_by_role("link", name="Cancelar adhesión").click()
    expect(page.get_by_role("heading", name="¿Cancelar el débito automático?")).to_be_visible()
    press(page, "Sí, cancelar")
    expect(page.locator("[role=status].alert")).to_contain_text("las facturas de la cuenta ya no se debitan")
    mark(page, "No adherida")
    assert DirectDebit.objects.get().ended_by == link.user
    portal.wait_for_mail(journey.ANA, subject="Débito automático: baja")
