"""Stripe's signature of a webhook: HMAC-SHA256 over `timestamp.body`, one `v1` for each secret in use."""

import hashlib
import hmac
from collections.abc import Sequence


def signature_header(body: bytes, secrets: Sequence[str], *, timestamp: int) -> str:
    """The value of `Stripe-Signature`; `timestamp` is a UTC instant in seconds."""
    signed = f"{timestamp}.".encode() + body
    signatures = (hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets)
    return ",".join([f"t={timestamp}", *(f"v1={signature}" for signature in signatures)])
