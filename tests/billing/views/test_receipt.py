from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import AccountLink
from billing.external_payments import record_external_payment
from billing.models import Invoice, Payment, Receipt
from tests.factories.billing import open_checkout, operation, paid_checkout

pytestmark = pytest.mark.usefixtures("at_noon")


def receipt_of(payment: Payment) -> str:
    return f"/pagos/{payment.public_id}/recibo.pdf"


@pytest.fixture
def settled(link: AccountLink, invoice: Invoice) -> Payment:
    return paid_checkout(invoice, payer=link.user)


def test_it_is_drawn_once_and_served_as_stored(as_owner: Client, settled: Payment) -> None:
    first = as_owner.get(receipt_of(settled))
    second = as_owner.get(receipt_of(settled))

    receipt = Receipt.objects.get()
    assert first.content[:5] == b"%PDF-"
    assert first.content == second.content == bytes(receipt.pdf or b"")
    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"] == f'attachment; filename="recibo-{receipt.number}.pdf"'
    assert "no-store" in first["Cache-Control"]


@pytest.mark.parametrize("who", ["as_teammate", "as_stranger"])
def test_it_is_the_payers_alone(request: pytest.FixtureRequest, settled: Payment, who: str) -> None:
    client: Client = request.getfixturevalue(who)
    assert client.get(receipt_of(settled)).status_code == 404


def test_that_of_a_counter_is_for_whoever_has_the_account(
    as_owner: Client, as_teammate: Client, as_stranger: Client, link: AccountLink, invoice: Invoice
) -> None:
    payment = record_external_payment(operation(link.account, (invoice, Decimal("1000.00"))), cause="test")
    answers = [client.get(receipt_of(payment)).status_code for client in (as_owner, as_teammate, as_stranger)]
    assert answers == [200, 200, 404]


def test_anonymous_logs_in_and_comes_back(anonymous: Client, settled: Payment) -> None:
    assert anonymous.get(receipt_of(settled))["Location"] == f"/ingresar/?next={receipt_of(settled)}"


def test_a_payment_that_is_not_settled_has_none(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    assert as_owner.get(receipt_of(open_checkout(invoice, payer=link.user))).status_code == 404


def test_it_rejects_other_methods(as_owner: Client, settled: Payment) -> None:
    assert as_owner.post(receipt_of(settled)).status_code == 405
