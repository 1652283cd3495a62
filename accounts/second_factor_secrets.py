"""The secrets of the second factor are stored encrypted, so that a copy of the database is not enough to pass it.

The key comes from SECRET_KEY; after a rotation, old secrets are read with SECRET_KEY_FALLBACKS.
"""

import base64

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "accounts.second_factor_secrets"


def encrypt(text: str) -> str:
    """The text as it is stored."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """The text again. Raises cryptography's InvalidToken when no key of this installation encrypted it."""
    return _keys().decrypt(stored.encode()).decode()


def _keys() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(secret)) for secret in secrets])


def _derived(secret: str | bytes) -> bytes:
    return base64.urlsafe_b64encode(salted_hmac(SALT, "key", secret=secret, algorithm="sha256").digest())
