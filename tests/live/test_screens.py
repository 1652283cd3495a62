"""Every screen in every state: accessible at both widths and in both colours, never wider than a telephone.

Playwright runs axe from outside of the page's policy, so the policy stays in force, and the browser's complaints about
it fail the test as any other.
"""

import re
import time
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from playwright.sync_api import Locator, Page

from accounts.enums import TermsPurpose
from accounts.models import AccountLink, ServiceAccount, TermsVersion, User
from accounts.terms import accept_terms
from adhesions.digital.unsubscribing import unsubscribe_address
from adhesions.enums import DeliveryKind
from adhesions.models import BillDelivery
from billing.charges.acts import cancel_charge, invoice_charge
from billing.claims.acts import answer_claim
from billing.debt_certificates import issue_certificate
from billing.disputes import record_dispute
from billing.enums import ClaimState, DisputeState, InvoiceStatus, ListingKind
from billing.external_payments import record_external_payment
from billing.gateway.returns import RefundStatus
from billing.listings.history_filter import HistoryFilter
from billing.listings.requests import draw_listing, give_listing_up, request_listing
from billing.models import ChargeVoucher, Invoice, Payment, Refund
from billing.payment_reports.acts import accept_report, reject_report, withdraw_report
from billing.refund_requests import RefundWish
from billing.refunds import record_refund, save_refund
from billing.settlement import settle_payment
from oficina.shared.dates import add_months, today
from tests.factories import billing as bills
from tests.factories.accounts import PASSWORD, AccountLinkFactory, ServiceAccountFactory, UserFactory
from tests.factories.adhesions import digital
from tests.factories.charges import ChargeFactory
from tests.factories.claims import claimed, photographed_meter
from tests.factories.payment_reports import paid_elsewhere, photograph, reported
from tests.factories.returns import asked_refund, dispute_report, refund_report
from tests.live import journey
from tests.live.browsing import Visits
from tests.live.portal import Portal
from tests.live.tour import Tour

VISITORS = {
    "home",
    "terms_list",
    "terms",
    "terms_version",
    "personal_data",
    "accessibility",
    "verify",
    "verify_document",
    "payment",
    "unsubscribe",
    "404",
}
STRANGERS_TO_IT = {
    "account_login",
    "account_inactive",
    "account_signup",
    "registration_code",
    "account_reset_password",
    "account_confirm_password_reset_code",
    "account_complete_password_reset",
}
OWN_DATA = {
    "accept_terms",
    "my_data",
    "close_user",
    "account_logout",
    "account_email",
    "account_email_verification_sent",
    "account_change_password",
    "account_set_password",
    "account_reauthenticate",
    "usersessions_list",
}
SECOND_FACTOR = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_deactivate_totp",
    "mfa_authenticate",
    "mfa_reauthenticate",
}
CUSTOMERS = {
    "account_home_short",
    "my_accounts",
    "link_account",
    "confirm_link",
    "unlink_account",
    "rename_link",
    "account_home",
    "pay",
    "confirm_payment",
    "my_payments",
    "paid_bills",
    "listing",
    "invoice",
    "payment",
    "account_credit",
    "charges",
    "charge",
    "invoice_charge",
    "debt_certificates",
    "report_payment",
    "payment_report",
    "withdraw_payment_report",
    "claim_bill",
    "claims",
    "claim",
    "withdraw_claim",
    "digital_billing",
    "cancel_digital_billing",
    "bill_not_received",
}
NOT_SCREENS = {
    "theme": "only changes the colours",
    "cancel_payment": "only gives a payment up, and leads back to it",
    "robots": "text for machines",
    "my_payments_short": "leads to my_payments",
    "charges_short": "leads to charges",
    "digital_billing_short": "leads to digital_billing",
    "bill_not_received_short": "leads to bill_not_received",
    "claims_short": "leads to claims",
    "charge_voucher": "a PDF",
    "debt_certificates_short": "leads to debt_certificates",
    "debt_certificate": "a PDF",
    "my_data_download": "a file",
    "mfa_download_recovery_codes": "a file",
    "payment_receipt": "a PDF",
    "invoice_pdf": "a PDF",
    "history_pdf": "a PDF",
    "history_csv": "a file",
    "private_file": "a file",
    "ask_for_listing": "leads to the listing",
    "listing_pdf": "a PDF",
    "discard_listing": "leads back to the history",
    "account_password_reset_completed": "allauth looks its name up; a recovery by code ends logged in",
    "stripe_webhook": "for another machine",
    "collection_schema": "for another machine",
    "collection_webhook": "for another machine",
    "collection_operation": "for another machine",
    None: "the same without the final slash",
}
NOT_CUSTOMERS = ("admin/", "demo/")


def test_every_address_has_its_screen_looked_at() -> None:
    names = {name for name in names_of(get_resolver().url_patterns) if name not in NOT_SCREENS}

    assert names == (VISITORS | STRANGERS_TO_IT | OWN_DATA | SECOND_FACTOR | CUSTOMERS) - {"404"}


def names_of(patterns: Iterable[URLPattern | URLResolver]) -> set[str | None]:
    """The names of the addresses of the portal's own pages."""
    found: set[str | None] = set()
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            found.add(pattern.name)
        elif str(pattern.pattern) not in NOT_CUSTOMERS:
            found |= names_of(pattern.url_patterns)
    return found


def send(page: Page) -> None:
    """The main form of the page, whatever its button says."""
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()


def submit(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def tour(visits: Visits) -> Tour:
    return Tour(visits.open("/accesibilidad/"))


def test_screens_of_visitors(portal: Portal, tour: Tour, visits: Visits) -> None:
    house = journey.house()
    payer = journey.customer_of(house.account).user
    paid = bills.paid_checkout(house.current, payer=payer)
    waiting = bills.open_checkout(house.late, payer=payer)
    leave_the_provider_alone()
    TermsVersion.objects.create(
        purpose=TermsPurpose.REGISTRATION, version=2, title="Términos y condiciones", body="Nuevos."
    )

    for path, name in {
        "/": "home",
        "/terminos/": "terms_list",
        "/terminos/registro/": "terms",
        "/terminos/registro/1/": "terms_version",
        "/datos-personales/": "personal_data",
        "/accesibilidad/": "accessibility",
        "/verificar/": "verify",
        f"/pagos/{paid.public_id}/": "payment",
    }.items():
        tour.see(path, name)
    tour.see(f"/pagos/{waiting.public_id}/", "payment", "waiting")
    tour.see("/verificar/?codigo=", "verify", "with an error")
    tour.see(f"/verificar/{paid.receipt.verification_code}/", "verify_document", "genuine")
    record_refund(paid.pk, refund_report(paid, Decimal("1.00")))
    tour.see(f"/verificar/{paid.receipt.verification_code}/", "verify_document", "refunded in part")
    record_refund(paid.pk, refund_report(paid, paid.amount_asked - Decimal("1.00")))
    tour.see(f"/verificar/{paid.receipt.verification_code}/", "verify_document", "refunded")
    contested = bills.paid_checkout(house.next_one, payer=payer)
    record_dispute(contested.pk, dispute_report(contested, Decimal("333.33")))
    tour.see(f"/verificar/{contested.receipt.verification_code}/", "verify_document", "contested")
    certificate = issue_certificate(AccountLinkFactory.create(user=payer), payer)
    tour.see(f"/verificar/{certificate.verification_code}/", "verify_document", "certificate")
    charge = ChargeFactory.create(account=house.account)
    invoice_charge(charge, accepted=charge.amount, by=payer, now=timezone.now())
    voucher = ChargeVoucher.objects.get()
    tour.see(f"/verificar/{voucher.verification_code}/", "verify_document", "comprobante")
    Invoice.objects.filter(charge=charge).update(status=InvoiceStatus.VOID)
    tour.see(f"/verificar/{voucher.verification_code}/", "verify_document", "comprobante of a void bill")
    tour.see("/verificar/000000000000/", "verify_document", "unknown")
    adhesion = digital(AccountLink.objects.get(user=payer, account=house.account))
    stop = unsubscribe_address(adhesion).removeprefix(settings.BASE_URL)
    tour.see(stop, "unsubscribe", "asking")
    submit(tour.page, "Sí, no quiero recibirlas más")
    tour.look("unsubscribe", "done")
    tour.see("/no-existe/", "404")

    visits.complaints[:] = [told for told in visits.complaints if "404 (Not Found)" not in told]
    assert tour.faults == []
    assert tour.seen == VISITORS


def test_screens_of_entering_and_registering(portal: Portal, tour: Tour) -> None:
    page = tour.page
    tour.see("/ingresar/", "account_login")
    page.locator("#id_login").fill("nadie@correo.example")
    page.locator("#id_password").fill("otra-cosa")
    submit(page, "Ingresar")
    tour.look("account_login", "with an error")
    tour.see("/ingresar/inactivo/", "account_inactive")

    tour.see("/registrate/", "account_signup")
    submit(page, "Registrarme")
    tour.look("account_signup", "with errors")
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Registrate").click()
    journey.fill_registration(page, "lucia@correo.example")
    tour.look("registration_code")
    page.locator("#id_code").fill("00000000")
    submit(page, "Confirmar")
    tour.look("registration_code", "with an error")

    user = registered("ana@correo.example")
    tour.see("/recuperar-contrasena/", "account_reset_password")
    send(page)
    tour.look("account_reset_password", "with an error")
    page.locator("#id_email").fill(user.email)
    send(page)
    tour.look("account_confirm_password_reset_code")
    page.locator("#id_code").fill("00000000")
    submit(page, "Continuar")
    tour.look("account_confirm_password_reset_code", "with an error")
    page.locator("#id_code").fill(journey.code_mailed_to(portal, user.email))
    submit(page, "Continuar")
    tour.look("account_complete_password_reset")

    assert tour.faults == []
    assert tour.seen == STRANGERS_TO_IT


def test_screens_of_own_data(portal: Portal, tour: Tour) -> None:
    page = tour.page
    user = registered("ana@correo.example")
    log_in_by_password(page, user.email)
    tour.look("accept_terms")
    submit(page, "Aceptar y seguir")
    tour.look("accept_terms", "with an error")
    page.locator("#id_terms").check()
    submit(page, "Aceptar y seguir")

    tour.see("/mis-datos/", "my_data")
    page.locator("#id_document").fill("1")
    submit(page, "Guardar mis datos")
    tour.look("my_data", "with an error")
    tour.see("/mis-datos/cerrar-usuario/", "close_user")
    submit(page, "Cerrar mi usuario")
    tour.look("close_user", "with an error")
    tour.see("/mis-datos/contrasena/", "account_change_password")
    send(page)
    tour.look("account_change_password", "with errors")
    tour.see("/mis-datos/sesiones/", "usersessions_list")
    tour.see("/salir/", "account_logout")
    tour.see("/confirmar-acceso/", "account_reauthenticate")
    send(page)
    tour.look("account_reauthenticate", "with an error")
    tour.see("/mis-datos/mail/", "account_email")
    page.locator("#id_email").fill("otra@correo.example")
    send(page)
    prove(page)
    tour.look("account_email_verification_sent")

    page.context.clear_cookies()
    journey.log_in(page, UserFactory.create(email="bruno@correo.example"))
    tour.see("/mis-datos/contrasena/elegir/", "account_set_password")

    assert tour.faults == []
    assert tour.seen == OWN_DATA


def test_screens_of_the_second_factor(portal: Portal, tour: Tour) -> None:
    page = tour.page
    user = registered("ana@correo.example")
    accept_terms(user, TermsPurpose.REGISTRATION, None)
    log_in_by_password(page, user.email)

    tour.see("/mis-datos/segundo-factor/", "mfa_index", "not active")
    page.goto("/mis-datos/segundo-factor/activar/")
    prove(page)
    tour.look("mfa_activate_totp")
    secret = re.sub(r"\W", "", page.locator("main details strong").text_content() or "")
    page.locator("#id_code").fill("000000")
    send(page)
    tour.look("mfa_activate_totp", "with an error")
    page.locator("#id_code").fill(on_the_telephone(secret))
    send(page)
    tour.look("mfa_view_recovery_codes")
    tour.see("/mis-datos/segundo-factor/", "mfa_index", "active")
    tour.see("/mis-datos/segundo-factor/codigos/nuevos/", "mfa_generate_recovery_codes")
    tour.see("/mis-datos/segundo-factor/desactivar/", "mfa_deactivate_totp")
    tour.see("/confirmar-acceso/segundo-factor/", "mfa_reauthenticate")

    page.context.clear_cookies()
    log_in_by_password(page, user.email)
    tour.look("mfa_authenticate")
    page.locator("#id_code").fill("000000")
    send(page)
    tour.look("mfa_authenticate", "with an error")

    assert tour.faults == []
    assert tour.seen == SECOND_FACTOR


def registered(email: str) -> User:
    """Somebody who can log in by the page."""
    user = UserFactory.create(email=email, password=PASSWORD)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def type_too_much(box: Locator) -> None:
    """More than the box takes, which a browser would not let a person type."""
    box.evaluate("box => box.removeAttribute('maxlength')")
    box.fill("x" * 200)


def log_in_by_password(page: Page, email: str) -> None:
    page.goto("/ingresar/")
    page.locator("#id_login").fill(email)
    page.locator("#id_password").fill(PASSWORD)
    submit(page, "Ingresar")


def prove(page: Page) -> None:
    """The password once more, for what is delicate."""
    page.locator("#id_password").fill(PASSWORD)
    send(page)


def on_the_telephone(secret: str) -> str:
    """The code that the telephone shows now."""
    code: str = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    return code


def leave_the_provider_alone() -> None:
    """Payments and refunds that a factory made are unknown to the local Stripe: nobody is to ask about them."""
    later = timezone.now() + timedelta(hours=1)
    Payment.objects.update(checked_at=later)
    Refund.objects.update(checked_at=later)


def test_screens_of_customers(portal: Portal, tour: Tour) -> None:
    page = tour.page
    user = UserFactory.create(email="ana@correo.example", first_name="Ana", last_name="Suárez")
    journey.log_in(page, user)
    tour.see("/inicio/", "account_home_short", "without accounts")
    tour.see("/mis-cuentas/", "my_accounts", "without accounts")
    tour.see("/mis-cuentas/vincular/", "link_account")
    submit(page, "Buscar")
    tour.look("link_account", "with errors")

    house = journey.house()
    find_account(page, house.account.number, "0")
    tour.look("link_account", "not found")
    find_account(page, house.account.number, house.current.invoice_number)
    tour.look("link_account", "found")
    type_too_much(page.locator("#id_alias"))
    submit(page, "Vincular cuenta")
    tour.look("confirm_link", "with an error")
    link = AccountLinkFactory.create(user=user, account=house.account, alias="Casa")
    page.goto("/mis-cuentas/vincular/")
    find_account(page, house.account.number, house.current.invoice_number)
    tour.look("link_account", "already linked")

    tour.see("/mis-cuentas/", "my_accounts", "one")
    tour.see(f"/mis-cuentas/{link.public_id}/desvincular/", "unlink_account")
    tour.see(f"/mis-cuentas/{link.public_id}/alias/", "rename_link")
    type_too_much(page.locator("#id_alias"))
    submit(page, "Guardar")
    tour.look("rename_link", "with an error")
    for number in range(30):
        AccountLinkFactory.create(user=user, account=ServiceAccountFactory.create(), alias=f"Local {number}")
    tour.see("/mis-cuentas/", "my_accounts", "many")
    tour.see("/mis-cuentas/?q=nada", "my_accounts", "none found")

    tour.see(f"{base(link)}inicio/", "account_home", "with debts")
    tour.see(f"{base(link)}inicio/?seleccion=todas", "account_home", "all chosen")
    page.locator("details.switcher summary").click()
    tour.look("account_home", "with the other accounts open")
    page.set_viewport_size({"width": 390, "height": 900})
    page.get_by_role("button", name="Menú").click()
    tour.look("account_home", "with the menu open")

    everything = f"factura={house.late.public_id}&factura={house.current.public_id}"
    tour.see(f"{base(link)}pagar/?{everything}", "pay")
    question = page.get_by_role("link", name="Pagar $")
    address = question.get_attribute("href") or ""
    question.click()
    page.get_by_role("dialog").wait_for()
    tour.look("pay", "with the question in its window")
    tour.see(address, "confirm_payment")
    tour.see(f"{base(link)}mis-pagos/", "my_payments", "empty")

    assert tour.faults == []
    elsewhere = {
        "claim_bill", "claims", "claim", "withdraw_claim",
        "report_payment", "payment_report", "withdraw_payment_report",
        "invoice", "payment", "account_credit", "charges", "charge", "invoice_charge", "debt_certificates",
        "paid_bills", "listing", "digital_billing", "cancel_digital_billing", "bill_not_received",
    }  # fmt: skip
    assert tour.seen == CUSTOMERS - elsewhere


def base(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/"


def find_account(page: Page, number: str, datum: str) -> None:
    page.locator("[data-boxes] input").first.fill(number)
    page.locator("#id_datum").fill(datum)
    submit(page, "Buscar")


def test_screens_of_bills_and_payments(portal: Portal, tour: Tour) -> None:
    house = journey.house()
    link = journey.customer_of(house.account)
    payer = link.user
    journey.log_in(tour.page, payer)
    void = bills.InvoiceFactory.create(account=house.account, status=InvoiceStatus.VOID, period=date(2026, 3, 1))
    for position in (1, 2):
        bills.InvoiceLineFactory.create(invoice=house.late, position=position)

    left = bills.open_checkout(house.next_one, payer=payer)
    settle_payment(left.pk, bills.expired(left), cause="test")
    declined = bills.open_checkout(house.next_one, payer=payer)
    settle_payment(declined.pk, bills.on_its_way(declined), cause="test")
    settle_payment(declined.pk, bills.declined(declined), cause="test")
    paid = bills.paid_checkout(house.current, payer=payer)
    under_way = bills.open_checkout(house.late, payer=payer)
    settle_payment(under_way.pk, bills.on_its_way(under_way), cause="test")
    waiting = bills.open_checkout(house.next_one, payer=payer)
    leave_the_provider_alone()

    for state, payment in {
        "expired": left,
        "failed": declined,
        "succeeded": paid,
        "processing": under_way,
        "open": waiting,
    }.items():
        tour.see(f"/pagos/{payment.public_id}/", "payment", state)
    tour.see(f"/pagos/{waiting.public_id}/?cancelado=1", "payment", "turned back")
    for state, bill in {
        "under way": house.late,
        "paid": house.current,
        "unfinished": house.next_one,
        "void": void,
    }.items():
        tour.see(f"{base(link)}facturas/{bill.public_id}/", "invoice", state)
    tour.see(f"{base(link)}inicio/", "account_home", "with payments in process")
    tour.see(f"{base(link)}mis-pagos/", "my_payments")
    tour.see(f"{base(link)}mis-pagos/?estado=en-proceso", "my_payments", "filtered")

    tour.see(f"{base(link)}saldo-a-favor/", "account_credit", "empty")
    record_external_payment(
        bills.operation(house.account, (house.current, house.current.amount), amount=Decimal("1500.00")), cause="test"
    )
    tour.see(f"{base(link)}saldo-a-favor/", "account_credit", "with movements")
    tour.see(f"{base(link)}inicio/", "account_home", "with credit")
    fresh = bills.InvoiceFactory.create(account=house.account, period=date(2026, 1, 1))
    tour.see(f"{base(link)}pagar/?factura={fresh.public_id}", "pay", "with credit")
    tour.page.get_by_role("link", name="Usar saldo a favor").click()
    tour.page.get_by_role("link", name="No usar el saldo").wait_for()
    tour.look("pay", "using credit")

    empty = AccountLinkFactory.create(user=payer, account=ServiceAccountFactory.create(), alias="Terreno")
    tour.see(f"{base(empty)}inicio/", "account_home", "without bills")
    tour.see(f"{base(empty)}mis-pagos/?estado=vencido", "my_payments", "none found")
    up_to_date = AccountLinkFactory.create(user=payer, account=with_history(), alias="Negocio")
    tour.see(f"{base(up_to_date)}inicio/", "account_home", "up to date, with its chart")
    tour.page.locator("main details summary").click()
    tour.look("account_home", "with the table of its chart")
    unusual = bills.InvoiceFactory.create(
        account=up_to_date.account, period=date(2026, 11, 1), consumption_m3=Decimal(200)
    )
    tour.see(f"{base(up_to_date)}facturas/{unusual.public_id}/", "invoice", "with an unusual consumption")
    tour.page.locator("main details summary").click()
    tour.look("invoice", "with the table of its chart")

    assert tour.faults == []
    assert tour.seen == {"payment", "invoice", "account_home", "my_payments", "account_credit", "pay"}


def test_screens_of_money_that_went_back(portal: Portal, tour: Tour) -> None:
    house = journey.house()
    link = journey.customer_of(house.account)
    olga = UserFactory.create(is_staff=True)
    journey.log_in(tour.page, link.user)
    shown = given_back(link, olga)
    leave_the_provider_alone()

    for state, payment in shown.items():
        tour.see(f"/pagos/{payment.public_id}/", "payment", state)
    tour.see(f"{base(link)}mis-pagos/", "my_payments", "with money that went back")
    tour.see(f"{base(link)}saldo-a-favor/", "account_credit", "given back")
    tour.page.context.clear_cookies()
    for state in ("refunded in part", "contested"):
        tour.see(f"/pagos/{shown[state].public_id}/", "payment", f"{state}, to a stranger")

    assert tour.faults == []
    assert tour.seen == {"payment", "my_payments", "account_credit"}


def given_back(link: AccountLink, olga: User) -> dict[str, Payment]:
    """A payment in each state of money that leaves again, all of the person of this link."""
    states = (
        "refund on its way", "refunded in part", "refunded", "refund failed", "refunded by transfer", "contested",
        "dispute lost", "dispute won", "contested after a refund",
    )  # fmt: skip
    paid = {
        state: bills.paid_checkout(
            bills.InvoiceFactory.create(account=link.account, period=add_months(date(2025, 1, 1), number)),
            payer=link.user,
        )
        for number, state in enumerate(states)
    }
    refund(paid["refund on its way"], "250.00", RefundStatus.PENDING, by=olga)
    refund(paid["refunded in part"], "250.00", RefundStatus.SUCCEEDED, by=olga)
    refund(paid["refunded"], "1000.00", RefundStatus.SUCCEEDED, by=olga)
    refund(paid["refund failed"], "1000.00", RefundStatus.FAILED, by=olga)
    refund(paid["refunded by transfer"], "250.00", RefundStatus.FAILED, by=olga)
    wish = RefundWish(amount=Decimal("250.00"), reason="x", by=olga, key="hand", reference="T-0", by_hand=True)
    save_refund(paid["refunded by transfer"], wish, now=timezone.now())
    refund(paid["contested after a refund"], "250.00", RefundStatus.SUCCEEDED, by=olga)
    for number, (state, now_is, back) in enumerate(
        (
            ("contested", DisputeState.NEEDS_RESPONSE, "0.00"),
            ("dispute lost", DisputeState.LOST, "0.00"),
            ("dispute won", DisputeState.WON, "1000.00"),
            ("contested after a refund", DisputeState.UNDER_REVIEW, "0.00"),
        )
    ):
        report = dispute_report(
            paid[state], Decimal("1000.00"), now_is,
            withdrawn=Decimal("1000.00"), reinstated=Decimal(back), dispute_id=f"du_{number}",
        )  # fmt: skip
        record_dispute(paid[state].pk, report)
    return paid


def refund(payment: Payment, amount: str, status: RefundStatus, *, by: User) -> None:
    asked = asked_refund(payment, Decimal(amount), by=by)
    record_refund(payment.pk, refund_report(payment, asked.amount, status, refund=asked))


def test_screens_of_histories(portal: Portal, tour: Tour) -> None:
    house = journey.house()
    link = journey.customer_of(house.account)
    journey.log_in(tour.page, link.user)
    paid = bills.operation(house.account, (house.current, house.current.amount))
    record_external_payment(paid, cause="test")
    tour.see(f"{base(link)}mis-pagos/?desde=2026-11-22&hasta=2026-11-20", "my_payments", "with a wrong filter")
    tour.see(f"{base(link)}mis-pagos/facturas-pagadas/", "paid_bills")
    tour.see(f"{base(link)}mis-pagos/facturas-pagadas/?hasta=2001-01-01", "paid_bills", "none found")
    listing = request_listing(link, ListingKind.PAYMENTS, HistoryFilter(), now=timezone.now())
    draw_listing(listing.pk, now=timezone.now())
    given_up = request_listing(link, ListingKind.PAID_BILLS, HistoryFilter(), now=timezone.now())
    give_listing_up(given_up.pk)
    tour.see(f"{base(link)}mis-pagos/listados/{listing.public_id}/", "listing", "ready")
    tour.see(f"{base(link)}mis-pagos/listados/{given_up.public_id}/", "listing", "given up")
    tour.see(f"{base(link)}mis-pagos/", "my_payments", "with a listing")

    assert tour.faults == []
    assert tour.seen == {"my_payments", "paid_bills", "listing"}


def test_screens_of_debt_certificates(portal: Portal, tour: Tour) -> None:
    house = journey.house()
    link = journey.customer_of(house.account)
    journey.log_in(tour.page, link.user)
    under_way = bills.open_checkout(house.late, payer=link.user)
    settle_payment(under_way.pk, bills.on_its_way(under_way), cause="test")
    leave_the_provider_alone()
    tour.see(f"{base(link)}libre-deuda/", "debt_certificates", "with debts")

    up_to_date = AccountLinkFactory.create(user=link.user, account=ServiceAccountFactory.create(), alias="Negocio")
    tour.see(f"{base(up_to_date)}libre-deuda/", "debt_certificates", "without debts")
    submit(tour.page, "Pedir libre deuda")
    tour.look("debt_certificates", "issued")
    ChargeFactory.create(account=up_to_date.account)
    tour.see(f"{base(up_to_date)}libre-deuda/", "debt_certificates", "with a charge, and one issued before")

    contested = AccountLinkFactory.create(user=link.user, account=ServiceAccountFactory.create(), alias="Local")
    payment = bills.paid_checkout(bills.InvoiceFactory.create(account=contested.account), payer=link.user)
    record_dispute(payment.pk, dispute_report(payment, Decimal("1000.00"), DisputeState.INQUIRY))
    tour.see(f"{base(contested)}libre-deuda/", "debt_certificates", "with a contested payment")

    assert tour.faults == []
    assert tour.seen == {"debt_certificates"}


def test_screens_of_the_digital_bill(portal: Portal, tour: Tour) -> None:
    page = tour.page
    link = journey.customer_of(ServiceAccountFactory.create())
    teammate = AccountLinkFactory.create(account=link.account, user__first_name="Tomás", user__last_name="Quiroga")
    journey.log_in(page, link.user)
    own = f"{base(link)}factura-digital/"
    not_received = f"{base(link)}no-recibi-factura/"
    tour.see(not_received, "bill_not_received", "without bills")
    tour.see(own, "digital_billing", "to join")
    submit(page, "Confirmar adhesión")
    tour.look("digital_billing", "with an error")
    tour.see(f"{base(link)}inicio/", "account_home", "not adhered")
    page.get_by_role("main").get_by_role("link", name="Factura digital").click()
    page.get_by_role("dialog").wait_for()
    tour.look("account_home", "with the window to join")

    theirs = digital(teammate)
    tour.see(own, "digital_billing", "somebody else adhered")
    tour.see(f"{own}{theirs.public_id}/cancelar/", "cancel_digital_billing")
    mine = digital(link)
    tour.see(own, "digital_billing", "adhered")
    bill = bills.InvoiceFactory.create(account=link.account)
    tour.see(not_received, "bill_not_received", "not mailed")
    BillDelivery.objects.create(invoice=bill, email=mine.email, kind=DeliveryKind.NEW, adhesion=mine)
    submit(page, "Enviámela ahora por mail")
    tour.look("bill_not_received", "mailed")

    assert tour.faults == []
    assert tour.seen == {"digital_billing", "cancel_digital_billing", "bill_not_received", "account_home"}


def test_screens_of_reported_payments(portal: Portal, tour: Tour) -> None:
    house = journey.house()
    link = journey.customer_of(house.account)
    journey.log_in(tour.page, link.user)
    form = f"{base(link)}facturas/{house.late.public_id}/ya-pague/"
    tour.see(form, "report_payment")
    submit(tour.page, "Avisar el pago")
    tour.look("report_payment", "with mistakes")
    office = UserFactory.create(is_staff=True)
    accepted, rejected, withdrawn, waiting = (
        reported(link, bill, paid=paid_elsewhere(operation_number=f"{place}"), proof=photograph(f"ticket {place}.png"))
        for place, bill in enumerate(
            [house.current, house.next_one, bills.InvoiceFactory.create(account=house.account), house.late]
        )
    )
    accept_report(accepted, paid_elsewhere(), by=office, now=timezone.now())
    reject_report(rejected, "El comprobante es de otra factura. " * 5, by=office, now=timezone.now())
    withdraw_report(withdrawn, now=timezone.now())
    reports = {"accepted": accepted, "rejected": rejected, "withdrawn": withdrawn, "under review": waiting}
    for state, report in reports.items():
        tour.see(f"{base(link)}avisos-de-pago/{report.public_id}/", "payment_report", state)
    tour.see(f"{base(link)}avisos-de-pago/{waiting.public_id}/retirar/", "withdraw_payment_report")
    tour.see(f"{base(link)}facturas/{house.late.public_id}/", "invoice", "reported as paid")
    tour.see(f"{base(link)}inicio/", "account_home", "with a bill reported as paid")
    tour.see(f"{base(link)}pagar/?factura={house.late.public_id}", "pay", "of a bill reported as paid")

    assert tour.faults == []
    assert tour.seen == {
        "report_payment", "payment_report", "withdraw_payment_report", "invoice", "account_home", "pay",
    }  # fmt: skip


def test_screens_of_charges(portal: Portal, tour: Tour) -> None:
    link = journey.customer_of(ServiceAccountFactory.create())
    journey.log_in(tour.page, link.user)
    own = f"{base(link)}cargos/"
    tour.see(own, "charges", "empty")
    tour.see(f"{own}?ver=facturados", "charges", "none invoiced")
    states = ("pending", "to pay", "in process", "paid", "cancelled")
    charges = {state: ChargeFactory.create(account=link.account, concept=f"Obra {state}") for state in states}
    for _ in range(30):
        ChargeFactory.create(account=link.account, concept="Conexión de agua y cloaca con rotura de vereda y calzada")
    cancel_charge(charges["cancelled"], "Error", by=UserFactory.create(is_staff=True), now=timezone.now())
    to_pay, in_process, paid = (
        invoice_charge(charges[state], accepted=charges[state].amount, by=link.user, now=timezone.now())
        for state in ("to pay", "in process", "paid")
    )
    bills.paid_checkout(paid, payer=link.user)
    under_way = bills.open_checkout(in_process, payer=link.user)
    settle_payment(under_way.pk, bills.on_its_way(under_way), cause="test")
    leave_the_provider_alone()

    tour.see(own, "charges", "with pages")
    tour.see(f"{own}?ver=facturados", "charges", "invoiced")
    for state, charge in charges.items():
        tour.see(f"{own}{charge.public_id}/", "charge", state)
    tour.see(f"{own}{charges['pending'].public_id}/facturar/", "invoice_charge")
    tour.see(f"{own}{charges['pending'].public_id}/", "charge", "pending")
    tour.page.get_by_role("link", name="Aceptar y facturar").click()
    tour.page.get_by_role("dialog").wait_for()
    tour.look("charge", "with the question in its window")
    tour.see(f"{base(link)}facturas/{to_pay.public_id}/", "invoice", "of a charge")

    assert tour.faults == []
    assert tour.seen == {"charges", "charge", "invoice_charge", "invoice"}


def test_screens_of_claims(portal: Portal, tour: Tour) -> None:
    link = journey.customer_of(with_history())
    journey.log_in(tour.page, link.user)
    own = f"{base(link)}reclamos/"
    tour.see(own, "claims", "empty")
    unusual, measured, flat, answered = (
        bills.InvoiceFactory.create(account=link.account, period=date(2026, 11, 1), service_kind=kind, **more)
        for kind, more in (
            ("metered", {"consumption_m3": Decimal(200)}), ("metered", {}), ("flat_rate", {}), ("metered", {}),
        )
    )  # fmt: skip
    tour.see(f"{base(link)}facturas/{unusual.public_id}/reclamo/", "claim_bill", "of an unusual consumption")
    tour.see(f"{base(link)}facturas/{flat.public_id}/reclamo/", "claim_bill", "without a meter")
    tour.see(f"{base(link)}facturas/{measured.public_id}/reclamo/", "claim_bill", "of a meter")
    submit(tour.page, "Enviar el reclamo")
    tour.look("claim_bill", "with mistakes")

    waiting = claimed(link, unusual, attachment=photographed_meter())
    ended = claimed(link, answered)
    office = UserFactory.create(is_staff=True)
    answer_claim(ended, ClaimState.PARTLY_UPHELD, "Leímos de nuevo.\n\nSon 41 m³.", by=office, now=timezone.now())
    tour.see(own, "claims")
    tour.see(f"{own}{waiting.public_id}/", "claim", "open")
    tour.page.get_by_role("link", name="Retirar el reclamo").click()
    tour.page.get_by_role("dialog").wait_for()
    tour.look("claim", "with the question in its window")
    tour.see(f"{own}{waiting.public_id}/retirar/", "withdraw_claim")
    tour.see(f"{own}{ended.public_id}/", "claim", "answered")
    tour.see(f"{base(link)}facturas/{unusual.public_id}/", "invoice", "under review")
    tour.see(f"{base(link)}inicio/", "account_home", "with a bill under review")

    assert tour.faults == []
    assert tour.seen == {"claims", "claim", "claim_bill", "withdraw_claim", "invoice", "account_home"}


def with_history() -> ServiceAccount:
    """An account whose thirteen bills are paid, with readings."""
    account = ServiceAccountFactory.create()
    for back in range(13):
        bill = bills.InvoiceFactory.create(
            account=account,
            period=add_months(date(2026, 9, 1), -2 * back),
            issued_on=today() - timedelta(days=60 * back + 20),
            due_on=today() - timedelta(days=60 * back),
            amount=Decimal(1000 + 37 * back),
            consumption_m3=Decimal(30 + back),
        )
        record_external_payment(bills.operation(account, (bill, bill.amount)), cause="test")
    return account
