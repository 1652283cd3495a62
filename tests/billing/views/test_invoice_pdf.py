import pytest
from django.test import Client

from accounts.models import AccountLink, User
from billing.models import Invoice
from tests.factories.billing import InvoiceFactory
from tests.printed import words_of

pytestmark = pytest.mark.usefixtures("at_noon")


def pdf_of(link: AccountLink, invoice: Invoice) -> str:
    return f"/cuenta/{link.public_id}/facturas/{invoice.public_id}/pdf/"


def test_it_is_a_file_to_keep(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    answer = as_owner.get(pdf_of(link, invoice))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="factura-B-{invoice.invoice_number}.pdf"'
    assert "no-store" in answer["Cache-Control"]
    assert invoice.invoice_number in words_of(answer.content)


def test_everybody_who_has_the_account_gets_it(
    as_teammate: Client, teammate: User, link: AccountLink, invoice: Invoice
) -> None:
    assert as_teammate.get(pdf_of(teammate.links.get(), invoice)).status_code == 200
    assert as_teammate.get(pdf_of(link, invoice)).status_code == 404  # a link is its own person's


def test_bills_of_others_are_not_found(
    as_owner: Client, as_stranger: Client, link: AccountLink, invoice: Invoice
) -> None:
    assert as_owner.get(pdf_of(link, InvoiceFactory.create())).status_code == 404
    assert as_stranger.get(pdf_of(link, invoice)).status_code == 404


def test_anonymous_and_other_methods(as_owner: Client, anonymous: Client, link: AccountLink, invoice: Invoice) -> None:
    address = pdf_of(link, invoice)
    assert anonymous.get(address)["Location"] == f"/ingresar/?next={address}"
    assert as_owner.post(address).status_code == 405
