"""A Checkout Session as it is asked for, and as it looks when it opens."""

from dataclasses import dataclass
from typing import Literal

from oficina.simulator.identifiers import new_id
from oficina.simulator.objects import SESSION_DETAILS, LineItem, Session, SessionDetails

LONGEST_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class NewItem:
    """One thing to charge for; `unit_amount` is minor units."""

    name: str
    description: str | None
    unit_amount: int
    quantity: int
    metadata: dict[str, str]


@dataclass(frozen=True)
class NewSession:
    """A valid request for a session; only the amount, the expiry and the customer are still to be judged.

    In setup mode nothing is sold: there are no items, and perhaps no currency.
    """

    mode: Literal["payment", "setup"]
    items: tuple[NewItem, ...]
    currency: str | None
    success_url: str
    cancel_url: str | None
    expires_at: int | None
    client_reference_id: str | None
    customer: str | None
    customer_creation: str | None
    customer_email: str | None
    locale: str | None
    submit_type: str | None
    metadata: dict[str, str]
    payment_method_types: tuple[str, ...]
    adaptive_pricing: bool
    intent_metadata: dict[str, str]
    intent_description: str | None
    receipt_email: str | None
    merchant_name: str

    @property
    def total(self) -> int:
        """What it charges, in minor units."""
        return sum(item.unit_amount * item.quantity for item in self.items)


def opened(session_id: str, wanted: NewSession, now: int, *, url: str, setup_intent: str | None) -> Session:
    """The session as it is made; `now` is a UTC instant in seconds."""
    sells = wanted.mode == "payment"
    total = wanted.total if sells else None
    return {
        "id": session_id,
        "object": "checkout.session",
        "created": now,
        "mode": wanted.mode,
        "ui_mode": "hosted_page",
        "status": "open",
        "payment_status": "unpaid" if sells else "no_payment_required",
        "amount_subtotal": total,
        "amount_total": total,
        "currency": wanted.currency,
        "client_reference_id": wanted.client_reference_id,
        "client_secret": None,
        "customer": wanted.customer,
        "customer_creation": wanted.customer_creation,
        "customer_email": wanted.customer_email,
        "customer_details": None,
        "expires_at": wanted.expires_at or now + LONGEST_SECONDS,
        "livemode": False,
        "locale": wanted.locale,
        "metadata": wanted.metadata,
        "payment_intent": None,
        "setup_intent": setup_intent,
        "payment_method_types": list(wanted.payment_method_types),
        "submit_type": wanted.submit_type,
        "success_url": wanted.success_url,
        "cancel_url": wanted.cancel_url,
        "url": url,
        "adaptive_pricing": {"enabled": wanted.adaptive_pricing},
        "automatic_tax": {"enabled": False},
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0} if sells else None,
    }


def details_id(session_id: str) -> str:
    """The identifier under which a session's details are stored."""
    return f"{session_id}:details"


def details_of(session_id: str, wanted: NewSession, now: int) -> SessionDetails:
    """What is kept of the request without being shown."""
    return {
        "id": details_id(session_id),
        "object": SESSION_DETAILS.name,
        "created": now,
        "line_items": [_line_item(item, wanted.currency or "", now) for item in wanted.items],
        "product_descriptions": [item.description for item in wanted.items],
        "intent_metadata": wanted.intent_metadata,
        "intent_description": wanted.intent_description,
        "receipt_email": wanted.receipt_email,
        "merchant_name": wanted.merchant_name,
        "completed_event": None,
    }


def _line_item(item: NewItem, currency: str, now: int) -> LineItem:
    amount = item.unit_amount * item.quantity
    return {
        "id": new_id("li"),
        "object": "item",
        "description": item.name,
        "quantity": item.quantity,
        "currency": currency,
        "amount_subtotal": amount,
        "amount_total": amount,
        "amount_discount": 0,
        "amount_tax": 0,
        "price": {
            "id": new_id("price"),
            "object": "price",
            "created": now,
            "product": new_id("prod", 14),
            "currency": currency,
            "unit_amount": item.unit_amount,
            "type": "one_time",
            "livemode": False,
        },
        "metadata": item.metadata,
    }
