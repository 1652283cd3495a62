"""Adhesions of accounts. Each test names what matters in it, by keyword, and no more."""

from django.utils import timezone

from accounts.enums import TermsPurpose
from accounts.models import AccountLink
from accounts.terms import current_terms
from adhesions.digital.joining import join_digital_billing
from adhesions.models import DigitalBilling


def digital(link: AccountLink, *, email: str = "") -> DigitalBilling:
    """The adhesion to the digital bill of the person of this link, at their own mail unless the test says another."""
    return join_digital_billing(
        link,
        email=email or link.user.email,
        terms=current_terms(TermsPurpose.DIGITAL_BILL),
        ip="190.3.4.5",
        now=timezone.now(),
    )
