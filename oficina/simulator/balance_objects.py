"""The objects of Stripe's API about the account's balance: what moves it after a charge, and how it is paid out.

Conventions as in `objects`.
"""

from typing import Literal, NotRequired, TypedDict

from oficina.simulator.objects import ApiObject, Kind


class FeeDetail(TypedDict):
    """One fee of a balance transaction."""

    amount: int
    application: None
    currency: str
    description: str
    type: str


class BalanceTransaction(ApiObject):
    """One movement of the balance; `net` is `amount` less `fee`, and money that leaves is negative."""

    amount: int
    available_on: int
    balance_type: str
    currency: str
    description: str | None
    exchange_rate: None
    fee: int
    fee_details: list[FeeDetail]
    net: int
    reporting_category: str
    source: str
    status: Literal["pending", "available"]
    type: str


RefundStatus = Literal["pending", "succeeded", "failed"]


class DestinationCard(TypedDict):
    """How money goes back to a card."""

    type: str


class DestinationDetails(TypedDict):
    """Where a refund goes."""

    type: str
    card: NotRequired[DestinationCard]


class Refund(ApiObject):
    """Money given back; the fields about failure are there only once it failed, as in Stripe."""

    amount: int
    balance_transaction: str | None
    charge: str
    currency: str
    destination_details: DestinationDetails
    failure_balance_transaction: NotRequired[str]
    failure_reason: NotRequired[str]
    metadata: dict[str, str]
    payment_intent: str | None
    reason: str | None
    receipt_number: str | None
    source_transfer_reversal: None
    status: RefundStatus
    transfer_reversal: None


class RefundCourse(ApiObject):
    """What a refund becomes later by itself, and when."""

    refund: str
    becomes: Literal["succeeded", "failed"]
    due: int
    done: bool


DisputeStatus = Literal[
    "warning_needs_response", "warning_under_review", "warning_closed", "needs_response", "under_review", "won", "lost"
]


class EvidenceDetails(TypedDict):
    """Until when the shop may answer."""

    due_by: int | None
    has_evidence: bool
    past_due: bool
    submission_count: int


class Dispute(ApiObject):
    """A charge that its card's holder contests; `balance_transactions` says what was taken and given back."""

    amount: int
    balance_transactions: list[BalanceTransaction]
    charge: str
    currency: str
    evidence_details: EvidenceDetails
    is_charge_refundable: bool
    livemode: bool
    metadata: dict[str, str]
    payment_intent: str | None
    reason: str
    status: DisputeStatus


class Payout(ApiObject):
    """What was sent to the bank."""

    amount: int
    arrival_date: int
    automatic: bool
    balance_transaction: str
    currency: str
    description: str | None
    destination: None
    failure_balance_transaction: None
    failure_code: None
    failure_message: None
    livemode: bool
    metadata: dict[str, str]
    method: str
    reconciliation_status: str
    source_type: str
    statement_descriptor: str | None
    status: str
    type: str


class PayoutContents(ApiObject):
    """The balance transactions that a payout holds, its own too; Stripe tells them only as a filter."""

    transactions: list[str]


BALANCE_TRANSACTIONS: Kind[BalanceTransaction] = Kind("balance_transaction", "id")
REFUNDS: Kind[Refund] = Kind("refund", "refund")
REFUND_COURSES: Kind[RefundCourse] = Kind("simulator.refund_course", "refund")
DISPUTES: Kind[Dispute] = Kind("dispute", "dispute")
PAYOUTS: Kind[Payout] = Kind("payout", "payout")
PAYOUT_CONTENTS: Kind[PayoutContents] = Kind("simulator.payout_contents", "payout")
