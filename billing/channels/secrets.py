"""The secrets with which channels sign: made, kept encrypted, retired. At any moment several may be usable."""

import base64
import binascii
import secrets
from datetime import datetime
from typing import Final

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from billing.models import ChannelSecret, CollectionChannel
from oficina.shared import encryption

PREFIX: Final = "whsec_"
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret, as Standard Webhooks asks for."""

_GENERATED_BYTES = 32
_ENDING = 4
_PURPOSE = "billing.channels.secrets"


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
def issue_secret(channel: CollectionChannel, *, by: User, at: datetime) -> tuple[ChannelSecret, str]:
    """A new secret, usable from `at` on beside those that are, and its text, to be shown this once."""
    text = PREFIX + base64.b64encode(secrets.token_bytes(_GENERATED_BYTES)).decode()
    return keep_secret(channel, text, by=by, at=at), text


@sensitive_variables()
def keep_secret(channel: CollectionChannel, secret: str, *, by: User, at: datetime) -> ChannelSecret:
    """A secret that the channel chose itself, usable from `at` on. Raises SecretUnfitError."""
    secret_bytes(secret)
    return ChannelSecret.objects.create(
        channel=channel,
        encrypted=encryption.encrypt(secret, purpose=_PURPOSE),
        ending=secret[-_ENDING:],
        valid_from=at,
        created_by=by,
        created_at=at,
    )


def retire_secret(secret: ChannelSecret, *, by: User, at: datetime) -> ChannelSecret:
    """From `at` on the secret verifies nothing. One that is retired already is at most brought forward."""
    with transaction.atomic():
        locked = ChannelSecret.objects.select_for_update(no_key=True).get(pk=secret.pk)
        if locked.valid_until is None or at < locked.valid_until:
            locked.valid_until = max(at, locked.valid_from)
            locked.retired_by = by
            locked.save(update_fields=["valid_until", "retired_by"])
    return locked


@sensitive_variables()
def readable(secret: ChannelSecret) -> str:
    """The text of a kept secret. Raises cryptography's InvalidToken when no key of this installation encrypted it."""
    return encryption.decrypt(secret.encrypted, purpose=_PURPOSE)
