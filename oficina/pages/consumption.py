"""What an account used and what it was billed, period by period: the chart of Inicio."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Sum

from accounts.models import AccountLink
from billing.enums import InvoiceKind, InvoiceStatus
from billing.models import Invoice
from billing.presentation import decimal_words
from oficina.shared.charts import Chart, Reading, draw_bars
from oficina.shared.dates import add_months, period_name
from oficina.shared.money import pesos

PERIODS = 13
"""A year of bimesters, the same one of a year before, and what lies between."""

_PERIOD_WORDS = {1: "mes", 2: "bimestre", 3: "trimestre", 4: "cuatrimestre", 6: "semestre", 12: "año"}
_PLURALS = {"mes": "meses"}


@dataclass(frozen=True)
class Period:
    """One period: its first month, m³ used (None for a flat rate) and what was billed in pesos."""

    month: date
    used: Decimal | None
    amount: Decimal

    @property
    def name(self) -> str:
        """`Julio y agosto 2026`."""
        return period_name(self.month, settings.BILLING_PERIOD_MONTHS)

    @property
    def used_words(self) -> str:
        """`41 m³`, or empty."""
        return "" if self.used is None else cubic_metres(self.used)


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
        count, name = len(self.periods), period_words()
        return f"Últimos {count} {_PLURALS.get(name, f'{name}s')}" if count > 1 else f"Último {name}"

    @property
    def caption(self) -> str:
        """The name of the table that has the same figures."""
        return f"{'Consumo e importe' if self.is_measured else 'Importe'} de cada {period_words()}"


def consumption(link: AccountLink) -> Consumption | None:
    """The last periods of the account, in one query; None while there is no bill of any."""
    billed = (
        Invoice.objects.of(link)
        .filter(kind=InvoiceKind.SERVICE, status=InvoiceStatus.OPEN)
        .values("period")
        .annotate(used=Sum("consumption_m3"), billed=Sum("amount"))
        .order_by("-period")[:PERIODS]
    )
    periods = [Period(row["period"], row["used"], row["billed"]) for row in billed if row["period"] is not None]
    if not periods:
        return None
    is_measured = any(period.used is not None for period in periods)
    oldest_first = periods[::-1]
    charts = [_amounts_chart(oldest_first)]
    if is_measured:
        charts.insert(0, replace(_used_chart(oldest_first), labels=()))  # the one below names the periods
    return Consumption(_sentence(periods), charts, periods, is_measured)


def period_words() -> str:
    """What a billing period is called: `bimestre`."""
    return _PERIOD_WORDS.get(settings.BILLING_PERIOD_MONTHS, "período")


def cubic_metres(used: Decimal) -> str:
    """`41 m³`, `1.204,5 m³`."""
    return f"{decimal_words(used)} m³"


def _sentence(periods: Sequence[Period]) -> str:
    latest = periods[0]
    months = " ".join(word for word in latest.name.split() if not word.isdecimal()).lower()
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


def _used_chart(periods: Sequence[Period]) -> Chart:
    readings = [_reading(period, period.used or Decimal(0), period.used_words or "sin medición") for period in periods]
    most = max(periods, key=lambda period: period.used or Decimal(0))
    latest = periods[-1]
    said = f"El último, {latest.used_words}." if latest.used_words else ""
    return draw_bars(
        readings,
        name="Metros cúbicos",
        scale=f"máximo {most.used_words}",
        summary=f"Barras del consumo por {period_words()}. El mayor, {most.used_words} en {most.name.lower()}. {said}",
        heading_id="consumo",
    )


def _amounts_chart(periods: Sequence[Period]) -> Chart:
    readings = [_reading(period, period.amount, pesos(period.amount)) for period in periods]
    most = max(period.amount for period in periods)
    first, latest = periods[0], periods[-1]
    return draw_bars(
        readings,
        name="Importe",
        scale=f"máximo {pesos(most)}",
        summary=(
            f"Barras del importe por {period_words()}. Fue de {pesos(first.amount)} en {first.name.lower()} "
            f"y de {pesos(latest.amount)} en {latest.name.lower()}."
        ),
        heading_id="consumo",
        low=True,
    )


def _reading(period: Period, value: Decimal, words: str) -> Reading:
    return Reading(month=period.month, value=value, words=f"{period.name}: {words}")
