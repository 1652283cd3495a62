"""Adhesions of accounts. Each test names what matters in it, by keyword, and no more."""

from django.utils import timezone

from accounts.codes import code_digest
from accounts.enums import TermsPurpose
from accounts.models import AccountLink
from accounts.terms import current_terms
from adhesions.digital.joining import join_digital_billing
from adhesions.models import DigitalBilling, MailProof


def digital(link: AccountLink, *, email: str = "") -> DigitalBilling:
    """The adhesion to the digital bill of the person of this link, at their own mail unless the test says another."""
    return join_digital_billing(
        link,
        email=email or link.user.email,
        terms=current_terms(TermsPurpose.DIGITAL_BILL),
        ip="190.3.4.5",
        now=timezone.now(),
    )


def mail_proof(
    link: AccountLink, *, email: str, code: str = "4821-0937", used_by: DigitalBilling | None = None
) -> MailProof:
    """That a code was mailed for the person of this link, now; and was typed, when it made an adhesion."""
    proof = MailProof(link=link, email=email, terms=current_terms(TermsPurpose.DIGITAL_BILL), ip_address="190.3.4.5")
    proof.code_digest = code_digest(code, of=proof.public_id)
    if used_by is not None:
        proof.adhesion, proof.used_at = used_by, proof.sent_at
    proof.save()
    return proof
