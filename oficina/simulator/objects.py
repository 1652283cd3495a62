"""The objects of Stripe's API that the simulator answers, as typed dictionaries.

Amounts are integers of minor units (centavos); times are UTC instants in whole seconds since the epoch.
Fields that Stripe has and the portal never reads are left out, except where the SDK expects them.
"""

from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict

API_VERSION = "2026-10-28.endive"
"""The version of Stripe's API whose shapes these are, and the one that events carry."""


class ApiObject(TypedDict):
    """What every object has."""

    id: str
    object: str
    created: int


class CustomerDetails(TypedDict):
    """What the customer said at the hosted page."""

    email: str | None
    name: str | None
    phone: str | None
    address: None
    tax_exempt: str
    tax_ids: list[str]


class TotalDetails(TypedDict):
    """What a total is made of."""

    amount_discount: int
    amount_shipping: int
    amount_tax: int


class Enabled(TypedDict):
    """A feature, on or off."""

    enabled: bool


SessionStatus = Literal["open", "complete", "expired"]
SessionPaymentStatus = Literal["unpaid", "paid", "no_payment_required"]


class Session(ApiObject):
    """A Checkout Session."""

    mode: str
    ui_mode: str
    status: SessionStatus
    payment_status: SessionPaymentStatus
    amount_subtotal: int | None
    amount_total: int | None
    currency: str | None
    client_reference_id: str | None
    client_secret: None
    customer: str | None
    customer_creation: str | None
    customer_email: str | None
    customer_details: CustomerDetails | None
    expires_at: int
    livemode: bool
    locale: str | None
    metadata: dict[str, str]
    payment_intent: str | None
    setup_intent: str | None
    payment_method_types: list[str]
    submit_type: str | None
    success_url: str
    cancel_url: str | None
    url: str | None
    adaptive_pricing: Enabled
    automatic_tax: Enabled
    total_details: TotalDetails | None


class Price(ApiObject):
    """The price of one item, made with the session."""

    product: str
    currency: str
    unit_amount: int
    type: str
    livemode: bool


class LineItem(TypedDict):
    """One thing that a session charges for."""

    id: str
    object: str
    description: str
    quantity: int
    currency: str
    amount_subtotal: int
    amount_total: int
    amount_discount: int
    amount_tax: int
    price: Price
    metadata: dict[str, str]


class SessionDetails(ApiObject):
    """What the simulator knows about a session and Stripe does not show in it."""

    line_items: list[LineItem]
    product_descriptions: list[str | None]
    intent_metadata: dict[str, str]
    intent_description: str | None
    receipt_email: str | None
    merchant_name: str
    completed_event: str | None


class CardDetails(TypedDict):
    """What may be known of a card."""

    brand: str
    country: str
    exp_month: int
    exp_year: int
    funding: str
    last4: str
    network: str
    three_d_secure: None
    wallet: None


class PaymentMethodDetails(TypedDict):
    """How a charge was paid."""

    type: str
    card: NotRequired[CardDetails]
    boleto: NotRequired[dict[str, str]]


class BillingDetails(TypedDict):
    """Whose a payment method is."""

    address: None
    email: str | None
    name: str | None
    phone: None


class PaymentMethod(ApiObject):
    """What the customer pays with; a saved one has its customer."""

    type: str
    billing_details: BillingDetails
    card: NotRequired[CardDetails]
    boleto: NotRequired[dict[str, str]]
    customer: str | None
    livemode: bool
    metadata: dict[str, str]


class PaymentError(TypedDict):
    """Why the last attempt was refused."""

    type: str
    code: str
    decline_code: str | None
    message: str
    charge: str | None
    doc_url: str
    payment_method: PaymentMethod


class PaymentIntent(ApiObject):
    """The attempts to pay a session, or to charge a saved card, and their outcome."""

    amount: int
    amount_received: int
    amount_capturable: int
    currency: str
    capture_method: str
    confirmation_method: str
    client_secret: str
    customer: str | None
    description: str | None
    last_payment_error: PaymentError | None
    latest_charge: str | None
    livemode: bool
    metadata: dict[str, str]
    payment_method: str | None
    payment_method_types: list[str]
    receipt_email: str | None
    status: str


class Outcome(TypedDict):
    """What the issuer said to a charge."""

    network_status: str
    reason: str | None
    risk_level: str
    seller_message: str
    type: str


class Charge(ApiObject):
    """Money that moved, or was refused."""

    amount: int
    amount_captured: int
    amount_refunded: int
    balance_transaction: str | None
    captured: bool
    currency: str
    customer: str | None
    description: str | None
    disputed: bool
    failure_code: str | None
    failure_message: str | None
    livemode: bool
    metadata: dict[str, str]
    outcome: Outcome
    paid: bool
    payment_intent: str
    payment_method: str
    payment_method_details: PaymentMethodDetails
    receipt_email: str | None
    refunded: bool
    status: str


class EventRequest(TypedDict):
    """The API request that caused an event, if one did."""

    id: str | None
    idempotency_key: str | None


class EventData(TypedDict):
    """The object of an event as it was then, and what it said before, when it changed."""

    previous_attributes: NotRequired[dict[str, object]]
    object: dict[str, object]


class Event(ApiObject):
    """Something that happened."""

    api_version: str
    data: EventData
    livemode: bool
    pending_webhooks: int
    request: EventRequest
    type: str


@dataclass(frozen=True)
class Kind[T: ApiObject]:
    """A sort of stored object: how Stripe calls it, in `object`, in errors and in the parameter naming one."""

    name: str
    parameter: str


SESSIONS: Kind[Session] = Kind("checkout.session", "session")
SESSION_DETAILS: Kind[SessionDetails] = Kind("simulator.session_details", "session")
PAYMENT_INTENTS: Kind[PaymentIntent] = Kind("payment_intent", "intent")
PAYMENT_METHODS: Kind[PaymentMethod] = Kind("payment_method", "payment_method")
CHARGES: Kind[Charge] = Kind("charge", "charge")
EVENTS: Kind[Event] = Kind("event", "id")
