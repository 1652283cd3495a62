"""Stripe's webhooks: who sent one, when, and which checkout it is about."""

import json
import re
import time
from collections.abc import Sequence
from typing import Final

import stripe

from billing.gateway.base import ProviderEvent
from billing.gateway.errors import EventRejectedError

TOLERANCE_SECONDS = 300
"""How far a signature's time may lie from ours, both ways: the SDK looks at the past only."""

FOLLOWED: Final = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
    }
)

_TIME = re.compile(r"[0-9]{1,12}")
_NAME = re.compile(r"[!-~]+")
_LONGEST_ID = 255
_LONGEST_TYPE = 120


def verify(body: bytes, signature: str, secrets: Sequence[str]) -> None:
    """Proves that the body was signed with one of the secrets, within the tolerance. Raises EventRejectedError.

    Several secrets hold at once: after a roll Stripe signs with the old one too for up to 24 hours.
    """
    times = [value for name, _, value in (part.partition("=") for part in signature.split(",")) if name == "t"]
    if len(times) != 1 or not _TIME.fullmatch(times[0]):
        raise EventRejectedError("the signature has no single whole timestamp")
    if abs(int(times[0]) - time.time()) > TOLERANCE_SECONDS:
        raise EventRejectedError("the signature's time is too far from now")
    if not any(_is_signed(body, signature, secret) for secret in secrets):
        raise EventRejectedError("no secret made this signature")


def read(body: bytes, *, api_version: str, livemode: bool) -> ProviderEvent:
    """What an event says. One of another kind, version or mode is read too, to be stored and ignored.

    Raises EventRejectedError when it is not an event at all.
    """
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise EventRejectedError("not JSON") from error
    if not isinstance(event, dict):
        raise EventRejectedError("not an object")
    event_id = _name(event.get("id"), _LONGEST_ID)
    event_type = _name(event.get("type"), _LONGEST_TYPE)
    reason = _why_ignored(event, event_type, api_version=api_version, livemode=livemode)
    if reason:
        return ProviderEvent(event_id=event_id, event_type=event_type, ignored_because=reason)
    return ProviderEvent(event_id=event_id, event_type=event_type, session_id=_session_id(event))


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    # The SDK raises Unicode, Type and Attribute errors too for odd bytes and headers; none of them is a signature.
    try:
        return bool(stripe.WebhookSignature.verify_header(body, signature, secret))
    except (stripe.SignatureVerificationError, ValueError, TypeError, AttributeError):
        return False


def _name(value: object, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest or not _NAME.fullmatch(value):
        raise EventRejectedError("an event without a proper identifier or type")
    return value


def _why_ignored(event: dict[str, object], event_type: str, *, api_version: str, livemode: bool) -> str:
    if event.get("object") != "event" or event_type not in FOLLOWED:
        return f"type {event_type} is not followed"
    if event.get("api_version") != api_version:
        return f"API version {event.get('api_version')!s:.40} is not {api_version}"
    if event.get("livemode") is not livemode:
        return f"livemode is not {livemode}"
    return ""


def _session_id(event: dict[str, object]) -> str:
    data = event.get("data")
    subject = data.get("object") if isinstance(data, dict) else None
    return _name(subject.get("id") if isinstance(subject, dict) else None, _LONGEST_ID)
