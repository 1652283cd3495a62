"""How people paid their bills at the channels of other firms."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import Enum, auto

from billing.enums import PaymentChannel
from oficina.demo.generator.accounts import Oddity
from oficina.demo.generator.bills import Bill
from oficina.demo.generator.chance import weighed
from oficina.shared.money import round_to_cents


class Habit(Enum):
    """How an account is paid."""

    PUNCTUAL = auto()
    FORGETFUL = auto()
    LATE = auto()
    ONE_UNPAID = auto()
    RECENT_DEBT = auto()
    LONG_DEBT = auto()
    PAID_IN_PART = auto()
    OVERPAID = auto()
    PAID_TWICE = auto()
    TWO_AT_ONCE = auto()


HABITS: dict[Habit, float] = {
    Habit.PUNCTUAL: 58,
    Habit.FORGETFUL: 18,
    Habit.LATE: 8,
    Habit.ONE_UNPAID: 4,
    Habit.RECENT_DEBT: 4,
    Habit.LONG_DEBT: 3,
    Habit.PAID_IN_PART: 1.5,
    Habit.OVERPAID: 1.5,
    Habit.PAID_TWICE: 0.5,
    Habit.TWO_AT_ONCE: 1.5,
}
"""How many of a hundred accounts are paid so."""

_LATE_SHARE = {Habit.FORGETFUL: 0.15, Habit.LATE: 0.70}
_LONGEST_DELAY = 60
_CHANNELS: dict[PaymentChannel, float] = {
    PaymentChannel.RAPIPAGO: 31,
    PaymentChannel.PAGO_FACIL: 24,
    PaymentChannel.HOME_BANKING: 26,
    PaymentChannel.BANK_TRANSFER: 9,
    PaymentChannel.OFFICE: 10,
}
_PREFIXES = {
    PaymentChannel.RAPIPAGO: "RP",
    PaymentChannel.PAGO_FACIL: "PF",
    PaymentChannel.HOME_BANKING: "HB",
    PaymentChannel.BANK_TRANSFER: "TR",
    PaymentChannel.OFFICE: "OF",
}
_ROUND_TO = Decimal(1000)
_LEAST_PART, _GREATEST_PART = 0.2, 0.7


@dataclass(kw_only=True, slots=True)
class Operation:
    """One operation of a channel: bills of one account with what was paid for each, in pesos, at a local time."""

    channel: PaymentChannel
    paid_at: datetime
    paid: list[tuple[Bill, Decimal]]
    number: str = ""


@dataclass(frozen=True, kw_only=True)
class Intended:
    """What has to come of an account's bills, told by their ages: 0 is the newest."""

    unpaid: frozenset[int] = frozenset()
    paid_in_part: dict[int, Decimal] = field(default_factory=dict)
    paid_in_excess: dict[int, Decimal] = field(default_factory=dict)


def operations_of(habit: Habit, bills: Iterable[Bill], today: date, chance: random.Random) -> list[Operation]:
    """How the bills of an account with this habit were paid until yesterday."""
    bills = list(bills)
    owed = [bill for bill in bills if not bill.is_void]
    late_share = _LATE_SHARE.get(habit, 0.0)
    days = {bill.age: _day(bill, chance, late_share=late_share) for bill in owed}
    for age in _left_unpaid(habit, chance):
        days.pop(age, None)
    operations = [_operation([bill], days[bill.age], chance) for bill in owed if days.get(bill.age, today) < today]
    match habit:
        case Habit.PAID_IN_PART if operations:
            _pay_in_part(operations[-1], chance)
        case Habit.OVERPAID if operations:
            _round_up(operations[-1])
        case Habit.PAID_TWICE if operations:
            operations += _again(operations[-1], today, chance)
        case Habit.TWO_AT_ONCE if len(operations) > 1:
            operations[-2:] = [_together(operations[-2:], chance)]
    return operations + [_operation([bill], bill.due_on, chance) for bill in bills if _is_void_but_paid(bill)]


def operations_as_intended(intended: Intended, bills: Iterable[Bill], chance: random.Random) -> list[Operation]:
    """How the bills of a fixed account were paid: on time, save what is intended otherwise."""
    operations = []
    for bill in bills:
        if bill.age in intended.unpaid:
            continue
        operation = _operation([bill], _day(bill, chance, late_share=0), chance)
        amount = operation.paid[0][1]
        part, excess = intended.paid_in_part.get(bill.age), intended.paid_in_excess.get(bill.age)
        if part is not None:
            operation.paid = [(bill, round_to_cents(amount * part))]
        if excess is not None:
            operation.paid = [(bill, amount + excess)]
        operations.append(operation)
    return operations


def habit_of(index: int, chance: random.Random) -> Habit:
    """The habit of the invented account number `index`: the first ones have one each, then as chance has it."""
    return [*Habit][index] if index < len(Habit) else weighed(chance, HABITS)


def number_operations(operations: Iterable[Operation]) -> None:
    """Gives each operation the number that its channel has for it, in the order in which they came."""
    given = dict.fromkeys(PaymentChannel, 0)
    for operation in sorted(operations, key=lambda operation: operation.paid_at):
        given[operation.channel] += 1
        operation.number = f"{_PREFIXES[operation.channel]}{40_000_000 + given[operation.channel]}"


def _is_void_but_paid(bill: Bill) -> bool:
    return bill.is_void and bill.account.oddity is Oddity.VOIDED_BUT_PAID


def _left_unpaid(habit: Habit, chance: random.Random) -> Iterator[int]:
    match habit:
        case Habit.ONE_UNPAID:
            yield chance.randrange(1, 6)
        case Habit.RECENT_DEBT:
            yield from range(chance.randrange(2, 5))
        case Habit.LONG_DEBT:
            yield from range(chance.randrange(6, 14))


def _day(bill: Bill, chance: random.Random, *, late_share: float) -> date:
    """A day before the first due date, or after it in so large a share of cases."""
    if chance.random() < late_share:
        return bill.due_on + timedelta(days=chance.randint(1, _LONGEST_DELAY))
    return bill.issued_on + timedelta(days=chance.randint(2, (bill.due_on - bill.issued_on).days))


def _operation(bills: list[Bill], day: date, chance: random.Random) -> Operation:
    return Operation(
        channel=weighed(chance, _CHANNELS),
        paid_at=datetime.combine(day, time(chance.randrange(8, 21), chance.randrange(60), chance.randrange(60))),
        paid=[(bill, bill.price_on(day)) for bill in bills],
    )


def _pay_in_part(operation: Operation, chance: random.Random) -> None:
    [(bill, amount)] = operation.paid
    share = Decimal(chance.uniform(_LEAST_PART, _GREATEST_PART))
    operation.paid = [(bill, round_to_cents(amount * share))]


def _round_up(operation: Operation) -> None:
    """As who has no change: up to the next thousand, or a thousand more when it is round already."""
    [(bill, amount)] = operation.paid
    operation.paid = [(bill, ((amount + 1) / _ROUND_TO).to_integral_value(ROUND_CEILING) * _ROUND_TO)]


def _again(operation: Operation, today: date, chance: random.Random) -> Iterator[Operation]:
    """The same bill once more some days later, if that is not yet to come."""
    day = operation.paid_at.date() + timedelta(days=chance.randint(1, 5))
    if day < today:
        yield _operation([bill for bill, _ in operation.paid], day, chance)


def _together(operations: list[Operation], chance: random.Random) -> Operation:
    """What two operations paid, paid by the later one."""
    bills = [bill for operation in operations for bill, _ in operation.paid]
    return _operation(bills, max(operation.paid_at for operation in operations).date(), chance)
