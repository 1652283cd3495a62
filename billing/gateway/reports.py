"""What whoever takes money for us tells about one payment, in our own words: pesos, UTC, no provider object."""

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
class MoneyReport:
    """The state of one payment at the moment somebody was asked.

    `reference` is our `Payment.public_id`, which they were given when it was asked for, so a report can be matched
    before the answer to that request was saved. `amount` is the total in pesos, of `currency` (ISO 4217, in capitals).
    `provider_payment_id` is known to a payment provider from the first attempt to pay on. `paid_at` is UTC. The means
    are known once it is paid, `failure_code` after a decline; all of them may be empty.
    """

    reference: str
    status: CheckoutStatus = CheckoutStatus.COMPLETE
    money: MoneyStatus
    amount: Decimal
    currency: str
    provider_payment_id: str | None
    paid_at: datetime | None
    means_brand: str = ""
    means_funding: str = ""
    means_last4: str = ""
    failure_code: str = ""

    @property
    def object_id(self) -> str:
        """The other side's name of what it tells about."""
        return self.provider_payment_id or self.reference


@dataclass(frozen=True, kw_only=True)
class CheckoutReport(MoneyReport):
    """The state of one hosted checkout. `url` is its page while it is open, `expires_at` a UTC instant."""

    session_id: str
    url: str
    expires_at: datetime | None

    @property
    def object_id(self) -> str:
        """The session, which exists before anybody tries to pay it."""
        return self.session_id
