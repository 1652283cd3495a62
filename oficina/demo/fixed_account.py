"""What is settled about an account of the demo, before chance decides the rest. `generator.fixed` makes it whole."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, auto


class Newest(Enum):
    """How the newest bill of an account stands today."""

    TO_COME = auto()
    PAST_DUE = auto()


@dataclass(frozen=True, kw_only=True, eq=False)
class FixedAccount:
    """An account of the cast, known by its number.

    Bills that are unpaid, paid in part or paid in excess are told by age: 0 is the newest. That one can only have been
    paid when it is past due, since the others are paid at some time before their due date.
    """

    number: str
    holder: str
    document: str
    address: str
    town: str
    tariff: str
    usual_m3: int = 0
    periods: int = 15
    newest: Newest = Newest.PAST_DUE
    unpaid: frozenset[int] = frozenset()
    paid_in_part: dict[int, Decimal] = field(default_factory=dict)
    paid_in_excess: dict[int, Decimal] = field(default_factory=dict)
