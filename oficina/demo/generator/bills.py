"""What each account was billed, bimester by bimester."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from oficina.demo.generator.accounts import Account, Oddity
from oficina.demo.generator.schedule import Bimester, last_complete_bimester
from oficina.demo.generator.tariffs import Line, lines_of
from oficina.shared.money import ZERO, round_to_cents

DAILY_RATE = Decimal("0.0007")
"""Interest for each day of delay: 2.10 % in thirty days."""

_BY_SEASON = {1: 1.46, 3: 1.10, 5: 0.80, 7: 0.73, 9: 0.96, 11: 1.28}
"""How much water is used in the bimester that begins in this month, summer being in January."""

_DAYS_TO_REISSUE = 5
_AUTHORIZATION_DAYS = 10
_AGE_OF_NEW_METER = 6
_AGE_OF_LEAK = 2
_AGE_REISSUED = 3
_UNUSED_SINCE_AGE = 7
_LEAK_FACTOR = 3.4
_WITHOUT_AUTHORIZATION = 0.05
_WITH_THIRD_DUE_DATE = 0.5


class Readings(NamedTuple):
    """What the meter showed at both ends of a bimester, in m³."""

    previous: int
    previous_on: date
    current: int
    current_on: date

    @property
    def used(self) -> Decimal:
        """What was consumed between both."""
        return Decimal(self.current - self.previous)


@dataclass(kw_only=True, slots=True)
class Bill:
    """A bill. `due` are its dates with what pays it until then, in pesos, in order; `number` is given at the end."""

    account: Account
    age: int
    period: Bimester
    issued_on: date
    lines: list[Line]
    other_taxes: Decimal
    due: list[tuple[date, Decimal]]
    readings: Readings | None
    payment_code: str
    authorization_code: str
    is_void: bool = False
    number: str = ""

    @property
    def document_code(self) -> int:
        """ARCA's code: 17 is series A, 18 series B."""
        return 17 if self.account.holder.gets_series_a else 18

    @property
    def amount(self) -> Decimal:
        """What pays it until the first due date, in pesos."""
        return self.due[0][1]

    @property
    def due_on(self) -> date:
        """The first due date."""
        return self.due[0][0]

    @property
    def authorization_due_on(self) -> date | None:
        """The day until which its authorization holds."""
        return self.issued_on + timedelta(days=_AUTHORIZATION_DAYS) if self.authorization_code else None

    def price_on(self, day: date) -> Decimal:
        """What the collection channels ask for it on a day, in pesos."""
        for due_on, amount in self.due:
            if day <= due_on:
                return amount
        last_due_on, last_amount = self.due[-1]
        return last_amount + _interest(self.amount, (day - last_due_on).days)


def bills_of(account: Account, today: date, chance: random.Random, codes: "PaymentCodes") -> list[Bill]:
    """The bills of an account, the oldest first; a bill that was voided comes just before the one that replaces it."""
    newest, last_complete = account.route.newest(today), last_complete_bimester(today)
    readings = iter(_readings(account, newest, chance))
    has_third_due_date = chance.random() < _WITH_THIRD_DUE_DATE
    bills: list[Bill] = []
    for age in account.ages:
        period = newest.before(age)
        measured = next(readings, None)
        lines, other_taxes = lines_of(
            account.tariff,
            account.holder,
            has_sewer=account.has_sewer,
            used=measured.used if measured else None,
            bimesters_ago=last_complete.since(period),
        )
        bill = Bill(
            account=account,
            age=age,
            period=period,
            issued_on=account.route.issued_on(period),
            lines=lines,
            other_taxes=other_taxes,
            due=_due(account, period, lines, places=3 if has_third_due_date else 2),
            readings=measured,
            payment_code="" if account.oddity is Oddity.WITHOUT_PAYMENT_CODES else codes.another(chance),
            authorization_code="" if chance.random() < _WITHOUT_AUTHORIZATION else _digits(chance, 14),
        )
        bills += _reissued(bill, codes, chance) if _is_reissued(account, age) else [bill]
    return bills


class PaymentCodes:
    """Codes of fourteen digits, none twice, that say nothing of the bill they are for."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def another(self, chance: random.Random) -> str:
        """A code that was not given before."""
        while (code := _digits(chance, 14)) in self._given:
            pass
        self._given.add(code)
        return code


def _readings(account: Account, newest: Bimester, chance: random.Random) -> Iterator[Readings]:
    """What the meter showed, the oldest bimester first: each begins where the one before ended, save a new meter."""
    if not account.tariff.is_metered:
        return
    shown = chance.randrange(80, 4000)
    for age in account.ages:
        period = newest.before(age)
        if account.oddity is Oddity.METER_CHANGED and age == _AGE_OF_NEW_METER:
            shown = 0
        reading = Readings(
            shown, period.before(1).last_day, shown + _used(account, period, age, chance), period.last_day
        )
        shown = reading.current
        yield reading


def _used(account: Account, period: Bimester, age: int, chance: random.Random) -> int:
    if account.oddity is Oddity.UNUSED and age <= _UNUSED_SINCE_AGE:
        return 0
    factor = _LEAK_FACTOR if account.oddity is Oddity.LEAK and age == _AGE_OF_LEAK else 1.0
    return round(account.usual_m3 * _BY_SEASON[period.first_day.month] * chance.uniform(0.90, 1.10) * factor)


def _due(account: Account, period: Bimester, lines: Iterable[Line], *, places: int) -> list[tuple[date, Decimal]]:
    amount = total_of(lines)
    days = [account.route.due_on(period, place) for place in range(places)]
    return [(day, amount + _interest(amount, (day - days[0]).days)) for day in days]


def total_of(lines: Iterable[Line]) -> Decimal:
    """What lines add up to, VAT included, in pesos."""
    return sum((line.amount + line.vat_amount for line in lines), ZERO)


def _interest(amount: Decimal, days: int) -> Decimal:
    return round_to_cents(amount * DAILY_RATE * days)


def _is_reissued(account: Account, age: int) -> bool:
    return account.oddity in {Oddity.VOIDED, Oddity.VOIDED_BUT_PAID} and age == _AGE_REISSUED


def _reissued(right: Bill, codes: PaymentCodes, chance: random.Random) -> Sequence[Bill]:
    """The bill that was wrong, void by now, and the one that came some days later in its place."""
    charged_twice = [*right.lines, *(line for line in right.lines if line.vat_rate)]
    amount = total_of(charged_twice)
    wrong = replace(
        right,
        lines=charged_twice,
        due=[(day, amount + _interest(amount, (day - right.due_on).days)) for day, _ in right.due],
        payment_code=codes.another(chance) if right.payment_code else "",
        is_void=True,
    )
    right.issued_on += timedelta(days=_DAYS_TO_REISSUE)
    return [wrong, right]


def _digits(chance: random.Random, count: int) -> str:
    """So many digits, the first of them no zero."""
    return str(chance.randrange(10 ** (count - 1), 10**count))
