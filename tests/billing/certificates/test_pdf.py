"""The certificate as PDF: what the database says, and a QR that leads to where it is verified."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.account_numbers import format_account_number
from accounts.models import AccountLink
from billing.debt_certificates import issue_certificate
from billing.stored_documents import stored_pdf
from oficina.shared.ids import grouped_code
from tests.billing.views.page_text import words_of as page_of
from tests.printed import codes_on, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def test_it_says_what_the_database_says(link: AccountLink) -> None:
    certificate = issue_certificate(link, link.user)
    account = link.account
    number = format_account_number(account.number)
    words = words_of(stored_pdf(certificate))
    for said in (
        f"Libre deuda N.º {certificate.number} · Fecha 24/11/2026 N.º de cuenta {number}",
        f"Certificamos que la cuenta {number} no tiene deuda",
        "El 24/11/2026 a las 12:00 h no tenía facturas, cargos ni cuotas sin pagar: ni vencidos, ni por vencer.",
        f"Número {number} Titular {account.holder_name} Servicio en {account.service_address}, {account.locality}",
        "Vale a la fecha y la hora en que se emitió. No dice nada de lo que se facture después.",
        f"entrá a testserver/verificar y escribí {grouped_code(certificate.verification_code)}.",
    ):
        assert said in words


def test_its_qr_leads_to_its_verification(link: AccountLink) -> None:
    certificate = issue_certificate(link, link.user)
    address = codes_on(stored_pdf(certificate))["QR Code"]
    assert address == f"{settings.BASE_URL}/verificar/{certificate.verification_code}/"

    page = page_of(Client().get(address.removeprefix(settings.BASE_URL)))
    assert "Este documento es auténtico" in page
    assert "Documento Libre deuda Emitido el 24/11/2026 Cuenta terminada en" in page
