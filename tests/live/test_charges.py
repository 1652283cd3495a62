"""A charge, whole: chosen, accepted, its comprobante printed, paid, its receipt."""

import re
from decimal import Decimal

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import AccountLink
from billing.models import Charge, ChargeVoucher, Invoice, Payment
from oficina.shared.ids import grouped_code
from tests.factories.accounts import ServiceAccountFactory
from tests.factories.charges import ChargeFactory
from tests.ledger_invariants import ledger_invariants
from tests.live import journey, receipts
from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.portal import Portal

PRICE = Decimal("12100.00")


@pytest.fixture
def link(portal: Portal) -> AccountLink:
    """Ana's account, which has two charges and no bill."""
    link = journey.customer_of(ServiceAccountFactory.create())
    ChargeFactory.create(account=link.account, charge_number="C-000001")
    ChargeFactory.create(account=link.account, charge_number="C-000002", concept="Reparación de vereda")
    return link


@pytest.mark.parametrize(("javascript", "width"), [(True, DESKTOP), (False, PHONE)])
def test_customer_invoices_prints_and_pays_a_charge(
    portal: Portal, visits: Visits, link: AccountLink, javascript: bool, width: int
) -> None:
    page = visits.open("/", javascript=javascript, width=width)
    journey.log_in(page, link.user)
    page.goto("/inicio/")
    if width == PHONE:
        page.goto("/cargos/")
    else:
        page.get_by_role("link", name="Facturar y pagar cargos").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Facturar y pagar cargos")

    page.get_by_role("link", name="Elegir Cambio de medidor").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cambio de medidor")
    accept(page)
    expect(page.get_by_role("status")).to_contain_text("Listo: la factura B 00005-00000001 vence el")
    charge = Charge.objects.get(charge_number="C-000001")
    assert charge.invoiced_by == link.user

    opens_it_from_the_mail(portal, page)
    prints_its_comprobante(page, charge)
    page.get_by_role("link", name="Pagar cargo", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Resumen del pago")
    journey.go_to_question(page, PRICE)
    payment = journey.go_to_checkout(page, portal)
    journey.pay_by_card(page)
    page.wait_for_url(f"**/pagos/{payment.public_id}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Listo, pagaste")
    ends_paid(portal, page, charge, payment)


def accept(page: Page) -> None:
    """Says yes to the question, in a window or on a page of its own."""
    page.get_by_role("link", name="Aceptar y facturar").click()
    expect(page.get_by_role("heading", name="¿Facturar este cargo?")).to_be_visible()
    assert not Invoice.objects.exists()
    with page.expect_navigation():
        page.get_by_role("button", name="Sí, facturar").click()


def opens_it_from_the_mail(portal: Portal, page: Page) -> None:
    """The mail of the acceptance leads to the page of the charge."""
    told = portal.wait_for_mail(journey.ANA, subject="Facturamos un cargo de $\xa012.100,00")
    address = re.search(rf"{re.escape(portal.base_url)}/cuenta/\S+", told.text)
    assert address is not None
    page.goto(address[0])
    expect(page.get_by_role("heading", level=1)).to_have_text("Cambio de medidor")


def prints_its_comprobante(page: Page, charge: Charge) -> None:
    name, pdf = receipts.download(page, "Imprimir comprobante")
    voucher = ChargeVoucher.objects.get(charge=charge)
    assert name == f"comprobante-{voucher.number}.pdf"
    text = receipts.words_of(pdf)
    for told in ("C-000001", "$ 12.100,00", "00005-00000001", grouped_code(voucher.verification_code)):
        assert told in text
    page.context.new_page().goto(f"/verificar/{voucher.verification_code}/")
    checked = page.context.pages[-1]
    expect(checked.get_by_role("main")).to_contain_text("Comprobante de cargo")
    expect(checked.get_by_role("main")).to_contain_text("$ 12.100,00")
    checked.close()


def ends_paid(portal: Portal, page: Page, charge: Charge, payment: Payment) -> None:
    """The receipt is there, the charge is paid, the other one waits."""
    _, receipt = receipts.download(page)
    assert "Cambio de medidor" in receipts.words_of(receipt)
    assert settings.UTILITY.utility_legal_name in receipts.words_of(receipt)
    portal.wait_for_mail(journey.ANA, subject="Recibimos tu pago")
    link = AccountLink.objects.get(account=charge.account)
    page.goto(f"/cuenta/{link.public_id}/cargos/?ver=facturados")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("B 00005-00000001")
    expect(page.locator("tbody tr")).to_contain_text("Pagada")
    page.get_by_role("link", name="Pendientes").click()
    expect(page.locator("tbody tr")).to_contain_text("Reparación de vereda")
    payment.refresh_from_db()
    assert payment.amount_received == PRICE
    ledger_invariants()


def test_double_click_makes_one_invoice(visits: Visits, link: AccountLink) -> None:
    charge = Charge.objects.get(charge_number="C-000001")
    page = visits.open("/")
    journey.log_in(page, link.user)
    page.goto(f"/cuenta/{link.public_id}/cargos/{charge.public_id}/facturar/")
    with page.expect_navigation():
        page.get_by_role("button", name="Sí, facturar").dblclick()
    expect(page.get_by_role("link", name="Pagar cargo", exact=True)).to_be_visible()
    assert (Invoice.objects.count(), ChargeVoucher.objects.count()) == (1, 1)
