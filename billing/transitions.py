"""The legal moves of payments, refunds and disputes: tables, from which the triggers and the diagram are made too.

Late money is real: a payment that expired or failed here may still succeed. A checkout that the customer completed
never expires: its money arrives or is declined. Nothing leaves `succeeded`; what is given back later (refunds,
disputes) has objects of its own.
"""

from typing import Final

from billing.enums import DiscrepancyState as Discrepancy
from billing.enums import DisputeState as Dispute
from billing.enums import PaymentState as State
from billing.enums import RefundState as Refund
from billing.enums import ReprocessingState as Reprocessing

TRANSITIONS: Final[frozenset[tuple[State, State]]] = frozenset(
    {
        (State.CREATED, State.OPEN),
        (State.CREATED, State.PROCESSING),
        (State.CREATED, State.SUCCEEDED),
        (State.CREATED, State.FAILED),
        (State.CREATED, State.EXPIRED),
        (State.OPEN, State.PROCESSING),
        (State.OPEN, State.SUCCEEDED),
        (State.OPEN, State.FAILED),
        (State.OPEN, State.EXPIRED),
        (State.PROCESSING, State.SUCCEEDED),
        (State.PROCESSING, State.FAILED),
        (State.EXPIRED, State.SUCCEEDED),
        (State.FAILED, State.SUCCEEDED),
    }
)

BEGINNINGS: Final[tuple[State, ...]] = (State.CREATED, State.SUCCEEDED)
"""A checkout or a debit begins as `created`. Money that another channel already received begins as `succeeded`."""

REFUND_TRANSITIONS: Final[frozenset[tuple[Refund, Refund]]] = frozenset(
    {
        (Refund.CREATED, Refund.PENDING),
        (Refund.CREATED, Refund.SUCCEEDED),
        (Refund.CREATED, Refund.FAILED),
        (Refund.PENDING, Refund.SUCCEEDED),
        (Refund.PENDING, Refund.FAILED),
        (Refund.SUCCEEDED, Refund.FAILED),
    }
)
"""A bank may send back a refund that was done. Nothing leaves `failed`: whoever tries again makes another refund."""

DISPUTE_TRANSITIONS: Final[frozenset[tuple[Dispute, Dispute]]] = frozenset(
    {
        *((Dispute.INQUIRY, later) for later in Dispute if later != Dispute.INQUIRY),
        (Dispute.NEEDS_RESPONSE, Dispute.UNDER_REVIEW),
        (Dispute.NEEDS_RESPONSE, Dispute.WON),
        (Dispute.NEEDS_RESPONSE, Dispute.LOST),
        (Dispute.UNDER_REVIEW, Dispute.WON),
        (Dispute.UNDER_REVIEW, Dispute.LOST),
        (Dispute.LOST, Dispute.WON),
    }
)
"""Only forward, so that an older report changes nothing. A bank may still give in after it had decided."""

OPEN_DISPUTES: Final[tuple[Dispute, ...]] = (Dispute.INQUIRY, Dispute.NEEDS_RESPONSE, Dispute.UNDER_REVIEW)
"""Those that the bank has not decided yet, also when it has not taken the money: it may."""

DISCREPANCY_TRANSITIONS: Final[frozenset[tuple[Discrepancy, Discrepancy]]] = frozenset(
    {
        (Discrepancy.OPEN, Discrepancy.RESOLVED),
        (Discrepancy.RESOLVED, Discrepancy.REOPENED),
        (Discrepancy.REOPENED, Discrepancy.RESOLVED),
    }
)
"""What was resolved once is never as if nobody had looked."""

REPROCESSING_TRANSITIONS: Final[frozenset[tuple[Reprocessing, Reprocessing]]] = frozenset(
    {
        (Reprocessing.QUEUED, Reprocessing.RUNNING),
        (Reprocessing.RUNNING, Reprocessing.DONE),
        (Reprocessing.RUNNING, Reprocessing.STOPPED),
    }
)
"""A job that was killed goes on as running."""


def is_legal(before: State, after: State) -> bool:
    """Whether a payment may go from `before` to `after` in one step."""
    return (before, after) in TRANSITIONS
