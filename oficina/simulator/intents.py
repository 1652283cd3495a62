"""PaymentIntents and SetupIntents before any attempt."""

from dataclasses import dataclass

from oficina.simulator.identifiers import new_id
from oficina.simulator.objects import PaymentIntent
from oficina.simulator.saved_objects import SetupIntent


@dataclass(frozen=True, kw_only=True)
class NewIntent:
    """A payment to be attempted; `amount` is minor units."""

    amount: int
    currency: str
    customer: str | None
    description: str | None
    metadata: dict[str, str]
    payment_method_types: tuple[str, ...] = ("card",)
    receipt_email: str | None


def new_payment_intent(wanted: NewIntent, now: int) -> PaymentIntent:
    """A new one, not stored yet; `now` is a UTC instant in seconds."""
    intent_id = new_id("pi")
    return {
        "id": intent_id,
        "object": "payment_intent",
        "created": now,
        "amount": wanted.amount,
        "amount_received": 0,
        "amount_capturable": 0,
        "currency": wanted.currency,
        "capture_method": "automatic",
        "confirmation_method": "automatic",
        "client_secret": f"{intent_id}_secret_{new_id('x')[2:]}",
        "customer": wanted.customer,
        "description": wanted.description,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": wanted.metadata,
        "payment_method": None,
        "payment_method_types": list(wanted.payment_method_types),
        "receipt_email": wanted.receipt_email,
        "status": "requires_payment_method",
    }


def new_setup_intent(
    *, customer: str | None, description: str | None, metadata: dict[str, str], now: int
) -> SetupIntent:
    """A new one, not stored yet; `now` is a UTC instant in seconds."""
    intent_id = new_id("seti")
    return {
        "id": intent_id,
        "object": "setup_intent",
        "created": now,
        "cancellation_reason": None,
        "client_secret": f"{intent_id}_secret_{new_id('x')[2:]}",
        "customer": customer,
        "description": description,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": metadata,
        "next_action": None,
        "payment_method": None,
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
        "usage": "off_session",
    }
