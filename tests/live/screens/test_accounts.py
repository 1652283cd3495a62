"""Linking accounts, Inicio and the way to the checkout."""

from django.utils import timezone
from playwright.sync_api import Locator, Page

from accounts.counter_links import invite_to_link
from accounts.models import User
from oficina.shared.models import OutgoingMail
from tests.factories.accounts import AccountLinkFactory, ServiceAccountFactory, UserFactory
from tests.factories.attention import TENANT
from tests.live import journey
from tests.live.portal import Portal
from tests.live.screens.doing import base, submit
from tests.live.screens.names import CUSTOMERS
from tests.live.tour import Tour


def test_screens_of_customers(portal: Portal, tour: Tour) -> None:
    page = tour.page
    user = UserFactory.create(email="ana@correo.example", first_name="Ana", last_name="Suárez")
    journey.log_in(page, user)
    tour.see("/inicio/", "account_home_short", "without accounts")
    tour.see("/mis-cuentas/", "my_accounts", "without accounts")
    tour.see(f"/invitacion/{invited_at_the_counter(user)}/", "accept_invitation")
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
        "plan_offer", "generate_plan", "payment_plans", "payment_plan", "give_up_plan", "pay_off_plan",
        "property_location", "report_location",
        "prove_account", "claim_bill", "claims", "claim", "withdraw_claim",
        "report_payment", "payment_report", "withdraw_payment_report",
        "invoice", "payment", "account_credit", "charges", "charge", "invoice_charge", "debt_certificates",
        "paid_bills", "listing", "digital_billing", "cancel_digital_billing", "bill_not_received",
        "direct_debit", "cancel_direct_debit", "stop_debit", "direct_debit_card", "change_bill_mail", "prove_bill_mail",
    }  # fmt: skip
    assert tour.seen == CUSTOMERS - elsewhere


def invited_at_the_counter(user: User) -> str:
    """What the mail of the office leads to."""
    office = UserFactory.create(email="olga@aguas.example", is_staff=True)
    invite_to_link(ServiceAccountFactory.create(), user.email, TENANT, by=office, now=timezone.now())
    mail = OutgoingMail.objects.get(recipients=user.email)
    assert mail.content is not None
    told: str = mail.content["body"]
    return told.partition("/invitacion/")[2].partition("/")[0]


def find_account(page: Page, number: str, datum: str) -> None:
    page.locator("[data-boxes] input").first.fill(number)
    page.locator("#id_datum").fill(datum)
    submit(page, "Buscar")


def type_too_much(box: Locator) -> None:
    """More than the box takes, which a browser would not let a person type."""
    box.evaluate("box => box.removeAttribute('maxlength')")
    box.fill("x" * 200)
