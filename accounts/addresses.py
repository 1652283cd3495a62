"""Addresses that go into mails: absolute, and each under the link of whoever reads it."""

from django.conf import settings
from django.urls import reverse

from accounts.models import AccountLink


def page_of(user_id: int | None, account_id: int, url_name: str, *ids: str) -> str:
    """A page about an account for a person; `ids` follow the link's in its address. Empty when they do not have the
    account linked, since its pages are closed to them.
    """
    links = AccountLink.objects.active().filter(user=user_id, account=account_id)
    ref = links.values_list("public_id", flat=True).first()
    return f"{settings.BASE_URL}{reverse(url_name, args=[ref, *ids])}" if ref else ""
