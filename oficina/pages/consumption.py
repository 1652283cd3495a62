"""What an account used and what it was billed, period by period: the chart of Inicio."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.conf import settings

from accounts.models import AccountLink
from billing.billed_periods import Period, billed_periods, cubic_metres, last_periods_words, period_words
from billing.consumption_charts import amounts_chart, used_chart
from oficina.shared.charts import Chart
from oficina.shared.dates import add_months, period_months
from oficina.shared.money import pesos

_HEADING = "consumo"


@dataclass(frozen=True)
class Consumption:
    """The panel. `periods` newest first; `charts` one for amounts, and before it one for m³ when they are measured."""

    sentence: str
    charts: list[Chart]
    periods: list[Period]
    is_measured: bool

    @property
    def span(self) -> str:
        """`Últimos 13 bimestres`."""
        return last_periods_words(len(self.periods))

    @property
    def caption(self) -> str:
        """The name of the table that has the same figures."""
        return f"{'Consumo e importe' if self.is_measured else 'Importe'} de cada {period_words()}"


def consumption(link: AccountLink) -> Consumption | None:
    """The last periods of the account, in one query; None while there is no bill of any."""
    periods = billed_periods(link.account_id)
    if not periods:
        return None
    is_measured = any(period.used is not None for period in periods)
    oldest_first = periods[::-1]
    charts = [amounts_chart(oldest_first, heading_id=_HEADING)]
    if is_measured:
        measured = used_chart(oldest_first, heading_id=_HEADING)
        charts.insert(0, replace(measured, labels=()))  # the one below names the periods
    return Consumption(_sentence(periods), charts, periods, is_measured)


def _sentence(periods: Sequence[Period]) -> str:
    latest = periods[0]
    months = period_months(latest.month, settings.BILLING_PERIOD_MONTHS)
    year_before = next((period for period in periods if period.month == add_months(latest.month, -12)), None)
    if latest.used is None:
        return f"La factura de {months} fue de {pesos(latest.amount)}.{_amount_then(year_before)}"
    used = f"En {months} usaste {cubic_metres(latest.used)}"
    if year_before is None or year_before.used is None:
        return f"{used}."
    then = f"el mismo {period_words()} de {year_before.month.year}"
    difference = latest.used - year_before.used
    if not difference:
        return f"{used}, lo mismo que en {then}."
    return f"{used}: {cubic_metres(abs(difference))} {'más' if difference > 0 else 'menos'} que en {then}."


def _amount_then(year_before: Period | None) -> str:
    if year_before is None:
        return ""
    return f" En el mismo {period_words()} de {year_before.month.year} fue de {pesos(year_before.amount)}."
