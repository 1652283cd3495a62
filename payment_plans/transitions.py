"""The legal moves of a plan: a table, from which the trigger is made too.

A plan that was paid is in force again when a refund or a dispute takes the money of an instalment.
"""

from typing import Final

from payment_plans.enums import PlanState as State

PLAN_TRANSITIONS: Final[frozenset[tuple[State, State]]] = frozenset(
    {
        (State.WAITING, State.IN_FORCE),
        (State.WAITING, State.ENDED),
        (State.IN_FORCE, State.COMPLETED),
        (State.IN_FORCE, State.LAPSED),
        (State.IN_FORCE, State.CANCELLED),
        (State.COMPLETED, State.IN_FORCE),
    }
)
