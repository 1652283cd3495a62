"""Secrets that the database keeps encrypted, so that a copy of it is not enough to use them.

The key comes from SECRET_KEY; after a rotation, what was stored before is read with SECRET_KEY_FALLBACKS.
"""

import base64

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def encrypt(text: str, *, purpose: str) -> str:
    """The text as it is stored. What one purpose encrypted, no other can read."""
    return _keys(purpose).encrypt(text.encode()).decode()


def decrypt(stored: str, *, purpose: str) -> str:
    """The text again. Raises cryptography's InvalidToken when no key of this installation encrypted it for this."""
    return _keys(purpose).decrypt(stored.encode()).decode()


def _keys(purpose: str) -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(purpose, secret)) for secret in secrets])


def _derived(purpose: str, secret: str | bytes) -> bytes:
    return base64.urlsafe_b64encode(salted_hmac(purpose, "key", secret=secret, algorithm="sha256").digest())
