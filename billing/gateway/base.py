"""What the portal asks of a payment provider. Another provider is another class with these methods.

Every method but `request_for`, `read_event` and `verify_event` goes over the network: never inside a transaction.
All of those raise ProviderUnavailableError.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from billing.gateway.reports import CheckoutReport

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None


@dataclass(frozen=True, kw_only=True)
class CheckoutLine:
    """One thing to pay, as the hosted page shows it. `amount` in pesos."""

    name: str
    description: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class CheckoutOrder:
    """A hosted checkout to be made.

    `reference` is our `Payment.public_id`. `expires_at` is a UTC instant fixed once, since a repeated request must not
    differ. The customer comes back to `success_url` when they are done and to `cancel_url` when they turn back.
    """

    reference: str
    description: str
    lines: tuple[CheckoutLine, ...]
    currency: str
    customer_email: str
    success_url: str
    cancel_url: str
    expires_at: datetime


class EventSubject(StrEnum):
    """What an event is about: `REFUNDED_PAYMENT` names a payment of the provider's, some refund of which is new."""

    CHECKOUT = "checkout"
    REFUND = "refund"
    REFUNDED_PAYMENT = "refunded_payment"
    DISPUTE = "dispute"


@dataclass(frozen=True, kw_only=True)
class ProviderEvent:
    """A message of the provider that something happened to one of its objects, whose state is then asked for, not
    believed. `object_id` is empty when the event is of no concern to the portal, and `ignored_because` says why.
    """

    event_id: str
    event_type: str
    subject: EventSubject = EventSubject.CHECKOUT
    object_id: str = ""
    ignored_because: str = ""


class CheckoutGateway(Protocol):
    """A provider of hosted checkouts."""

    @property
    def source(self) -> str:
        """The name under which its events are stored."""

    def request_for(self, order: CheckoutOrder) -> dict[str, Json]:
        """The exact request that makes this checkout, to be saved before it is sent."""

    def create_checkout(self, request: dict[str, Json], *, key: str) -> CheckoutReport:
        """Makes the checkout, or finds the one that this key made before; then the report is of that moment.

        Raises ProviderRefusedError.
        """

    def retrieve_checkout(self, session_id: str) -> CheckoutReport:
        """The checkout as it is now. Raises UnknownCheckoutError."""

    def expire_checkout(self, session_id: str) -> CheckoutReport:
        """Closes the checkout if it is still open and tells how it is then: expired, or complete when it was too late.

        Raises UnknownCheckoutError.
        """

    def find_checkout(self, reference: str, *, since: datetime, until: datetime) -> CheckoutReport | None:
        """The checkout with our reference among those made between two instants, for when its answer was lost."""

    def verify_event(self, body: bytes, signature: str) -> ProviderEvent:
        """Reads an event after proving who sent it and when. Raises EventRejectedError, whatever is wrong with it."""

    def read_event(self, body: bytes) -> ProviderEvent:
        """Reads an event that was verified when it came. Raises EventRejectedError."""
