"""What the office types, and what it finds."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.account_numbers import format_account_number
from accounts.models import ServiceAccount, User
from billing.models import Invoice, Payment
from oficina.shared.office.paging import BoundedPaginator
from tests.answers import text_of
from tests.factories.accounts import AccountLinkFactory, ServiceAccountFactory, UserFactory
from tests.factories.billing import InvoiceFactory, paid_checkout

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment() -> Payment:
    """A payment of one bill of one account by one person, among others."""
    other = paid_checkout(InvoiceFactory.create(), payer=UserFactory.create(first_name="Otra", document="28999888"))
    assert other.pk
    person = UserFactory.create(email="rosa@correo.example", first_name="Rosa", last_name="Paz", document="27111222")
    account = ServiceAccountFactory.create(holder_name="Rosa Paz", holder_document="27111222")
    AccountLinkFactory.create(user=person, account=account)
    invoice = InvoiceFactory.create(account=account, invoice_number="0007-01843327", payment_code="99887766")
    return paid_checkout(invoice, payer=person)


def found(client: Client, table: str, typed: str) -> list[int]:
    answer = client.get(f"/admin/{table}/", {"q": typed})
    return [row.pk for row in answer.context["cl"].result_list]


def provider_session(payment: Payment) -> str:
    return payment.provider_session_id or ""


@pytest.mark.parametrize(
    "typed",
    [
        lambda payment: payment.number,
        lambda payment: payment.number.lower(),
        lambda payment: str(payment.pk),
        lambda payment: payment.provider_payment_id,
        lambda payment: payment.public_id,
        lambda payment: payment.account.number,
        lambda payment: format_account_number(payment.account.number),
        lambda _payment: "B 0007-01843327",
        lambda _payment: "7-1843327",
        lambda _payment: "000701843327",
        lambda _payment: "9988 7766",
        lambda _payment: "ROSA@correo.example",
    ],
)
def test_payments(as_administrator: Client, payment: Payment, typed: Callable[[Payment], str]) -> None:
    assert found(as_administrator, "billing/payment", typed(payment)) == [payment.pk]


@pytest.mark.parametrize("typed", ["B 0007-01843327", "B0007-01843327", "00007-01843327", "9988-7766", "0007-01843327"])
def test_invoices(as_administrator: Client, payment: Payment, typed: str) -> None:
    invoice = Invoice.objects.get(payment_code="99887766")
    assert found(as_administrator, "billing/invoice", typed) == [invoice.pk]
    assert found(as_administrator, "billing/invoice", format_account_number(payment.account.number)) == [invoice.pk]
    assert found(as_administrator, "billing/invoice", "0007-01843328") == []
    assert found(as_administrator, "billing/invoice", "7XSX-WPYY-NTV1843327") == []  # a verification code


@pytest.mark.parametrize("typed", ["rosa@correo.example", "rosa", "Rosa Paz", "27.111.222"])
def test_people(as_administrator: Client, payment: Payment, typed: str) -> None:
    assert found(as_administrator, "accounts/user", typed) == [payment.payer_id]
    assert found(as_administrator, "accounts/user", payment.account.number) == [payment.payer_id]


@pytest.mark.parametrize("typed", ["Rosa Paz", "27111222"])
def test_accounts(as_administrator: Client, payment: Payment, typed: str) -> None:
    assert found(as_administrator, "accounts/serviceaccount", typed) == [payment.account_id]


@pytest.mark.parametrize("typed", ["\x00", "%", "'", "9" * 40, "P-" + "9" * 40, "١٢٣", "a" * 400])
@pytest.mark.parametrize("table", ["billing/payment", "billing/invoice", "accounts/user", "shared/importchange"])
def test_what_is_nothing_finds_nothing(as_administrator: Client, payment: Payment, table: str, typed: str) -> None:
    assert as_administrator.get(f"/admin/{table}/", {"q": typed}).status_code == 200


def test_one_box_finds_everything(as_administrator: Client, payment: Payment) -> None:
    page = text_of(as_administrator.get("/admin/search/", {"s": payment.account.number}))

    number = format_account_number(payment.account.number)
    for shown in (f"{number} · Rosa Paz", "Rosa Paz &lt;rosa@correo.example&gt;", "B 0007-01843327", payment.number):
        assert shown in page
    assert payment.number in text_of(as_administrator.get("/admin/search/", {"s": provider_session(payment)}))


def test_nobody_finds_what_they_may_not_see(as_clerk: Client, as_owner: Client, payment: Payment) -> None:
    assert payment.number not in text_of(as_clerk.get("/admin/search/", {"s": payment.number}))
    assert as_owner.get("/admin/search/", {"s": payment.number}).status_code == 404


def test_pages_count_no_further_than_they_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oficina.shared.office.paging.REACH", 2)
    ServiceAccountFactory.create_batch(4)
    pages = BoundedPaginator(ServiceAccount.objects.order_by("-pk"), 1)

    with CaptureQueriesContext(connection) as queries:
        assert (pages.count, pages.has_more, pages.num_pages) == (2, True, 2)
    assert "LIMIT 3" in queries[0]["sql"]
    assert len(queries) == 1
    assert not BoundedPaginator(User.objects.order_by("-pk"), 1).has_more
