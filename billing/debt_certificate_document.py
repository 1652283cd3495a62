"""What a certificate of no debt says, and what whoever checks one is told."""

from billing.document_context import document_context
from billing.models import DebtCertificate
from billing.verification import VerifiedDocument
from oficina.shared.dates import clock, local_day, short_date
from oficina.shared.pdf import render_pdf


def render_certificate(certificate: DebtCertificate) -> bytes:
    """The certificate as PDF, from what was true when it was issued."""
    return render_pdf("documents/debt_certificate.html", certificate_context(certificate))


def certificate_context(certificate: DebtCertificate) -> dict[str, object]:
    """Everything that `documents/debt_certificate.html` shows."""
    shared = document_context(certificate, certificate.account)
    return {
        **shared,
        "issued_on": short_date(local_day(certificate.issued_at)),
        "issued_at": clock(certificate.issued_at),
        "account_facts": [
            ("Número", str(shared["account_number"])),
            ("Titular", certificate.holder_name),
            ("Servicio en", f"{certificate.service_address}, {certificate.locality}"),
        ],
    }


def tell_certificate(certificate: DebtCertificate) -> VerifiedDocument:
    """It stands for its date and says nothing of any later one, so it never ceases to be true."""
    return VerifiedDocument(
        name="Libre deuda",
        on_what="Emitido el",
        on=local_day(certificate.issued_at),
        amount=None,
        account_number=certificate.account.number,
        note="Vale a la fecha en que se emitió. No dice nada de lo que se facturó después.",
    )
