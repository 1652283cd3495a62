"""The office acts on money: a clerk gives part of a payment back, and opens a collection channel that then tells."""

import urllib.request
from decimal import Decimal

import pytest
import stripe
from django.contrib.auth.models import Permission
from playwright.sync_api import Page, expect

from accounts.models import AccountLink, User
from billing.enums import RefundState, WebhookStatus
from billing.models import Payment, Refund, WebhookEvent
from oficina.shared.dates import today
from tests.billing.channels.signing import headers, received
from tests.factories.accounts import UserFactory
from tests.ledger_invariants import ledger_invariants
from tests.live import journey
from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.journey import House
from tests.live.portal import Portal

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def home(portal: Portal) -> House:
    """The bills of the account."""
    return journey.house()


@pytest.fixture
def link(home: House) -> AccountLink:
    """Ana's link to it."""
    return journey.customer_of(home.account)


def clerk(*codenames: str) -> User:
    """Olga, of the office, who may do this and nothing else."""
    olga = UserFactory.create(email="olga@aguas.example", first_name="Olga", last_name="Ríos", is_staff=True)
    olga.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    assert olga.user_permissions.count() == len(codenames)
    return olga


def opened_by(visits: Visits, user: User, *, width: int = DESKTOP) -> Page:
    page = visits.open("/accesibilidad/", width=width)
    journey.log_in(page, user)
    return page


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def at_provider(portal: Portal, payment: Payment) -> list[tuple[int, str]]:
    """Its refunds: minor units and status."""
    client = stripe.StripeClient(portal.simulator.api_key, base_addresses={"api": portal.simulator.base_url})
    found = client.v1.refunds.list({"payment_intent": payment.provider_payment_id or ""})
    return [(refund.amount, str(refund.status)) for refund in found.data]


def test_a_clerks_refund_reaches_provider_customer_and_mail(
    portal: Portal, visits: Visits, home: House, link: AccountLink
) -> None:
    customer = opened_by(visits, link.user, width=PHONE)
    payment = journey.begin_payment(customer, portal, link, home.current)
    journey.pay_by_card(customer)
    expect(customer.get_by_role("heading", level=1)).to_have_text("Listo, pagaste")
    payment.refresh_from_db()
    office = opened_by(visits, clerk("view_payment", "refund_payment"))
    office.goto(f"/admin/billing/payment/{payment.pk}/change/")

    office.get_by_role("link", name="Devolver plata").click()
    expect(office.get_by_role("row", name=f"Factura {home.current}")).to_contain_text(f"${NBSP}1.000,10")
    office.get_by_label("Una parte", exact=True).check()
    office.get_by_label("Importe de la parte").fill("300,10")
    office.get_by_label("Pagó de más").check()
    press(office, "Continuar")
    expect(office.get_by_role("row", name=f"La factura {home.current} vuelve a deber")).to_contain_text("300,10")
    assert Refund.objects.count() == 0
    press(office, f"Sí, devolver ${NBSP}300,10")

    expect(office.get_by_text(f"Devolvimos ${NBSP}300,10 (D-")).to_be_visible()
    expect(office.locator(".office-timeline")).to_contain_text("hecha")
    assert at_provider(portal, payment) == [(30_010, "succeeded")]
    told = WebhookEvent.objects.filter(event_type__contains="refund", payment=payment)
    portal.wait_until(lambda: told.filter(status=WebhookStatus.PROCESSED).exists(), "the provider's notice")
    refund = Refund.objects.get()
    assert (refund.state, refund.requested_by, refund.amount) == (
        RefundState.SUCCEEDED,
        User.objects.get(email="olga@aguas.example"),
        Decimal("300.10"),
    )
    mail = portal.wait_for_mail(link.user.email, subject="Te devolvimos")
    assert mail.subject.startswith(f"Te devolvimos ${NBSP}300,10, cuenta terminada en ")
    assert payment.number in mail.text
    customer.reload()
    expect(customer.get_by_role("heading", level=1)).to_have_text("Pagaste y te devolvimos una parte")
    expect(customer.get_by_text(f"Devolución de ${NBSP}300,10")).to_be_visible()
    (owed,) = journey.priced_today((home.current,))
    assert owed.amount_due == Decimal("300.10")
    customer.goto(f"/cuenta/{link.public_id}/inicio/")
    expect(journey.box_of(customer, home.current)).to_be_enabled()
    ledger_invariants()


def test_a_channel_that_the_office_opens_tells_with_the_secret_it_was_given(
    portal: Portal, visits: Visits, home: House, link: AccountLink
) -> None:
    may = ("view_collectionchannel", "add_collectionchannel", "add_channelsecret")
    office = opened_by(visits, clerk(*may))
    office.goto("/admin/billing/collectionchannel/add/")
    office.locator("#id_slug").fill("cobro-express")
    office.locator("#id_name").fill("Cobro Express")
    press(office, "Guardar")
    expect(office.get_by_text("Creamos el canal Cobro Express.")).to_be_visible()
    office.get_by_role("link", name="Emitir un secreto").click()
    press(office, "Emitir el secreto")
    secret = office.locator(".office-secret").inner_text()
    address = f"{portal.base_url}/webhooks/cobranzas/cobro-express/"
    expect(office.get_by_text(address)).to_be_visible()

    paid_at = f"{today():%Y-%m-%d}T00:00:01-03:00"
    body = received(home.next_one, paid_at=paid_at, amount="333.33", bills=[
        {"payment_code": home.next_one.payment_code, "amount": "333.33"}
    ])  # fmt: skip
    assert delivered(address, body, secret) == 204

    payment = Payment.objects.get(channel="cobro-express", operation_number="R-1")
    assert payment.amount_received == Decimal("333.33")
    home.next_one.refresh_from_db()
    assert home.next_one.is_paid
    office.get_by_role("link", name="Ya lo copié").click()
    expect(office.locator("#secretos + .office-scroll")).to_contain_text(secret[-4:])
    assert secret not in office.content()
    customer = opened_by(visits, link.user)
    customer.goto(f"/cuenta/{link.public_id}/inicio/")
    expect(journey.box_of(customer, home.next_one)).to_have_count(0)
    for name in ("web", "worker"):
        assert secret not in portal.processes.log(name).read_text(errors="replace")
    ledger_invariants()


def delivered(address: str, body: bytes, secret: str) -> int:
    """The status of the answer to a message that was signed a moment ago."""
    signed = {**headers(body, secrets=(secret,)), "Content-Type": "application/json"}
    request = urllib.request.Request(address, body, signed)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return int(answer.status)
