"""A payment made elsewhere, whole: reported with a photograph, answered by the office, followed by the customer."""

import io
import re
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from accounts.models import AccountLink, User
from billing.enums import PaymentReportState
from billing.models import Payment, PaymentReport
from oficina.shared.dates import today
from tests.factories.accounts import UserFactory
from tests.ledger_invariants import ledger_invariants
from tests.live import journey
from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.journey import House
from tests.live.portal import Portal

NBSP = "\N{NO-BREAK SPACE}"
TO_PAY = Decimal("1000.10")


@pytest.fixture
def home(portal: Portal) -> House:
    """The bills of the account."""
    return journey.house()


@pytest.fixture
def link(home: House) -> AccountLink:
    """Ana's link to it."""
    return journey.customer_of(home.account)


@pytest.fixture
def clerk(portal: Portal) -> User:
    """Olga, of the office, who answers reports and may see what people attach."""
    olga = UserFactory.create(email="olga@aguas.example", first_name="Olga", last_name="Ríos", is_staff=True)
    names = ("view_paymentreport", "decide_paymentreport", "view_privatefile", "view_payment", "view_invoice")
    olga.user_permissions.set(Permission.objects.filter(codename__in=names))
    return olga


def ticket() -> FilePayload:
    """The photograph of a ticket."""
    drawn = io.BytesIO()
    Image.new("RGB", (600, 900), "white").save(drawn, "JPEG")
    return {"name": "ticket.jpg", "mimeType": "image/jpeg", "buffer": drawn.getvalue()}


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def reports_it(page: Page, home: House, *, operation_number: str) -> PaymentReport:
    """From Inicio through the bill to the form, with a mistake on the way that does not lose the photograph."""
    page.goto("/inicio/")
    page.get_by_role("link", name="Julio y agosto 2026", exact=True).click()
    page.get_by_role("link", name="Ya pagué en otro lado").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ya pagué en otro lado")
    page.get_by_label("¿Dónde pagaste?").select_option("Rapipago")
    page.get_by_label("¿Cuánto pagaste?").fill("1.000,10")
    page.get_by_label("Número de operación").fill(operation_number)
    page.get_by_label("Foto o PDF del comprobante").set_input_files(ticket())
    press(page, "Avisar el pago")
    expect(page.get_by_text("Escribí qué día se pagó.").first).to_be_visible()
    expect(page.get_by_text("Ya tenemos «ticket.jpg».")).to_be_visible()
    page.get_by_label("¿Qué día pagaste?").fill(today().isoformat())
    press(page, "Avisar el pago")
    expect(page.get_by_role("status")).to_contain_text("Recibimos tu aviso.")
    report = PaymentReport.objects.get()
    assert (report.invoice, report.amount, report.state) == (home.current, TO_PAY, PaymentReportState.SUBMITTED)
    assert report.proof is not None
    return report


def opened_by(visits: Visits, user: User) -> Page:
    page = visits.open("/accesibilidad/", width=DESKTOP)
    journey.log_in(page, user)
    return page


@pytest.mark.parametrize(("javascript", "width"), [(True, DESKTOP), (False, PHONE)])
def test_customer_reports_and_the_office_accepts(
    visits: Visits, home: House, link: AccountLink, clerk: User, javascript: bool, width: int
) -> None:
    page = visits.open("/", javascript=javascript, width=width)
    journey.log_in(page, link.user)
    report = reports_it(page, home, operation_number="0012 3456")

    payment = accepts_it(opened_by(visits, clerk), report)

    opens_it_from_the_mail(visits.portal, page)
    expect(page.get_by_text(f"Es el pago {payment.number}.")).to_be_visible()
    home.current.refresh_from_db()
    assert home.current.is_paid
    assert (payment.operation_number, payment.amount_received) == ("00123456", TO_PAY)
    ledger_invariants()


def accepts_it(office: Page, report: PaymentReport) -> Payment:
    """From the queue, with the ticket opened beside it."""
    office.goto("/admin/billing/paymentreport/")
    office.get_by_role("link", name=report.number).click()
    office.get_by_role("link", name="Aceptar el pago").click()
    address = office.get_by_role("link", name="Abrir el comprobante").get_attribute("href")
    assert office.request.get(f"{address}").headers["content-type"] == "image/jpeg"
    press(office, "Continuar")
    expect(office.get_by_role("heading", name=f"¿Aceptar ${NBSP}1.000,10 de Rapipago?")).to_be_visible()
    press(office, "Sí, aceptar")
    payment = Payment.objects.get()
    expect(office.get_by_text(f"Aceptamos el aviso: es el pago {payment.number}.")).to_be_visible()
    return payment


def opens_it_from_the_mail(portal: Portal, page: Page) -> None:
    """The mail of the acceptance leads to the page of the report."""
    told = portal.wait_for_mail(journey.ANA, subject="Aceptamos tu aviso de pago")
    address = re.search(rf"{re.escape(portal.base_url)}/cuenta/\S+", told.text)
    assert address is not None
    page.goto(address[0])
    expect(page.get_by_role("heading", level=1)).to_have_text("Aviso de pago")


@pytest.mark.parametrize(("javascript", "width"), [(True, PHONE), (False, DESKTOP)])
def test_customer_withdraws_a_report(
    portal: Portal, visits: Visits, home: House, link: AccountLink, javascript: bool, width: int
) -> None:
    page = visits.open("/", javascript=javascript, width=width)
    journey.log_in(page, link.user)
    report = reports_it(page, home, operation_number="1")
    page.get_by_role("link", name="Retirar el aviso").click()
    expect(page.get_by_role("heading", name="¿Retirar el aviso de pago?")).to_be_visible()
    press(page, "Sí, retirar")

    expect(page.get_by_role("status")).to_contain_text("Listo: retiraste el aviso.")
    report.refresh_from_db()
    assert report.state == PaymentReportState.WITHDRAWN


def test_office_rejects_and_the_customer_reads_why(
    portal: Portal, visits: Visits, home: House, link: AccountLink, clerk: User
) -> None:
    page = visits.open("/", width=PHONE)
    journey.log_in(page, link.user)
    report = reports_it(page, home, operation_number="1")

    office = opened_by(visits, clerk)
    office.goto(f"/admin/billing/paymentreport/{report.pk}/change/")
    office.get_by_role("link", name="Rechazar", exact=True).click()
    office.get_by_label("Motivo").fill("El comprobante es de otra factura.")
    press(office, "Continuar")
    press(office, "Sí, rechazar")
    expect(office.get_by_text("Rechazamos el aviso. Le avisamos al cliente.")).to_be_visible()

    told = portal.wait_for_mail(journey.ANA, subject="No pudimos aceptar tu aviso de pago")
    assert "Motivo: El comprobante es de otra factura." in told.text
    page.reload()
    expect(page.get_by_text("Motivo: El comprobante es de otra factura.")).to_be_visible()
    assert not Payment.objects.exists()
