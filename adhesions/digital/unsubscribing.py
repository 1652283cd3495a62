"""Stopping the mails from the mail itself, without logging in (RFC 8058)."""

from datetime import datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse

from adhesions.digital.leaving import end_digital_billing
from adhesions.enums import AdhesionEnd
from adhesions.models import DigitalBilling

_SALT = "adhesions.digital.unsubscribing"


def unsubscribe_address(adhesion: DigitalBilling) -> str:
    """The address, good for ever and for nothing else, at which a POST ends this adhesion."""
    return f"{settings.BASE_URL}{reverse('unsubscribe', args=[_token(adhesion)])}"


def adhesion_of_token(token: str) -> DigitalBilling | None:
    """The adhesion that an address was made for, ended or not; None when nobody here made it."""
    try:
        reference = signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature:
        return None
    return DigitalBilling.objects.select_related("account").filter(public_id=reference).first()


def unsubscribe(adhesion: DigitalBilling, *, now: datetime) -> None:
    """End the adhesion on behalf of whoever reads its mails. Twice changes nothing."""
    end_digital_billing(adhesion, AdhesionEnd.UNSUBSCRIBED, by=None, now=now)


def _token(adhesion: DigitalBilling) -> str:
    return signing.Signer(salt=_SALT).sign(adhesion.public_id)
