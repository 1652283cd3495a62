"""The objects of Stripe's API about customers and what they save to be charged later.

Conventions as in `objects`.
"""

from typing import Literal, TypedDict

from oficina.simulator.cards import Brand, RefundCourse
from oficina.simulator.objects import ApiObject, Kind, PaymentMethod


class Customer(ApiObject):
    """Whoever saves payment methods."""

    address: None
    balance: int
    currency: str | None
    delinquent: bool
    description: str | None
    email: str | None
    livemode: bool
    metadata: dict[str, str]
    name: str | None
    phone: str | None
    tax_exempt: str


class SetupError(TypedDict):
    """Why the last attempt to save a card was refused."""

    type: str
    code: str
    decline_code: str | None
    message: str
    doc_url: str
    payment_method: PaymentMethod


SetupStatus = Literal["requires_payment_method", "succeeded", "canceled"]


class SetupIntent(ApiObject):
    """The attempts to save a payment method, and their outcome."""

    cancellation_reason: str | None
    client_secret: str
    customer: str | None
    description: str | None
    last_setup_error: SetupError | None
    latest_attempt: None
    livemode: bool
    mandate: None
    metadata: dict[str, str]
    next_action: None
    payment_method: str | None
    payment_method_types: list[str]
    status: SetupStatus
    usage: str


class AnswerFields(TypedDict):
    """The fields of `cards.CardAnswer`."""

    brand: Brand
    funding: Literal["credit", "debit", "prepaid"]
    country: str
    code: str | None
    decline_code: str | None
    message: str
    saved_anyway: bool
    asks_for_holder: bool
    refunds: RefundCourse


class IssuerAnswer(ApiObject):
    """What the issuer of a card will say, kept in place of its number."""

    answer: AnswerFields


CUSTOMERS: Kind[Customer] = Kind("customer", "customer")
SETUP_INTENTS: Kind[SetupIntent] = Kind("setup_intent", "intent")
ISSUER_ANSWERS: Kind[IssuerAnswer] = Kind("simulator.issuer_answer", "payment_method")
