"""The bars of what an account used and was billed, for the screen."""

from collections.abc import Sequence
from decimal import Decimal

from billing.billed_periods import Period, period_words
from oficina.shared.charts import Chart, Reading, draw_bars
from oficina.shared.money import pesos


def used_chart(periods: Sequence[Period], *, heading_id: str) -> Chart:
    """The m³ of each period, oldest first."""
    readings = [_reading(period, period.used or Decimal(0), period.used_words or "sin medición") for period in periods]
    most = max(periods, key=lambda period: period.used or Decimal(0))
    latest = periods[-1]
    said = f"El último, {latest.used_words}." if latest.used_words else ""
    return draw_bars(
        readings,
        name="Metros cúbicos",
        scale=f"máximo {most.used_words}",
        summary=f"Barras del consumo por {period_words()}. El mayor, {most.used_words} en {most.name.lower()}. {said}",
        heading_id=heading_id,
    )


def amounts_chart(periods: Sequence[Period], *, heading_id: str) -> Chart:
    """What was billed in each period, oldest first."""
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
        heading_id=heading_id,
        low=True,
    )


def _reading(period: Period, value: Decimal, words: str) -> Reading:
    return Reading(month=period.month, value=value, words=f"{period.name}: {words}")
