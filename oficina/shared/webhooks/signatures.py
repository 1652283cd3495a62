"""Whether a request comes from whom it says: Standard Webhooks 1.0.0, held to it more strictly than its library does.

The library takes a timestamp with a fraction, a secret of one byte, and raises whatever malformed headers make Python
raise. Here the timestamp is a plain integer, a secret has 24 to 64 bytes, and anything wrong is one refusal.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from cryptography.fernet import InvalidToken
from standardwebhooks.webhooks import Webhook

from oficina.shared.webhooks.secret_model import WebhookSecret
from oficina.shared.webhooks.secrets import SecretUnfitError, readable, secret_bytes

TOLERANCE_SECONDS: Final = 300
HEADERS: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")

_ID, _TIMESTAMP, _SIGNATURE = HEADERS
_MESSAGE_ID = re.compile(r"[!-~]{1,255}")
_WHOLE_SECONDS = re.compile(r"0|[1-9][0-9]{0,11}")

_log = logging.getLogger(__name__)


class SignatureRefusedError(Exception):
    """The request is not known to be the sender's. `code` says what about it is wrong, as the answer tells."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def verify_request(secrets: Iterable[WebhookSecret], headers: Mapping[str, str], body: bytes, *, now: datetime) -> str:
    """The `webhook-id` of a request that was signed with one of these secrets within five minutes of now.

    `secrets` are the sender's that are usable now. Raises SignatureRefusedError.
    """
    message_id, timestamp = headers.get(_ID, ""), headers.get(_TIMESTAMP, "")
    if not _MESSAGE_ID.fullmatch(message_id):
        raise SignatureRefusedError("webhook_id")
    if not _WHOLE_SECONDS.fullmatch(timestamp) or abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise SignatureRefusedError("webhook_timestamp")
    signed = {_ID: message_id, _TIMESTAMP: timestamp, _SIGNATURE: headers.get(_SIGNATURE, "")}
    if not any(_is_signed_with(key, signed, body) for key in _keys(secrets)):
        raise SignatureRefusedError("webhook_signature")
    return message_id


def _keys(secrets: Iterable[WebhookSecret]) -> list[bytes]:
    keys = []
    for secret in secrets:
        try:
            keys.append(secret_bytes(readable(secret)))
        except (InvalidToken, SecretUnfitError):
            _log.exception("%s %s cannot be used", secret._meta.label, secret.pk)
    return keys


def _is_signed_with(key: bytes, headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(key).verify(body, headers, json_parse=False)
    except Exception:  # noqa: BLE001  whatever the library raises, the signature was not verified
        return False
    return True
