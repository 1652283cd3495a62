"""What people see of an account that changed hands: nothing, until they show a bill issued since."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import Settings

from accounts.enums import LinkAttemptOutcome, LinkEvidence
from accounts.holders import Holder, changes_of, holder_of
from accounts.link_attempts import PER_USER
from accounts.linking import BillBeforeTheChange, link_account, prove_link, unlink_account
from accounts.models import AccountLink, HolderChange, LinkAttempt, ServiceAccount, User
from adhesions.links import hold_link
from adhesions.refusals import LinkEnded
from billing.models import Invoice
from oficina.configuration import LinkProof
from oficina.pages.views import account_proof
from tests.answers import Answer, text_of
from tests.conftest import NOON
from tests.factories.accounts import AccountLinkFactory, HolderChangeFactory, UserFactory
from tests.factories.billing import InvoiceFactory, paid_checkout
from tests.imports import csv_files
from tests.pages.test_linking import CONFIRM, SEARCH, boxes, token_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

TODAY = date(2026, 11, 24)
NUMBER = csv_files.account_number()
OLD_CODE, NEW_CODE = "40718293016245", "40718293016246"
NEW_HOLDER, NEW_DOCUMENT = "Berta Funes", "27289991114"
ALLOWED = {"prove_account", "unlink_account", "rename_link"}
"""What stays open: the page that asks, what people call the account, and giving it up."""


def load(tmp_path: Path, **values: str) -> None:
    """Import the account as the billing system tells it."""
    _, bad_rows = csv_files.run(csv_files.write(tmp_path / "accounts.csv", csv_files.account(**values)))
    assert bad_rows == []


@pytest.fixture
def link(tmp_path: Path, owner: User) -> AccountLink:
    """Ana linked the account when Lucía held it and paid a bill; today it became Berta's, who owes a bill."""
    load(tmp_path)
    account = ServiceAccount.objects.get(number=NUMBER.replace("-", ""))
    link = AccountLinkFactory.create(user=owner, account=account, linked_at=NOON - timedelta(days=60))
    old = InvoiceFactory.create(
        account=account, invoice_number="0007-01843327", payment_code=OLD_CODE, issued_on=TODAY - timedelta(days=30)
    )
    paid_checkout(old, payer=owner)
    load(tmp_path, holder_name=NEW_HOLDER, holder_document=NEW_DOCUMENT)
    link.refresh_from_db()
    assert link.must_prove_since == NOON
    return link


@pytest.fixture
def newer(link: AccountLink) -> Invoice:
    """The first bill of the new holder."""
    return InvoiceFactory.create(
        account=link.account,
        invoice_number="0007-02000001",
        payment_code=NEW_CODE,
        issued_on=TODAY + timedelta(days=1),
        amount="98765.43",
    )


def addresses_with_a_link(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    """Name and route of each address of the portal that is about one of the person's links."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if not route.startswith(("admin/", "demo/")):
                yield from addresses_with_a_link(pattern.url_patterns, route)
        elif "<str:ref>" in route:
            yield pattern.name or "", route


def shows_nothing_newer(response: Answer) -> None:
    shown = response.content.decode()
    for secret in ("02000001", NEW_CODE, "98.765", NEW_HOLDER, "Funes", NEW_DOCUMENT, "28.999.111"):
        assert secret not in shown, secret


def test_every_address_of_the_account_leads_to_the_page_that_asks(
    as_owner: Client, link: AccountLink, newer: Invoice
) -> None:
    asked = reverse("prove_account", args=[link.public_id])
    closed = 0
    for name, route in addresses_with_a_link(get_resolver().url_patterns):
        address = "/" + re.sub(r"<\w+:\w+>", newer.public_id, route.replace("<str:ref>", link.public_id))
        for method in (as_owner.get,) if name == "unlink_account" else (as_owner.get, as_owner.post):
            response = method(address)
            shows_nothing_newer(response)
            if name in ALLOWED or response.status_code == 405:
                continue
            assert (response.status_code, response.headers.get("Location")) == (303, asked), (name, method)
            panel = method(address, headers={"HX-Request": "true"})
            assert (panel.status_code, panel.headers.get("HX-Redirect"), panel.content) == (200, asked, b""), name
            closed += 1
    assert closed > 30


def test_pages_about_all_accounts_tell_number_and_address_only(
    as_owner: Client, link: AccountLink, newer: Invoice
) -> None:
    other = AccountLinkFactory.create(user=link.user, alias="Casa")
    home = reverse("account_home", args=[other.public_id])
    for address in ("/mis-cuentas/", home):
        response = as_owner.get(address)
        shows_nothing_newer(response)
        assert "Acreditá la cuenta" in text_of(response)
    for address in ("/mis-datos/", SEARCH, "/pagos/x/"):
        shows_nothing_newer(as_owner.get(address))
    listed = text_of(as_owner.get("/mis-cuentas/"))
    assert str(link.account) in listed
    assert link.account.service_address in listed
    assert "Sin deuda vencida" not in listed, "nobody knows before the account is proven"
    assert "Ninguna cuenta coincide" in text_of(as_owner.get("/mis-cuentas/?q=berta"))
    up_to_date = as_owner.get("/mis-cuentas/?deuda=al-dia").content.decode()
    assert reverse("rename_link", args=[other.public_id]) in up_to_date
    assert reverse("rename_link", args=[link.public_id]) not in up_to_date
    assert as_owner.get("/inicio/").headers["Location"]


def test_page_asks_and_shows_what_the_person_paid(as_owner: Client, link: AccountLink) -> None:
    others = paid_checkout(InvoiceFactory.create(account=link.account), payer=UserFactory.create())
    response = as_owner.get(reverse("prove_account", args=[link.public_id]))
    shown = text_of(response)

    assert 'cambió el <time datetime="2026-11-24">24/11/2026</time>' in shown
    own = link.account.payments.get(payer=link.user)
    assert own.number in shown
    assert reverse("payment_receipt", args=[own.public_id]) in response.content.decode()
    assert others.number not in shown
    assert as_owner.get(reverse("payment", args=[own.public_id])).status_code == 200


@pytest.mark.parametrize("datum", ["0007-02000001", NEW_CODE])
def test_bill_issued_since_opens_the_account(as_owner: Client, link: AccountLink, newer: Invoice, datum: str) -> None:
    response = as_owner.post(reverse("prove_account", args=[link.public_id]), {"datum": datum})

    home = reverse("account_home", args=[link.public_id])
    assert (response.status_code, response.headers["Location"]) == (303, home)
    assert "98.765,43" in text_of(as_owner.get(home))
    again = as_owner.get(reverse("prove_account", args=[link.public_id]))
    assert (again.status_code, again.headers["Location"]) == (303, home)


def test_bill_of_before_or_of_nobody_is_answered_alike_and_counted(
    as_owner: Client, link: AccountLink, newer: Invoice
) -> None:
    address = reverse("prove_account", args=[link.public_id])
    InvoiceFactory.create(account=link.account, payment_code="40718293016299", issued_on=TODAY)

    for datum in (OLD_CODE, "40718293016299", "1"):
        response = as_owner.post(address, {"datum": datum})
        assert account_proof.NOT_FOUND in text_of(response)
        shows_nothing_newer(response)
    assert {attempt.outcome for attempt in LinkAttempt.objects.all()} == {LinkAttemptOutcome.NOT_FOUND}
    for _ in range(PER_USER.failures - 3):
        as_owner.post(address, {"datum": "1"})
    assert account_proof.NOT_FOUND in text_of(as_owner.post(address, {"datum": NEW_CODE}))
    assert LinkAttempt.objects.latest("pk").outcome == LinkAttemptOutcome.BLOCKED
    link.refresh_from_db()
    assert link.must_prove_since == NOON


def test_the_page_is_its_persons_alone(
    as_owner: Client, as_teammate: Client, anonymous: Client, link: AccountLink
) -> None:
    address = reverse("prove_account", args=[link.public_id])
    assert as_teammate.get(address).status_code == 404
    assert as_teammate.post(address, {"datum": NEW_CODE}).status_code == 404
    assert anonymous.get(address).headers["Location"].startswith("/ingresar/")
    assert as_owner.put(address).status_code == 405


def test_linking_again_with_a_bill_of_before_opens_nothing(as_owner: Client, link: AccountLink, newer: Invoice) -> None:
    unlink_account(link)
    found = as_owner.post(SEARCH, {**boxes(link.account.number), "datum": OLD_CODE})
    shows_nothing_newer(found)
    assert 'La titularidad cambió el <time datetime="2026-11-24">' in text_of(found)
    as_owner.post(CONFIRM, {"token": token_in(found), "alias": ""})

    again = AccountLink.objects.active().get(account=link.account)
    assert (again.pk != link.pk, again.must_prove_since) == (True, NOON)
    assert as_owner.get(reverse("account_home", args=[again.public_id])).status_code == 303


def test_linking_with_a_bill_issued_since_sees_everything(
    as_teammate: Client, teammate: User, link: AccountLink, newer: Invoice
) -> None:
    found = as_teammate.post(SEARCH, {**boxes(link.account.number), "datum": NEW_CODE})
    assert NEW_HOLDER in text_of(found)
    as_teammate.post(CONFIRM, {"token": token_in(found), "alias": ""})

    assert teammate.links.get(account=link.account).must_prove_since is None


def test_number_alone_opens_nothing_to_who_acted_before(
    as_owner: Client, link: AccountLink, newer: Invoice, settings: Settings
) -> None:
    settings.UTILITY = django_settings.UTILITY.model_copy(update={"link_proof": LinkProof.NONE})
    account = link.account
    unlink_account(link)

    again = link_account(user=link.user, account=account, evidence=LinkEvidence.NUMBER_ONLY)
    assert again.must_prove_since == NOON
    assert "Un dato de la factura" in text_of(as_owner.get(reverse("prove_account", args=[again.public_id])))
    prove_link(again, bill_issued_on=newer.issued_on)
    unlink_account(again)
    assert link_account(user=link.user, account=account, evidence=LinkEvidence.NUMBER_ONLY).must_prove_since is None

    stranger = link_account(user=UserFactory.create(), account=account, evidence=LinkEvidence.NUMBER_ONLY)
    at_the_desk = link_account(user=UserFactory.create(), account=account, evidence=LinkEvidence.OFFICE)
    assert (stranger.must_prove_since, at_the_desk.must_prove_since) == (None, None)


def test_proof_reaches_the_last_change(link: AccountLink) -> None:
    HolderChangeFactory.create(account=link.account, changed_at=NOON + timedelta(days=10))

    with pytest.raises(BillBeforeTheChange):
        prove_link(link, bill_issued_on=TODAY + timedelta(days=10))
    prove_link(link, bill_issued_on=TODAY + timedelta(days=11))

    link.refresh_from_db()
    assert link.must_prove_since is None
    between = link_account(
        user=UserFactory.create(),
        account=link.account,
        evidence=LinkEvidence.PAYMENT_CODE,
        bill_issued_on=TODAY + timedelta(days=5),
    )
    assert between.must_prove_since == changes_of(link.account)[1]


def test_import_keeps_who_held_the_account(link: AccountLink, tmp_path: Path) -> None:
    change = HolderChange.objects.get()
    told = csv_files.account()
    assert (change.account, change.changed_at) == (link.account, NOON)
    before = Holder(
        name=told["holder_name"],
        document=told["holder_document"].replace("-", ""),
        vat_condition=told["holder_vat_condition"],
    )
    link.account.refresh_from_db()
    assert holder_of(link.account, on=TODAY) == before
    assert holder_of(link.account, on=TODAY + timedelta(days=1)).name == NEW_HOLDER

    load(tmp_path, holder_name=NEW_HOLDER, holder_document=NEW_DOCUMENT)
    assert HolderChange.objects.count() == 1


def test_adhesion_is_refused_while_the_proof_is_due(link: AccountLink) -> None:
    with pytest.raises(LinkEnded):
        hold_link(link)
