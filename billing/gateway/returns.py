"""What the portal asks a payment provider about money that goes back: refunds and disputes. In our own words: pesos,
UTC, no provider object.

Another provider is another class with these methods. Every method but `refund_request` goes over the network: never
inside a transaction. All of those raise ProviderUnavailableError.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from billing.enums import DisputeState
from billing.gateway.base import Json


class RefundStatus(StrEnum):
    """What became of a refund at the provider."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class RefundOrder:
    """A refund to be made of what `provider_payment_id` paid. `reference` is our `Refund.public_id`."""

    reference: str
    provider_payment_id: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class PaymentOfProvider:
    """The payment that a refund or a dispute is about: the provider's name for it, and ours (`Payment.public_id`),
    which the provider was given with the checkout. Either may be empty.
    """

    provider_payment_id: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class RefundReport:
    """A refund as it was when the provider was asked. `reference` is empty for one that others made there."""

    refund_id: str
    reference: str
    payment: PaymentOfProvider
    amount: Decimal
    currency: str
    status: RefundStatus
    failure_reason: str
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class DisputeReport:
    """A dispute as it was when the provider was asked. `amount` is what is contested; `withdrawn` and `reinstated` are
    what the provider took from us for it and gave back, in all, and since when; before that the instants are None.
    """

    dispute_id: str
    payment: PaymentOfProvider
    state: DisputeState
    reason: str
    amount: Decimal
    currency: str
    withdrawn: Decimal
    withdrawn_at: datetime | None
    reinstated: Decimal
    reinstated_at: datetime | None
    respond_by: datetime | None
    opened_at: datetime


class ReturnsGateway(Protocol):
    """The part of a provider that gives money back."""

    def refund_request(self, order: RefundOrder) -> dict[str, Json]:
        """The exact request that makes this refund, to be saved before it is sent."""

    def create_refund(self, request: dict[str, Json], *, key: str) -> RefundReport:
        """Makes the refund, or finds the one that this key made before. Raises ProviderRefusedError."""

    def retrieve_refund(self, refund_id: str) -> RefundReport:
        """The refund as it is now. Raises ProviderRefusedError when there is none."""

    def list_refunds(self, provider_payment_id: str) -> list[RefundReport]:
        """Every refund of a payment, newest first."""

    def retrieve_dispute(self, dispute_id: str) -> DisputeReport:
        """The dispute as it is now. Raises ProviderRefusedError when there is none."""

    def list_disputes(self, provider_payment_id: str) -> list[DisputeReport]:
        """Every dispute of a payment, newest first."""
