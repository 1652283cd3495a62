"""Whether a request comes from the channel: Standard Webhooks 1.0.0, held to it more strictly than its library does.

The library takes a timestamp with a fraction, a secret of one byte, and raises whatever malformed headers make Python
raise. Here the timestamp is a plain integer, a secret has 24 to 64 bytes, and anything wrong is one refusal.
"""

import logging
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from cryptography.fernet import InvalidToken
from standardwebhooks.webhooks import Webhook

from billing.channels.secrets import SecretUnfitError, readable, secret_bytes
from billing.models import CollectionChannel

TOLERANCE_SECONDS: Final = 300

_ID, _TIMESTAMP, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_MESSAGE_ID = re.compile(r"[!-~]{1,255}")
_WHOLE_SECONDS = re.compile(r"0|[1-9][0-9]{0,11}")

_log = logging.getLogger(__name__)


class SignatureRefusedError(Exception):
    """The request is not known to be the channel's. `code` says what about it is wrong, as the answer tells."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def verify_request(channel: CollectionChannel, headers: Mapping[str, str], body: bytes, *, now: datetime) -> str:
    """The `webhook-id` of a request that the channel signed within five minutes of now. Raises SignatureRefusedError.

    `headers` has the three headers under their names in lower case.
    """
    message_id, timestamp = headers.get(_ID, ""), headers.get(_TIMESTAMP, "")
    if not _MESSAGE_ID.fullmatch(message_id):
        raise SignatureRefusedError("webhook_id")
    if not _WHOLE_SECONDS.fullmatch(timestamp) or abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise SignatureRefusedError("webhook_timestamp")
    signed = {_ID: message_id, _TIMESTAMP: timestamp, _SIGNATURE: headers.get(_SIGNATURE, "")}
    if not any(_is_signed_with(key, signed, body) for key in _usable_keys(channel, now)):
        raise SignatureRefusedError("webhook_signature")
    return message_id


def _usable_keys(channel: CollectionChannel, now: datetime) -> list[bytes]:
    keys = []
    for secret in channel.secrets.usable(at=now):
        try:
            keys.append(secret_bytes(readable(secret)))
        except (InvalidToken, SecretUnfitError):
            _log.exception("secret %s of channel %s cannot be used", secret.pk, channel.slug)
    return keys


def _is_signed_with(key: bytes, headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(key).verify(body, headers, json_parse=False)
    except Exception:  # noqa: BLE001  whatever the library raises, the signature was not verified
        return False
    return True
