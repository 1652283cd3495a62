"""Libre deuda in the browser: issued, downloaded, verified by its QR; refused, with the reason, while it cannot be."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import AccountLink
from billing.disputes import record_dispute
from billing.enums import DisputeState
from billing.models import DebtCertificate, Dispute, Payment
from billing.settlement import settle_payment
from tests.factories import billing as bills
from tests.factories.accounts import ServiceAccountFactory
from tests.factories.charges import ChargeFactory
from tests.factories.returns import dispute_report
from tests.live import journey, receipts
from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.portal import Portal
from tests.printed import codes_on

WAYS = pytest.mark.parametrize(("javascript", "width"), [(True, DESKTOP), (False, PHONE)])
PRICE = Decimal("1000.00")


@pytest.fixture
def link(portal: Portal) -> AccountLink:
    """Ana's account, which has one bill to pay."""
    link = journey.customer_of(ServiceAccountFactory.create())
    bills.InvoiceFactory.create(account=link.account)
    return link


def page_of(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/libre-deuda/"


@WAYS
def test_customer_pays_asks_downloads_and_whoever_gets_it_verifies_it(
    portal: Portal, visits: Visits, link: AccountLink, javascript: bool, width: int
) -> None:
    page = visits.open("/accesibilidad/", javascript=javascript, width=width)
    journey.log_in(page, link.user)
    page.goto(page_of(link))
    expect(page.get_by_role("heading", name="Por ahora no se puede pedir")).to_be_visible()
    expect(page.get_by_role("button", name="Pedir libre deuda")).to_have_count(0)
    page.get_by_role("link", name="Pagar las facturas").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Resumen del pago")
    journey.go_to_question(page, PRICE)
    payment = journey.go_to_checkout(page, portal)
    journey.pay_by_card(page)
    page.wait_for_url(f"**/pagos/{payment.public_id}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Listo, pagaste")

    page.goto(f"/cuenta/{link.public_id}/inicio/")
    page.get_by_role("link", name="Pedir libre deuda").click()
    expect(page.get_by_role("heading", name="La cuenta no debe nada")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Pedir libre deuda").click()
    certificate = DebtCertificate.objects.get()
    expect(page.get_by_role("status")).to_contain_text(f"Tu libre deuda {certificate.number} está listo.")
    name, pdf = receipts.download(page, f"Descargar {certificate.number}")
    assert name == f"libre-deuda-{certificate.number}.pdf"
    assert link.account.holder_name in receipts.words_of(pdf)

    is_verified(visits, codes_on(pdf)["QR Code"], javascript=javascript, width=width)


def is_verified(visits: Visits, address: str, *, javascript: bool, width: int) -> None:
    """Somebody else scans the code: it opens what anybody may know."""
    page = visits.open("/accesibilidad/", javascript=javascript, width=width)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Este documento es auténtico")
    main = page.get_by_role("main")
    expect(main).to_contain_text("Libre deuda")
    expect(main).to_contain_text("Vale a la fecha en que se emitió")
    expect(main).not_to_contain_text("Ferreyra")


def a_bill(link: AccountLink) -> str:
    bills.InvoiceFactory.create(account=link.account)
    return "La cuenta tiene facturas sin pagar."


def a_charge(link: AccountLink) -> str:
    ChargeFactory.create(account=link.account)
    return "La cuenta tiene cargos sin pagar."


def a_payment_on_its_way(link: AccountLink) -> str:
    payment = bills.open_checkout(bills.InvoiceFactory.create(account=link.account), payer=link.user)
    settle_payment(payment.pk, bills.on_its_way(payment), cause="test")
    not_to_be_asked_about()
    return "Un pago en proceso cuenta cuando se acredita: te avisamos por mail."


def a_contested_payment(link: AccountLink) -> str:
    payment = bills.paid_checkout(bills.InvoiceFactory.create(account=link.account), payer=link.user)
    record_dispute(payment.pk, dispute_report(payment, PRICE, DisputeState.INQUIRY))
    not_to_be_asked_about()
    return "Un pago de la cuenta está reclamado ante el banco."


def not_to_be_asked_about() -> None:
    """Payments that a factory made are unknown to the local Stripe."""
    later = timezone.now() + timedelta(hours=1)
    Payment.objects.update(checked_at=later)
    Dispute.objects.update(checked_at=later)


@pytest.mark.parametrize("makes", [a_bill, a_charge, a_payment_on_its_way, a_contested_payment])
@WAYS
def test_whoever_owes_since_the_page_was_opened_reads_why_there_is_none(
    portal: Portal, visits: Visits, makes: Callable[[AccountLink], str], javascript: bool, width: int
) -> None:
    link = journey.customer_of(ServiceAccountFactory.create())
    page = visits.open("/accesibilidad/", javascript=javascript, width=width)
    journey.log_in(page, link.user)
    page.goto(page_of(link))
    why = makes(link)
    with page.expect_navigation():
        page.get_by_role("button", name="Pedir libre deuda").click()

    expect(page.get_by_role("alert")).to_contain_text("No emitimos el libre deuda. Abajo te decimos por qué.")
    expect(page.get_by_role("heading", name="Por ahora no se puede pedir")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(why)
    expect(page.get_by_role("button", name="Pedir libre deuda")).to_have_count(0)
    assert not DebtCertificate.objects.exists()
