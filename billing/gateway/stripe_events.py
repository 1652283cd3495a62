"""Stripe's webhooks: who sent one, when, and which checkout, refund or dispute it is about."""

import json
import re
import time
from collections.abc import Sequence
from typing import Final

import stripe

from billing.gateway.base import EventSubject, ProviderEvent
from billing.gateway.errors import EventRejectedError

TOLERANCE_SECONDS = 300
"""How far a signature's time may lie from ours, both ways: the SDK looks at the past only."""

FOLLOWED: Final = {
    "checkout.session.completed": EventSubject.CHECKOUT,
    "checkout.session.async_payment_succeeded": EventSubject.CHECKOUT,
    "checkout.session.async_payment_failed": EventSubject.CHECKOUT,
    "checkout.session.expired": EventSubject.CHECKOUT,
    "refund.created": EventSubject.REFUND,
    "refund.updated": EventSubject.REFUND,
    "refund.failed": EventSubject.REFUND,
    "charge.refund.updated": EventSubject.REFUND,
    "charge.refunded": EventSubject.REFUNDED_PAYMENT,
    "charge.dispute.created": EventSubject.DISPUTE,
    "charge.dispute.updated": EventSubject.DISPUTE,
    "charge.dispute.closed": EventSubject.DISPUTE,
    "charge.dispute.funds_withdrawn": EventSubject.DISPUTE,
    "charge.dispute.funds_reinstated": EventSubject.DISPUTE,
}

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
    subject = FOLLOWED[event_type]
    return ProviderEvent(
        event_id=event_id, event_type=event_type, subject=subject, object_id=_object_id(_subject(event), subject)
    )


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
    if FOLLOWED[event_type] is EventSubject.CHECKOUT and _subject(event).get("mode") == "setup":
        return "nothing was paid: a card was saved, which its return page and polling follow"
    if FOLLOWED[event_type] is EventSubject.REFUNDED_PAYMENT and _subject(event).get("payment_intent") is None:
        return "a charge that was made without a payment of ours"
    return ""


def _object_id(subject: dict[str, object], about: EventSubject) -> str:
    if about is EventSubject.REFUNDED_PAYMENT:
        return _name(subject["payment_intent"], _LONGEST_ID)
    return _name(subject.get("id"), _LONGEST_ID)


def _subject(event: dict[str, object]) -> dict[str, object]:
    data = event.get("data")
    subject = data.get("object") if isinstance(data, dict) else None
    return subject if isinstance(subject, dict) else {}
