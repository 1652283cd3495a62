"""What a payment provider keeps in its books about our money, in our own words: pesos, UTC, no provider object.

Another provider is another class with the methods of `ProviderBooks`. All of them go over the network: never inside a
transaction, and they raise ProviderUnavailableError.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from billing.enums import MovementKind
from billing.gateway.reports import CheckoutReport


@dataclass(frozen=True, kw_only=True)
class Movement:
    """One movement of our balance at the provider. Once told it never changes: what is undone is another movement.

    `amount` and `fee` are pesos of `currency` (ISO 4217, in capitals); money that leaves us is negative, a fee that we
    pay is positive. `at` is a UTC instant. `object_id` names what moved the balance: a charge, a refund, a dispute, a
    payout. Where that is about a payment, `provider_payment_id` names it, and `reference`, when the provider knows it,
    is our `Payment.public_id`.
    """

    movement_id: str
    kind: MovementKind
    at: datetime
    amount: Decimal
    fee: Decimal
    currency: str
    object_id: str = ""
    provider_payment_id: str = ""
    reference: str = ""

    @property
    def net(self) -> Decimal:
        """What the balance gained; negative when it lost."""
        return self.amount - self.fee


@dataclass(frozen=True, kw_only=True)
class PayoutReport:
    """Money on its way to our bank. `amount` in pesos; `arrives_on` is the day on which the bank should show it.

    `failed` when the bank sent it back; the amount is then a movement of the balance again. `content_is_known` once the
    provider tells which movements it paid out with it.
    """

    payout_id: str
    amount: Decimal
    currency: str
    sent_at: datetime
    arrives_on: date
    failed: bool
    content_is_known: bool


class ProviderBooks(Protocol):
    """The books of a provider."""

    @property
    def source(self) -> str:
        """The provider's name, as in what is stored of it."""

    def movements(self, *, since: datetime, until: datetime) -> Iterable[Movement]:
        """Every movement of the balance from one instant until just before another, oldest first."""

    def payouts(self, *, since: datetime, until: datetime) -> Iterable[PayoutReport]:
        """The payouts that were sent between two instants, as they are now."""

    def payout_content(self, payout_id: str) -> Decimal:
        """The net of the movements that a payout paid out, in pesos. Raises ProviderRefusedError when not known."""

    def checkout_paid_by(self, provider_payment_id: str) -> CheckoutReport | None:
        """The checkout that was paid by this payment of the provider; None when it was made without one."""
