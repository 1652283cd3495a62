"""Whose a bill, its QR and a receipt are, once the account has another holder."""

import base64
import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import Traveller

from accounts.models import ServiceAccount, User
from billing.documents.bill_document import bill_pdf
from billing.models import Invoice
from billing.receipt_document import receipt_context
from tests.answers import text_of
from tests.conftest import NOON
from tests.factories.accounts import AccountLinkFactory, HolderChangeFactory, ServiceAccountFactory
from tests.factories.billing import InvoiceFactory, paid_checkout
from tests.printed import codes_on, words_of

pytestmark = pytest.mark.django_db

CHANGED_ON = date(2026, 11, 24)
BEFORE = ("Nélida Rosa Quiroga", "27-11022233-4", 27110222334)
SINCE = ("Berta Funes", "27-28999111-4", 27289991114)


@pytest.fixture
def account(at_noon: Traveller) -> ServiceAccount:
    account = ServiceAccountFactory.create(
        holder_name="Berta Funes", holder_document="27289991114", holder_vat_condition="Monotributo"
    )
    HolderChangeFactory.create(account=account, changed_at=NOON)
    HolderChangeFactory.create(
        account=account, changed_at=NOON - timedelta(days=300), holder_name="Otro", holder_document="20111111112"
    )
    return account


def bill_of(account: ServiceAccount, issued_on: date) -> Invoice:
    return InvoiceFactory.create(
        account=account, issued_on=issued_on, authorization_code="74123456789012", authorization_due_on=issued_on
    )


@pytest.mark.parametrize(
    ("issued_on", "holder", "others"),
    [
        (CHANGED_ON - timedelta(days=60), BEFORE, SINCE),
        (CHANGED_ON, BEFORE, SINCE),
        (CHANGED_ON + timedelta(days=1), SINCE, BEFORE),
    ],
)
def test_bill_is_of_who_held_the_account_when_it_was_issued(
    as_owner: Client,
    owner: User,
    account: ServiceAccount,
    issued_on: date,
    holder: tuple[str, str, int],
    others: tuple[str, str, int],
) -> None:
    link = AccountLinkFactory.create(user=owner, account=account, alias="Casa")
    bill = bill_of(account, issued_on)

    pdf = bill_pdf(bill.pk, on=CHANGED_ON)
    printed = words_of(pdf)
    page = text_of(as_owner.get(reverse("invoice", args=[link.public_id, bill.public_id])))

    for shown in (printed, page.partition("Datos de la factura")[2]):
        assert holder[0] in shown
        assert holder[1] in shown
        assert others[1] not in shown
        assert ("Monotributo" in shown) is (holder is SINCE)
    assert others[0] not in printed
    described = json.loads(base64.b64decode(codes_on(pdf)["QR Code"].split("?p=")[1]))
    assert described["nroDocRec"] == holder[2]


def test_bill_tells_nobody_what_a_later_holder_owes(account: ServiceAccount) -> None:
    earlier, at_the_change, since = (bill_of(account, CHANGED_ON + timedelta(days=days)) for days in (-60, 0, 1))
    told = {bill: words_of(bill_pdf(bill.pk, on=CHANGED_ON)) for bill in (earlier, since)}
    assert str(at_the_change) in told[earlier]
    assert str(since) not in told[earlier]
    assert str(at_the_change) in told[since]


def test_receipt_is_of_who_held_the_account_when_it_was_paid(account: ServiceAccount, owner: User) -> None:
    payment = paid_checkout(bill_of(account, CHANGED_ON - timedelta(days=60)), payer=owner)
    facts = receipt_context(payment.receipt)["account_facts"]
    assert isinstance(facts, list)
    assert ("Titular", "Nélida Rosa Quiroga") in facts


def test_bill_of_an_account_with_changes_costs_no_more(as_owner: Client, owner: User, account: ServiceAccount) -> None:
    counts = []
    for held in (ServiceAccountFactory.create(), account):
        link = AccountLinkFactory.create(user=owner, account=held)
        address = reverse("invoice", args=[link.public_id, bill_of(held, CHANGED_ON).public_id])
        as_owner.get(address)
        with CaptureQueriesContext(connection) as queries:
            as_owner.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]
