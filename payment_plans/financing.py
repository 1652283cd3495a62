"""How a debt becomes instalments: dates, amounts, what they cost, and what paying them early saves. Pure arithmetic.

French system: equal instalments, each with the interest of its month on what is still owed (a twelfth of the nominal
annual rate) and the VAT of that interest, the rest of it capital. The first month counts the days until its due date
over thirty, and never more than thirty. The last instalment takes what rounding left.
"""

import calendar
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from math import exp, log1p

from oficina.shared.business_days import business_day_from
from oficina.shared.dates import add_months
from oficina.shared.money import CENT, ZERO, round_to_cents

_MONTHS = 12
_DAYS_OF_A_MONTH = 30
_DAYS_OF_A_YEAR = 365
_ONE = Decimal(1)
_HUNDRED = Decimal(100)
_HALVINGS = 80

DOWN_PAYMENT = 0
"""The number of the down payment among the instalments."""


class DebtTooSmallError(Exception):
    """Some instalment would pay no capital."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """On what a debt is financed. Rates in per cent: `annual_rate` is the TNA, `down_payment` a share of the debt,
    `vat_rate` the VAT on interest, zero where it bears none. Instalments are multiples of `rounds_to` pesos where
    the debt allows it. The first payment falls due `days_to_first` days after the plan is made.
    """

    instalments: int
    annual_rate: Decimal
    days_to_first: int
    down_payment: Decimal = ZERO
    vat_rate: Decimal = ZERO
    rounds_to: Decimal = CENT

    @property
    def monthly_rate(self) -> Decimal:
        """A twelfth of the nominal annual rate, as a fraction."""
        return self.annual_rate / _HUNDRED / _MONTHS

    @property
    def effective_annual_rate(self) -> Decimal:
        """The TEA in per cent: the nominal rate when each month's interest bears interest."""
        return round_to_cents(((_ONE + self.monthly_rate) ** _MONTHS - 1) * _HUNDRED)


@dataclass(frozen=True, kw_only=True)
class Instalment:
    """One payment, in pesos, due on a local date that is a business day. Number 0 is the down payment."""

    number: int
    due_on: date
    capital: Decimal
    interest: Decimal
    vat: Decimal

    @property
    def amount(self) -> Decimal:
        """What is paid."""
        return self.capital + self.interest + self.vat


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The instalments that pay `debt` pesos, financed from the local date `begins_on`, in order."""

    debt: Decimal
    begins_on: date
    terms: Terms
    instalments: tuple[Instalment, ...]

    @property
    def total(self) -> Decimal:
        """What is paid in all."""
        return sum((instalment.amount for instalment in self.instalments), ZERO)

    @property
    def cost(self) -> Decimal:
        """What financing costs against paying the debt at once: interest and its VAT."""
        return self.total - self.debt

    @cached_property
    def total_financial_cost(self) -> Decimal:
        """The CFT in per cent: the effective annual rate at which the instalments, VAT included, are worth today what
        is financed.

        Source: BCRA, "Tasas de interés en las operaciones de crédito", section on the costo financiero total: effective
        annual, by actual days over 365, with all that the debtor pays.
        """
        paid = [one for one in self.instalments if one.number != DOWN_PAYMENT]
        financed = sum((one.capital for one in paid), ZERO)
        flows = [(float(one.amount), (one.due_on - self.begins_on).days / _DAYS_OF_A_YEAR) for one in paid]
        return round_to_cents(Decimal(_rate_that_discounts(flows, float(financed))) * _HUNDRED)


@dataclass(frozen=True, kw_only=True)
class Payoff:
    """What pays all at once that is still owed, in pesos; `saved` is the interest and VAT that did not accrue."""

    capital: Decimal
    interest: Decimal
    vat: Decimal
    saved: Decimal

    @property
    def amount(self) -> Decimal:
        """What is paid."""
        return self.capital + self.interest + self.vat


def finance(debt: Decimal, terms: Terms, *, begins_on: date) -> Schedule:
    """The instalments of a debt, in pesos; they add up to it and to its interest, to the cent.

    A rounding that would leave an instalment without capital gives way to a finer one. Raises DebtTooSmallError when
    cents are not fine enough.
    """
    share = round_to_cents(debt * terms.down_payment / _HUNDRED)
    dates = due_dates(terms, begins_on=begins_on, down_payment=share > 0)
    first = [Instalment(number=DOWN_PAYMENT, due_on=dates[0], capital=share, interest=ZERO, vat=ZERO)] if share else []
    rest = dates[len(first) :]
    for unit in sorted({terms.rounds_to, _ONE, CENT}, reverse=True):
        if unit > terms.rounds_to:
            continue
        financed = _instalments(debt - share, terms, rest, begins_on=begins_on, unit=unit)
        if all(one.capital > 0 for one in financed):
            return Schedule(debt=debt, begins_on=begins_on, terms=terms, instalments=(*first, *financed))
    raise DebtTooSmallError


def due_dates(terms: Terms, *, begins_on: date, down_payment: bool) -> list[date]:
    """The business days on which the payments fall due: the first after the days that the terms give, the others a
    month after each other.
    """
    first = begins_on + timedelta(days=terms.days_to_first)
    return [business_day_from(_months_after(first, month)) for month in range(terms.instalments + down_payment)]


def pay_off(schedule: Schedule, unpaid: Collection[int], *, on: date) -> Payoff:
    """What pays the instalments with these numbers at once on a local date.

    Those that fell due are paid whole. Of the others the capital is, and of the one whose period is running also the
    share of its interest that has accrued, by days.
    """
    capital = interest = vat = saved = ZERO
    period_began = schedule.begins_on
    for one in schedule.instalments:
        if one.number in unpaid:
            passed = _share_passed(period_began, one.due_on, on)
            accrued, its_vat = round_to_cents(one.interest * passed), round_to_cents(one.vat * passed)
            capital, interest, vat = capital + one.capital, interest + accrued, vat + its_vat
            saved += one.interest + one.vat - accrued - its_vat
        period_began = one.due_on
    return Payoff(capital=capital, interest=interest, vat=vat, saved=saved)


def _instalments(
    financed: Decimal, terms: Terms, dates: Sequence[date], *, begins_on: date, unit: Decimal
) -> list[Instalment]:
    first_month = Decimal(min((dates[0] - begins_on).days, _DAYS_OF_A_MONTH)) / _DAYS_OF_A_MONTH
    equal = _to_multiple(_equal_amount(financed, terms, first_month), unit)
    left = financed
    made = []
    for number, due_on in enumerate(dates, start=1):
        interest = round_to_cents(left * terms.monthly_rate * (first_month if number == 1 else 1))
        vat = round_to_cents(interest * terms.vat_rate / _HUNDRED)
        capital = left if number == len(dates) else equal - interest - vat
        made.append(Instalment(number=number, due_on=due_on, capital=capital, interest=interest, vat=vat))
        left -= capital
    return made


def _equal_amount(financed: Decimal, terms: Terms, first_month: Decimal) -> Decimal:
    """The instalment of which, unrounded, as many as the terms say pay a debt with its interest and VAT."""
    rate = terms.monthly_rate * (1 + terms.vat_rate / _HUNDRED)
    if not rate:
        return financed / terms.instalments
    worth_of_each = (1 - (1 + rate) ** -terms.instalments) / rate
    return financed * (1 + rate * first_month) / ((1 + rate) * worth_of_each)


def _to_multiple(amount: Decimal, unit: Decimal) -> Decimal:
    return (amount / unit).quantize(_ONE, rounding=ROUND_HALF_UP) * unit


def _months_after(day: date, count: int) -> date:
    """The same day of a later month, or that month's last day."""
    month = add_months(day, count)
    return month.replace(day=min(day.day, calendar.monthrange(month.year, month.month)[1]))


def _share_passed(began: date, ends: date, on: date) -> Decimal:
    """How much of a period has passed on a date, as a fraction."""
    if on >= ends:
        return _ONE
    return Decimal(max((on - began).days, 0)) / (ends - began).days


def _rate_that_discounts(flows: Sequence[tuple[float, float]], worth: float) -> float:
    """The annual rate at which amounts, each with its years from today, are worth that today. Not negative.

    By bisection, since the worth falls as the rate rises: a package for it would be one more binary for ten lines.
    """
    low, high = 0.0, 1.0
    if _worth(flows, low) <= worth:
        return low
    while _worth(flows, high) > worth:
        high *= 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _worth(flows, middle) > worth else (low, middle)
    return high


def _worth(flows: Sequence[tuple[float, float]], rate: float) -> float:
    return sum(amount * exp(-years * log1p(rate)) for amount, years in flows)
