"""The office reads the documents that the utility issued, finds them by what is on the paper, and downloads them."""

import pytest
from django.test import Client
from django.utils import timezone
from time_machine import Traveller

from accounts.account_numbers import format_account_number
from accounts.models import AccountLink, User
from billing.charges.acts import invoice_charge
from billing.debt_certificates import issue_certificate
from billing.models import ChargeVoucher, DebtCertificate, Invoice, Receipt, StoredDocument
from billing.stored_documents import file_name_of
from oficina.shared.ids import grouped_code
from tests.answers import text_of
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import InvoiceFactory, paid_checkout
from tests.factories.charges import ChargeFactory
from tests.staff.conftest import may

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

KINDS = {"receipt": Receipt, "debtcertificate": DebtCertificate, "chargevoucher": ChargeVoucher}


def a_document(kind: str, link: AccountLink) -> StoredDocument:
    match kind:
        case "receipt":
            return paid_checkout(InvoiceFactory.create(account=link.account), payer=link.user).receipt
        case "debtcertificate":
            return issue_certificate(link, link.user)
        case _:
            charge = ChargeFactory.create(account=link.account)
            invoice_charge(charge, accepted=charge.amount, by=link.user, now=timezone.now())
            return ChargeVoucher.objects.get(charge=charge)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of document in turn."""
    name: str = request.param
    return name


@pytest.fixture
def document(kind: str, link: AccountLink) -> StoredDocument:
    """One of Ana's account; there is another of the same kind, of somebody else's."""
    a_document(kind, AccountLinkFactory.create())
    return a_document(kind, link)


def found(client: Client, kind: str, **asked: str) -> list[int]:
    return [row.pk for row in client.get(f"/admin/billing/{kind}/", asked).context["cl"].result_list]


def pdf_of(document: StoredDocument) -> str:
    return f"/admin/billing/{document._meta.model_name}/{document.pk}/documento.pdf"


def test_what_is_on_the_paper_finds_it(
    as_administrator: Client, kind: str, document: StoredDocument, link: AccountLink
) -> None:
    code = document.verification_code
    number = format_account_number(link.account.number)
    for typed in (document.number, document.number.lower(), code, grouped_code(code).lower(), number):
        assert found(as_administrator, kind, q=typed) == [document.pk], typed
    assert found(as_administrator, kind, q="nada") == []
    assert len(found(as_administrator, kind)) == 2


def test_the_one_box_finds_it_too(as_administrator: Client, document: StoredDocument) -> None:
    page = text_of(as_administrator.get("/admin/search/", {"s": grouped_code(document.verification_code)}))
    assert document.number in page


def test_the_list_and_the_record_show_its_code_and_lead_to_the_pdf(
    as_administrator: Client, kind: str, document: StoredDocument
) -> None:
    code = grouped_code(document.verification_code)
    assert code in text_of(as_administrator.get(f"/admin/billing/{kind}/"))
    record = text_of(as_administrator.get(f"/admin/billing/{kind}/{document.pk}/change/"))
    assert code in record
    assert f'href="{pdf_of(document)}"' in record


def test_the_pdf_is_the_stored_one(as_administrator: Client, kind: str, document: StoredDocument) -> None:
    first = as_administrator.get(pdf_of(document))

    stored = KINDS[kind]._default_manager.get(pk=document.pk)
    assert first.content.startswith(b"%PDF")
    assert first.content == as_administrator.get(pdf_of(document)).content == bytes(stored.pdf or b"")
    assert first["Content-Disposition"] == f'attachment; filename="{file_name_of(document)}"'


def test_only_who_may_see_the_kind_gets_its_pdf(
    as_owner: Client, anonymous: Client, staff: User, kind: str, document: StoredDocument
) -> None:
    address = pdf_of(document)
    others = [f"view_{other}" for other in KINDS if other != kind]
    assert may(staff, *others).get(address).status_code == 404
    assert may(staff, f"view_{kind}").get(address).status_code == 200
    assert as_owner.get(address).status_code == 404
    assert anonymous.get(address).status_code == 302


@pytest.mark.parametrize("kind", ["debtcertificate", "chargevoucher"], indirect=True)
def test_the_list_filters_by_the_day_of_issue(
    as_administrator: Client, kind: str, document: StoredDocument, at_noon: Traveller
) -> None:
    assert len(found(as_administrator, kind, issued_at__gte="2026-11-24 00:00:00-03:00")) == 2
    assert found(as_administrator, kind, issued_at__gte="2026-11-25 00:00:00-03:00") == []
    assert "Últimos 7 días" in text_of(as_administrator.get(f"/admin/billing/{kind}/"))


def test_a_comprobante_is_found_by_its_charge_and_its_bill(as_administrator: Client, link: AccountLink) -> None:
    sought, _ = (a_document("chargevoucher", link) for _ in range(2))
    assert isinstance(sought, ChargeVoucher)
    bill = Invoice.objects.get(charge=sought.charge_id)

    for typed in (sought.charge.charge_number, bill.invoice_number, f"B {bill.invoice_number}"):
        assert sought.pk in found(as_administrator, "chargevoucher", q=typed)
    assert found(as_administrator, "chargevoucher", q=bill.invoice_number) == [sought.pk]
    listed = text_of(as_administrator.get("/admin/billing/chargevoucher/"))
    assert f'href="/admin/billing/charge/{sought.charge_id}/change/"' in listed
    assert f'href="/admin/billing/invoice/{bill.pk}/change/"' in listed
