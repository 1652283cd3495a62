"""The legal moves of a payment: one table, from which the trigger and the diagram are made too.

Late money is real: a payment that expired or failed here may still succeed. A checkout that the customer completed
never expires: its money arrives or is declined. Nothing leaves `succeeded`; what is given back later (refunds,
disputes) has objects of its own.
"""

from typing import Final

from billing.enums import PaymentState as State

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
"""A checkout begins as `created`. Money that another channel already received begins as `succeeded`."""


def is_legal(before: State, after: State) -> bool:
    """Whether a payment may go from `before` to `after` in one step."""
    return (before, after) in TRANSITIONS
