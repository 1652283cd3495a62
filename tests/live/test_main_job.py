"""The main job, whole: from a person who does not know the portal to a paid bill with its receipt."""

from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.account_numbers import format_account_number
from accounts.models import AccountLink
from billing.models import Payment, Receipt
from billing.tasks import follow_payments
from oficina.shared.dates import short_date, today
from oficina.shared.ids import grouped_code
from tests.ledger_invariants import ledger_invariants
from tests.live import journey, receipts
from tests.live.browsing import PHONE, Visits
from tests.live.journey import ANA, House
from tests.live.portal import Portal

TOTAL = Decimal("3050.65")
"""The late bill with its surcharge and the current one."""

LATE_SECONDS = 3.5
"""Late enough to be back before the news, and soon enough to come before the page asks the provider again."""


def test_customer_pays_two_bills_and_sees_it_happen(portal: Portal, visits: Visits) -> None:
    house = journey.house()
    page = visits.open("/")
    journey.register(page, portal)
    journey.link_account(page, house.account, house.current, scripts=True)

    expect(page.locator("[data-paybar-note]")).to_have_text("Ninguna factura elegida")
    journey.choose(page, house.late, house.current)
    expect(page.locator("[data-paybar-note]")).to_have_text("2 facturas elegidas")
    expect(page.locator("[data-paybar-total]")).to_have_text("$ 3.050,65")
    page.get_by_role("button", name="Pagar", exact=True).click()
    journey.go_to_question(page, TOTAL)
    expect(page.get_by_role("dialog")).to_contain_text("Vas a pagar 2 facturas")
    payment = journey.go_to_checkout(page, portal)

    # The news comes after the customer is back, and asking for it fails once: the page has to wait.
    portal.simulator.lose_answer(matching="GET /v1/checkout/sessions/*", times=1)
    portal.simulator.delay(LATE_SECONDS)
    journey.pay_by_card(page)
    page.wait_for_url(f"**/pagos/{payment.public_id}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Estamos esperando la respuesta")
    page.evaluate("window.isTheSamePage = true")
    expect(page.get_by_role("heading", level=1)).to_have_text("Listo, pagaste")
    expect(page.get_by_text("Imputado", exact=True).first).to_be_visible()
    assert page.evaluate("window.isTheSamePage")

    assert settled_by(payment) == "stripe checkout.session.completed"
    ends_paid(portal, page, house, payment)


def test_customer_pays_two_bills_without_javascript(portal: Portal, visits: Visits) -> None:
    house = journey.house()
    page = visits.open("/", width=PHONE, javascript=False)
    journey.register(page, portal)
    journey.link_account(page, house.account, house.current, scripts=False)
    journey.choose(page, house.late, house.current)
    page.get_by_role("button", name="Pagar", exact=True).click()
    expect(page.get_by_text("$ 3.050,65").first).to_be_visible()
    journey.go_to_question(page, TOTAL)
    expect(page.get_by_role("heading", level=1)).to_have_text("¿Estás seguro?")
    payment = journey.go_to_checkout(page, portal)

    # Waiting works too: the page loads itself anew.
    portal.simulator.lose_answer(matching="GET /v1/checkout/sessions/*", times=1)
    portal.simulator.delay(LATE_SECONDS)
    journey.pay_by_card(page)
    page.wait_for_url(f"**/pagos/{payment.public_id}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Estamos esperando la respuesta")
    expect(page.get_by_role("heading", level=1)).to_have_text("Listo, pagaste")

    assert settled_by(payment) == "stripe checkout.session.completed"
    ends_paid(portal, page, house, payment)


def test_lost_webhook_and_closed_browser_are_made_up_for_by_the_worker(portal: Portal, visits: Visits) -> None:
    house = journey.house()
    link = journey.customer_of(house.account)
    page = visits.open("/")
    journey.log_in(page, link.user)
    payment = journey.begin_payment(page, portal, link, house.late, house.current)

    portal.simulator.drop()
    page.route("**/pagos/**", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        journey.pay_by_card(page)
    portal.simulator.wait_until_idle()
    page.unroute_all()
    visits.complaints.clear()  # the browser that lost its way says so
    payment.refresh_from_db()
    assert payment.state == "open"

    # The job that runs every minute, for a payment that was not asked about for a minute.
    Payment.objects.update(checked_at=timezone.now() - timedelta(minutes=2))
    follow_payments.configure(queueing_lock=None).defer(timestamp=0)
    portal.wait_until(lambda: Payment.objects.filter(state="succeeded").first(), "a settled payment")

    assert settled_by(payment) == "polling"
    page.goto(f"/pagos/{payment.public_id}/")
    ends_paid(portal, page, house, payment)


def rows(sql: str) -> list[tuple[object, ...]]:
    """What a query gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def settled_by(payment: Payment) -> str:
    """The cause of the move to `succeeded`."""
    return payment.events.get(to_state="succeeded").cause


def ends_paid(portal: Portal, page: Page, house: House, payment: Payment) -> None:
    """The page of a payment of the late and the current bill is open; everything that follows from it is exact."""
    payment.refresh_from_db()
    the_ledger_is_exact(house, payment)
    receipt = Receipt.objects.get()
    name, pdf = receipts.download(page)
    assert name == f"recibo-{receipt.number}.pdf"
    the_receipt_is_exact(receipts.words_of(pdf), house, receipt)
    the_mail_brings_it(portal, house, receipt, pdf)
    the_bills_are_gone(page, house)
    ledger_invariants()


def the_ledger_is_exact(house: House, payment: Payment) -> None:
    late, current, other = (bill.pk for bill in house.bills)
    assert rows(
        "SELECT id, account_id, channel, state, currency, amount_asked, amount_received, means_brand, means_last4,"
        " failure_code, settled_at IS NOT NULL FROM billing_payment"
    ) == [(payment.pk, house.account.pk, "checkout", "succeeded", "ARS", TOTAL, TOTAL, "visa", "4242", "", True)]
    assert rows(
        "SELECT payment_id, invoice_id, amount, surcharge, live FROM billing_paymentitem ORDER BY invoice_id"
    ) == [
        (payment.pk, late, Decimal("2050.55"), Decimal("50.55"), False),
        (payment.pk, current, Decimal("1000.10"), Decimal("0.00"), False),
    ]
    assert rows(
        "SELECT payment_id, invoice_id, amount, surcharge, reverses_id FROM billing_allocation ORDER BY invoice_id"
    ) == [
        (payment.pk, late, Decimal("2050.55"), Decimal("50.55"), None),
        (payment.pk, current, Decimal("1000.10"), Decimal("0.00"), None),
    ]
    assert rows("SELECT id, amount, surcharge, applied, settled_at IS NOT NULL FROM billing_invoice ORDER BY id") == [
        (late, Decimal("2000.00"), Decimal("50.55"), Decimal("2050.55"), True),
        (current, Decimal("1000.10"), Decimal("0.00"), Decimal("1000.10"), True),
        (other, Decimal("333.33"), Decimal("0.00"), Decimal("0.00"), False),
    ]
    assert rows("SELECT from_state, to_state FROM billing_paymentevent ORDER BY id") == [
        ("", "created"),
        ("created", "open"),
        ("open", "succeeded"),
    ]
    assert rows("SELECT payment_id FROM billing_receipt") == [(payment.pk,)]
    assert rows("SELECT id FROM billing_creditentry") == []
    assert rows("SELECT id FROM billing_discrepancy") == []


def the_receipt_is_exact(words: str, house: House, receipt: Receipt) -> None:
    payment, number = receipt.payment, format_account_number(house.account.number)
    day = short_date(today())
    for field in (
        f"Recibo de pago N.º {receipt.number} · Fecha {day}",
        "Recibimos de Ana Suárez $ 3.050,65",
        "Tres mil cincuenta pesos con sesenta y cinco centavos",
        f"Número de pago {payment.number}",
        f"Acreditado {day}",
        "Canal Oficina Virtual",
        "Medio Visa crédito terminada en 4242",
        f"N.º de operación {payment.provider_payment_id}",
        f"N.º de cuenta {number}",
        f"Número {number}",
        "Titular Lucía Ferreyra",
        "Servicio en Av. San Martín 1450, Godoy Cruz",
        f"LSP {house.late} Mayo y junio 2026 {short_date(house.late.due_on)} $ 2.000,00 $ 50,55 $ 2.050,55",
        f"LSP {house.current} Julio y agosto 2026 {short_date(house.current.due_on)} $ 1.000,10 $ 0,00 $ 1.000,10",
        "Total pagado $ 3.050,65",
        grouped_code(receipt.verification_code),
        settings.UTILITY.utility_cuit,
        "Este recibo no es una factura.",
    ):
        assert field in words, f"{field!r} is not in {words!r}"
    assert house.next_one.invoice_number not in words


def the_mail_brings_it(portal: Portal, house: House, receipt: Receipt, pdf: bytes) -> None:
    mail = portal.wait_for_mail(ANA, subject="Recibimos tu pago de $\N{NO-BREAK SPACE}3.050,65")
    assert receipt.number in mail.text
    assert [(file.name, file.media_type, bytes(file.content)) for file in mail.files.all()] == [
        (f"recibo-{receipt.number}.pdf", "application/pdf", pdf)
    ]
    assert sum("Recibimos tu pago" in each.subject for each in portal.mails(ANA)) == 1


def the_bills_are_gone(page: Page, house: House) -> None:
    link = AccountLink.objects.get()
    page.get_by_role("main").get_by_role("link", name="Ir al inicio").click()
    expect(page).to_have_url(f"{page.url.split('/cuenta/')[0]}/cuenta/{link.public_id}/inicio/")
    expect(journey.box_of(page, house.next_one)).to_be_visible()
    expect(page.locator("input[name=factura]")).to_have_count(1)
    page.goto(f"/cuenta/{link.public_id}/mis-pagos/")
    row = page.get_by_role("row", name="2 facturas")
    expect(row).to_contain_text("Imputado")
    expect(row).to_contain_text("$ 3.050,65")
