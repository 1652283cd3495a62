"""The legal moves of a scheduled debit: a table, from which the trigger is made too.

A bank or the provider may still bring money of a debit that was given up: then the payment tells, and the debit is
collected after all.
"""

from typing import Final

from adhesions.enums import DebitState as State

DEBIT_BEGINNINGS: Final[tuple[State, ...]] = (State.ANNOUNCED, State.ABOVE_CAP)

DEBIT_TRANSITIONS: Final[frozenset[tuple[State, State]]] = frozenset(
    {
        (State.ANNOUNCED, State.UNDER_WAY),
        (State.ANNOUNCED, State.STOPPED),
        (State.ANNOUNCED, State.WITHDRAWN),
        (State.WAITING, State.UNDER_WAY),
        (State.WAITING, State.STOPPED),
        (State.WAITING, State.WITHDRAWN),
        (State.UNDER_WAY, State.COLLECTED),
        (State.UNDER_WAY, State.WAITING),
        (State.UNDER_WAY, State.REJECTED),
        (State.WAITING, State.COLLECTED),
        (State.REJECTED, State.COLLECTED),
        (State.WITHDRAWN, State.COLLECTED),
        (State.STOPPED, State.COLLECTED),
    }
)
