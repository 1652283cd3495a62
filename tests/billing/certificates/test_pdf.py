"""The PDFs themselves: tagged, small, with what the database says, and a QR that leads to where it is verified."""

import pytest
from django.conf import settings

from accounts.account_numbers import format_account_number
from accounts.models import AccountLink
from billing.debt_certificates import issue_certificate
from billing.models import StoredDocument
from billing.stored_documents import stored_pdf
from oficina.shared.ids import grouped_code
from tests.factories.billing import InvoiceFactory, paid_checkout
from tests.printed import codes_on, facts_of, fonts_of, qpdf_check, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture(params=["certificate", "receipt"])
def document(request: pytest.FixtureRequest, link: AccountLink) -> StoredDocument:
    if request.param == "receipt":
        return paid_checkout(InvoiceFactory.create(account=link.account), payer=link.user).receipt
    return issue_certificate(link, link.user)


def test_it_is_tagged_small_sound_and_says_its_language_and_title(document: StoredDocument) -> None:
    pdf = stored_pdf(document)
    facts = facts_of(pdf)
    assert len(pdf) < 100_000
    assert (facts["Pages"], facts["Tagged"], facts["Lang"]) == ("1", "yes", "es-AR")
    assert document.number in facts["Title"]
    assert all(font.embedded and font.subset for font in fonts_of(pdf))
    qpdf_check(pdf)


def test_its_qr_leads_to_its_verification(document: StoredDocument) -> None:
    address = f"{settings.BASE_URL}/verificar/{document.verification_code}/"
    assert codes_on(stored_pdf(document)) == {"QR Code": address}


def test_a_certificate_says_what_the_database_says(link: AccountLink) -> None:
    certificate = issue_certificate(link, link.user)
    words = words_of(stored_pdf(certificate))
    for said in (
        f"N.º {certificate.number} · Fecha 24/11/2026",
        format_account_number(link.account.number),
        certificate.holder_name,
        f"{certificate.service_address}, {certificate.locality}",
        "El 24/11/2026 a las 12:00 h no tenía facturas, cargos ni cuotas sin pagar",
        grouped_code(certificate.verification_code),
    ):
        assert said in words
