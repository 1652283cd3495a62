"""What a customer does in the portal, step by step, as a browser does it: with scripts or without."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from accounts.account_numbers import format_account_number
from accounts.models import AccountLink, ServiceAccount, User
from billing.models import Invoice, Payment
from oficina.shared.dates import today
from oficina.shared.money import pesos
from tests.factories.accounts import PASSWORD, AccountLinkFactory, ServiceAccountFactory, UserFactory
from tests.factories.billing import InvoiceFactory
from tests.live.portal import Portal

ANA = "ana@correo.example"
SELECTED = "input[name=factura]:checked"


@dataclass(frozen=True)
class House:
    """An account with three bills to pay: `late` past its first due date, `current` and `next_one` before it."""

    account: ServiceAccount
    late: Invoice
    current: Invoice
    next_one: Invoice

    @property
    def bills(self) -> list[Invoice]:
        return [self.late, self.current, self.next_one]


def house() -> House:
    """2,050.55 pesos with a printed surcharge of 50.55; 1,000.10; 333.33."""
    account = ServiceAccountFactory.create()
    day = today()
    return House(
        account=account,
        late=InvoiceFactory.create(
            account=account,
            period=date(2026, 5, 1),
            issued_on=day - timedelta(days=25),
            due_on=day - timedelta(days=5),
            later_due_on=[day + timedelta(days=20)],
            later_amounts=[Decimal("2050.55")],
            amount=Decimal("2000.00"),
        ),
        current=InvoiceFactory.create(account=account, period=date(2026, 7, 1), amount=Decimal("1000.10")),
        next_one=InvoiceFactory.create(account=account, period=date(2026, 9, 1), amount=Decimal("333.33")),
    )


def customer_of(account: ServiceAccount, *, email: str = ANA) -> AccountLink:
    """Ana, who has the account linked and calls it Casa."""
    user = UserFactory.create(email=email, first_name="Ana", last_name="Suárez")
    return AccountLinkFactory.create(user=user, account=account, alias="Casa")


def log_in(page: Page, user: User) -> None:
    """Give this browser a session of the person, as logging in does, and quicker."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": origin_of(page)}])


def origin_of(page: Page) -> str:
    """`http://127.0.0.1:<port>/` of the page that is open."""
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}/"


def register(page: Page, portal: Portal, *, email: str = ANA) -> None:
    """From the front page to the first page after the code from the mail was typed."""
    page.get_by_role("main").get_by_role("link", name="Registrate").click()
    fill_registration(page, email)
    expect(page.get_by_role("heading", level=1)).to_have_text("Escribí el código")
    page.locator("#id_code").fill(code_mailed_to(portal, email))
    page.get_by_role("button", name="Confirmar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Asociá tu primera cuenta")


def fill_registration(page: Page, email: str) -> None:
    """Type the data of registration, send them, and wait for the answer."""
    for field, text in {
        "first_name": "Ana",
        "last_name": "Suárez",
        "document": "30.123.456",
        "phone": "261 555 0182",
        "email": email,
        "password": PASSWORD,
    }.items():
        page.locator(f"#id_{field}").fill(text)
    page.locator("#id_terms").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Registrarme").click()


def code_mailed_to(portal: Portal, email: str) -> str:
    """The code in the newest mail to an address."""
    found = re.search(r"\b\d{4}-\d{4}\b", portal.wait_for_mail(email).text)
    assert found is not None
    return found[0]


def paste(page: Page, text: str) -> None:
    """Paste from the clipboard where the focus is, as a person does with the keyboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")


def boxes(page: Page) -> list[str]:
    """What the boxes of the account number hold."""
    return [box.input_value() for box in page.locator("[data-boxes] input").all()]


def link_account(page: Page, account: ServiceAccount, proof: Invoice, *, scripts: bool) -> None:
    """From the first page of a person without accounts to Inicio of the account."""
    page.get_by_role("link", name="Asociar cuenta").click()
    number = format_account_number(account.number)
    first_box = page.locator("[data-boxes] input").first
    if scripts:
        first_box.focus()
        paste(page, number)
        assert boxes(page) == number.split("-")
    else:
        first_box.fill(number)
    page.locator("#id_datum").fill(proof.invoice_number)
    page.get_by_role("button", name="Buscar").click()
    found = page.locator("#cuenta-encontrada")
    expect(found).to_contain_text(account.holder_name)
    expect(found).to_contain_text(account.service_address)
    found.get_by_label("Un nombre para reconocerla").fill("Casa")
    found.get_by_role("button", name="Vincular cuenta").click()
    page.get_by_role("link", name="Gestionar cuenta Casa").click()
    expect(page).to_have_title(re.compile("^Inicio: Casa"))


def choose(page: Page, *bills: Invoice) -> None:
    """Tick these bills on Inicio, and no other."""
    for bill in bills:
        box_of(page, bill).check()
    expect(page.locator(SELECTED)).to_have_count(len(bills))


def box_of(page: Page, bill: Invoice) -> Locator:
    """The box with which a bill is chosen on Inicio."""
    return page.locator(f'input[name=factura][value="{bill.public_id}"]')


def go_to_summary(page: Page, link: AccountLink, *bills: Invoice) -> None:
    """Inicio, these bills, PAGAR: the summary with their total."""
    page.goto(f"/cuenta/{link.public_id}/inicio/")
    choose(page, *bills)
    page.get_by_role("button", name="Pagar", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Resumen del pago")


def go_to_question(page: Page, total: Decimal) -> None:
    """From the summary to the question, in a window or on a page of its own."""
    page.get_by_role("link", name=f"Pagar {pesos(total)}").click()
    expect(page.get_by_role("heading", name="¿Estás seguro?")).to_be_visible()


def go_to_checkout(page: Page, portal: Portal) -> Payment:
    """Say yes to the question; the payment whose hosted page is open then."""
    page.get_by_role("button", name="Sí, ir a pagar").click()
    page.wait_for_url(f"{portal.simulator.base_url}/c/pay/*")
    return Payment.objects.get(provider_session_id=session_at(page))


def session_at(page: Page) -> str:
    """The checkout whose hosted page is open."""
    return page.url.rsplit("/", 1)[-1]


def begin_payment(page: Page, portal: Portal, link: AccountLink, *bills: Invoice) -> Payment:
    """From Inicio to the hosted page."""
    go_to_summary(page, link, *bills)
    total = sum((priced.amount_due for priced in priced_today(bills)), Decimal(0))
    go_to_question(page, total)
    return go_to_checkout(page, portal)


def priced_today(bills: tuple[Invoice, ...]) -> list[Invoice]:
    """The bills with what they cost today."""
    return list(Invoice.objects.filter(pk__in=[bill.pk for bill in bills]).with_amount_due(on=today()))


def pay_by_card(page: Page) -> None:
    """The main button of the hosted page, whose form comes filled in."""
    page.get_by_role("button", name="Pagar $").click()
