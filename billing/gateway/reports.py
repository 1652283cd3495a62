"""What a payment provider tells about one checkout, in our own words: pesos, UTC, no provider object."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class CheckoutStatus(StrEnum):
    """Whether the customer can still pay on the hosted page."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


class MoneyStatus(StrEnum):
    """Where the money is. `UNPAID` with a complete checkout means that it is on its way (a voucher, a transfer)."""

    UNPAID = "unpaid"
    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class CheckoutReport:
    """The state of one checkout at the moment the provider was asked.

    `reference` is our `Payment.public_id`, which the provider was given when the checkout was made, so a report can be
    matched before the answer to that request was saved. `amount` is the total in pesos, of `currency` (ISO 4217, in
    capitals). `provider_payment_id` is known from the first attempt to pay on. `paid_at` and `expires_at` are UTC. The
    means are known once it is paid, `failure_code` after a decline; all of them may be empty.
    """

    session_id: str
    reference: str
    status: CheckoutStatus
    money: MoneyStatus
    amount: Decimal
    currency: str
    url: str
    provider_payment_id: str | None
    paid_at: datetime | None
    means_brand: str = ""
    means_funding: str = ""
    means_last4: str = ""
    failure_code: str = ""
    expires_at: datetime | None
