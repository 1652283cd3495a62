"""What every issued document shows: who issued it, whose account it is about, and how to check that it is genuine."""

from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from accounts.account_numbers import format_account_number
from accounts.models import ServiceAccount
from oficina.shared.codes import qr_code
from oficina.shared.ids import grouped_code


class Verifiable(Protocol):
    """What has a code by which whoever holds its paper checks it."""

    @property
    def verification_code(self) -> str:
        """As it is stored, without dashes."""


def document_context(document: Verifiable, account: ServiceAccount) -> dict[str, object]:
    """What `documents/base.html` and `documents/proof.html` show of a document about an account."""
    parts = urlsplit(settings.BASE_URL + reverse("verify_document", args=[document.verification_code]))
    form = reverse("verify").removesuffix("/")
    return {
        "utility": settings.UTILITY,
        "portal_host": parts.netloc,
        "document": document,
        "account_number": format_account_number(account.number),
        "qr": qr_code(parts.geturl()),
        "verification_url": parts.geturl(),
        "verification_address": f"{parts.netloc}{form}",
        "verification_code": grouped_code(document.verification_code),
    }
