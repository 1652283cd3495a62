"""A consumption so high that the law presumes a mistake (Ley 24.240, art. 31).

Water is used by season, so the law compares a bill with the same period of the two years before;
`docs/decisions/0080-the-bill-as-a-document.md` says what is done with a shorter history.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings

from billing.billed_periods import CHARTED, Period, cubic_metres
from billing.models import Invoice
from oficina.shared.dates import add_months, period_months
from oficina.shared.money import ZERO, round_to_cents

_PRESUMED_WRONG_FROM = Decimal("1.75")
_YEAR = 12
_TWO_YEARS = 24


@dataclass(frozen=True, kw_only=True)
class UnusualConsumption:
    """By how much a bill exceeds an average of m³ of earlier periods. `excess` in whole per cent, rounded down."""

    used: Decimal
    average: Decimal
    compared_with: str
    excess: int

    @property
    def title(self) -> str:
        """`Consumo 102 % por encima del promedio de julio y agosto de los dos años anteriores`."""
        return f"Consumo {self.excess}\N{NO-BREAK SPACE}% por encima del promedio de {self.compared_with}"

    @property
    def figures(self) -> str:
        """`Usaste 83 m³ y el promedio es 41 m³`."""
        return f"Usaste {cubic_metres(self.used)} y el promedio es {cubic_metres(round_to_cents(self.average))}"


def periods_to_compare() -> int:
    """How many periods have to be known, the bill's own among them: those of the chart, and two years."""
    return max(CHARTED, _TWO_YEARS // settings.BILLING_PERIOD_MONTHS + 1)


def unusual_consumption(invoice: Invoice, periods: Sequence[Period]) -> UnusualConsumption | None:
    """How the bill exceeds the average by more than 75 %; None when it does not, or too little is known.

    `periods` are those of the account up to the bill's own, `periods_to_compare` of them.
    """
    if invoice.period is None or invoice.consumption_m3 is None:
        return None
    used = {period.month: period.used for period in periods if period.used is not None}
    compared = _same_period(invoice.period, used) or _two_years(invoice.period, used)
    if compared is None:
        return None
    average, words = compared
    if invoice.consumption_m3 <= average * _PRESUMED_WRONG_FROM:
        return None
    excess = int((invoice.consumption_m3 / average - 1) * 100)
    return UnusualConsumption(used=invoice.consumption_m3, average=average, compared_with=words, excess=excess)


def _same_period(month: date, used: Mapping[date, Decimal]) -> tuple[Decimal, str] | None:
    """The average of the same period of both years before, when both are known."""
    years_before = (add_months(month, -_YEAR), add_months(month, -_TWO_YEARS))
    known = [used[other] for other in years_before if other in used]
    if len(known) < len(years_before) or not sum(known):
        return None
    months = period_months(month, settings.BILLING_PERIOD_MONTHS)
    return sum(known, ZERO) / len(known), f"{months} de los dos años anteriores"


def _two_years(month: date, used: Mapping[date, Decimal]) -> tuple[Decimal, str] | None:
    """The average of whatever is known of two years, when that is a year's worth."""
    known = [value for other, value in used.items() if add_months(month, -_TWO_YEARS) <= other < month]
    if len(known) < _YEAR // settings.BILLING_PERIOD_MONTHS or not sum(known):
        return None
    return sum(known, ZERO) / len(known), "los últimos dos años"
