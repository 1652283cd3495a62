"""The secrets with which others sign what they report: made, kept encrypted, retired.

At any moment several may be usable.
"""

import base64
import binascii
import secrets
from datetime import datetime
from typing import Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from oficina.shared import encryption
from oficina.shared.webhooks.secret_model import WebhookSecret

PREFIX: Final = "whsec_"
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret, as Standard Webhooks asks for."""

_GENERATED_BYTES = 32
_ENDING = 4
_PURPOSE = "billing.channels.secrets"
"""Where the first of them were kept: what was encrypted for this purpose is read with it and no other."""


class SecretUnfitError(Exception):
    """A secret is `whsec_` and 24 to 64 bytes in base64, and this is something else."""


@sensitive_variables()  # no report of an error tells a secret
def secret_bytes(secret: str) -> bytes:
    """The key in a secret. Raises SecretUnfitError."""
    if not secret.startswith(PREFIX):
        raise SecretUnfitError
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SecretUnfitError from error
    if not SHORTEST <= len(key) <= LONGEST:
        raise SecretUnfitError
    return key


@sensitive_variables()
def issue_secret[Secret: WebhookSecret](secret: Secret, *, by: AbstractBaseUser, at: datetime) -> tuple[Secret, str]:
    """A new secret, usable from `at` on beside those that are, and its text, to be shown this once.

    `secret` is a row that is not saved and says no more than whose it is.
    """
    text = PREFIX + base64.b64encode(secrets.token_bytes(_GENERATED_BYTES)).decode()
    return keep_secret(secret, text, by=by, at=at), text


@sensitive_variables()
def keep_secret[Secret: WebhookSecret](secret: Secret, text: str, *, by: AbstractBaseUser, at: datetime) -> Secret:
    """A secret that its owner chose, usable from `at` on; `secret` is as to `issue_secret`. Raises SecretUnfitError."""
    secret_bytes(text)
    secret.encrypted = encryption.encrypt(text, purpose=_PURPOSE)
    secret.ending = text[-_ENDING:]
    secret.valid_from = secret.created_at = at
    secret.created_by_id = by.pk
    secret.save(force_insert=True)
    return secret


def retire_secret[Secret: WebhookSecret](secret: Secret, *, by: AbstractBaseUser, at: datetime) -> Secret:
    """From `at` on the secret verifies nothing. One that is retired already is at most brought forward."""
    with transaction.atomic():
        locked = type(secret)._default_manager.select_for_update(no_key=True).get(pk=secret.pk)
        if locked.valid_until is None or at < locked.valid_until:
            locked.valid_until = max(at, locked.valid_from)
            locked.retired_by_id = by.pk
            locked.save(update_fields=["valid_until", "retired_by"])
    return locked


@sensitive_variables()
def readable(secret: WebhookSecret) -> str:
    """The text of a kept secret. Raises cryptography's InvalidToken when no key of this installation encrypted it."""
    return encryption.decrypt(secret.encrypted, purpose=_PURPOSE)
