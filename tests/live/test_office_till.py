"""A clerk's day at the counter: the till is opened, a bill is scanned and paid in cash with change, its receipt
printed; a card is taken back; the till is counted and closed.
"""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from accounts.models import AccountLink
from billing.models import TillPayment, TillShift
from tests.ledger_invariants import ledger_invariants
from tests.live import journey
from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.journey import House
from tests.live.portal import Portal
from tests.live.test_office_money import clerk, press
from tests.printed import words_of

NBSP = "\N{NO-BREAK SPACE}"
MAY = ("take_desk_payment", "annul_desk_payment", "view_tillpayment", "view_tillshift")


@pytest.fixture
def home(portal: Portal) -> House:
    """The bills of the account."""
    return journey.house()


@pytest.fixture
def link(home: House) -> AccountLink:
    """Ana's link to it."""
    return journey.customer_of(home.account)


@pytest.mark.parametrize(("javascript", "width"), [(True, DESKTOP), (False, PHONE)])
def test_a_day_at_the_counter(
    portal: Portal, visits: Visits, home: House, link: AccountLink, javascript: bool, width: int
) -> None:
    page = visits.open("/accesibilidad/", javascript=javascript, width=width)
    journey.log_in(page, clerk(*MAY))
    opens(page)
    takes_cash(page, portal, home, link)
    takes_a_card_back(page, portal, home, link)
    closes(page)
    ledger_invariants()


def opens(page: Page) -> None:
    page.goto("/admin/caja/")
    page.get_by_label("Fondo inicial").fill("5.000")
    press(page, "Continuar")
    expect(page.get_by_text(f"Abriste la caja con ${NBSP}5.000,00 de fondo.")).to_be_visible()


def takes_cash(page: Page, portal: Portal, home: House, link: AccountLink) -> None:
    """A bill is scanned; the customer gives more and gets the change, and the receipt by mail and on paper."""
    page.get_by_label("Factura o cuenta").fill(home.current.payment_code or "")
    press(page, "Cobrar")
    expect(page.get_by_role("row", name="Total")).to_contain_text(f"${NBSP}1.000,10")
    page.get_by_label("Con cuánto paga").fill("1.500")
    press(page, "Continuar")
    expect(page.locator(".office-sums")).to_contain_text(f"${NBSP}499,90")
    assert TillPayment.objects.count() == 0
    press(page, f"Sí, cobrar ${NBSP}1.000,10")
    expect(page.locator(".office-title")).to_have_text("Cobrado")
    expect(page.locator(".office-sums__main")).to_contain_text(f"${NBSP}499,90")
    address = page.get_by_role("link", name="Imprimir el recibo").get_attribute("href")
    receipt = words_of(page.request.get(f"{portal.base_url}{address}").body())
    for words in ("Caja, efectivo", "$ 1.000,10", "$ 1.500,00", "$ 499,90"):
        assert words in receipt
    home.current.refresh_from_db()
    assert home.current.is_paid
    mail = portal.wait_for_mail(link.user.email, subject="Recibimos tu pago")
    assert f"${NBSP}1.000,10" in mail.subject


def takes_a_card_back(page: Page, portal: Portal, home: House, link: AccountLink) -> None:
    """A card pays a part of the oldest bill; it was the wrong account, so it is annulled, and the customer is told."""
    page.get_by_role("link", name="Seguir cobrando").click()
    page.get_by_label("Factura o cuenta").fill(home.account.number)
    press(page, "Cobrar")
    page.get_by_role("checkbox").first.check()
    press(page, "Cobrar con tarjeta")
    page.get_by_label("Tarjeta", exact=True).select_option("visa")
    page.get_by_label("Débito", exact=True).check()
    slip = {
        "Últimos cuatro números": "4417", "Número de terminal": "61234567", "Lote": "018", "Cupón": "0042",
        "Código de autorización": "A1B2C3", "Importe a cobrar": "2.000,55",
    }  # fmt: skip
    for label, typed in slip.items():
        page.get_by_label(label, exact=True).fill(typed)
    press(page, "Continuar")
    expect(page.get_by_role("row", name=f"{home.late} queda debiendo")).to_contain_text(f"${NBSP}2.000,55")
    press(page, f"Sí, cobrar ${NBSP}2.000,55")
    page.get_by_role("link", name="Anular este cobro").click()
    page.get_by_label("Motivo").fill("Era de otra cuenta")
    press(page, "Continuar")
    press(page, f"Sí, anular ${NBSP}2.000,55")
    expect(page.get_by_text("lo anuló hoy a las")).to_be_visible()
    portal.wait_for_mail(link.user.email, subject="Anulamos el pago")
    home.late.refresh_from_db()
    assert home.late.applied == Decimal("0.00")


def closes(page: Page) -> None:
    """The drawer is counted; what is missing is explained; the closing is printed."""
    page.get_by_role("link", name="Seguir cobrando").click()
    page.get_by_role("link", name="Cerrar la caja").click()
    page.get_by_label("Efectivo contado").fill("5.990,10")
    press(page, "Continuar")
    expect(page.get_by_text(f"Faltan ${NBSP}10,00. Contá qué pasó.")).to_be_visible()
    page.get_by_label("Si hay diferencia, por qué").fill("Di diez de más")
    press(page, "Continuar")
    expect(page.locator(".office-sums__main")).to_contain_text(f"-${NBSP}10,00")
    press(page, "Sí, cerrar la caja")
    address = page.get_by_role("link", name="Imprimir el cierre").get_attribute("href")
    closing = words_of(page.request.get(f"{page.url.partition('/admin')[0]}{address}").body())
    for words in ("Cierre de caja", "Faltan $ 10,00", "Di diez de más", "Anulado: Era de otra cuenta"):
        assert words in closing
    shift = TillShift.objects.get()
    assert (shift.expected_cash, shift.counted_cash) == (Decimal("6000.10"), Decimal("5990.10"))
