"""The last periods of a bill's account, as the bars that are printed on it."""

from collections.abc import Sequence
from decimal import Decimal

from django.conf import settings

from billing.billed_periods import Period, last_periods_words, period_words
from billing.presentation import decimal_words
from oficina.shared.money import pesos
from oficina.shared.paper_charts import SLOTS, PaperChart, PaperReading, draw_paper_bars

_WHOLE_FROM = 100
"""m³ from which the figure above a bar leaves out its decimals."""

_THOUSAND = 1000


def paper_chart(periods: Sequence[Period]) -> PaperChart:
    """What each of the last periods used, or was billed when nothing is measured.

    `periods` newest first, the bill's own, which stands out; it has one at least, itself.
    """
    shown = periods[:SLOTS][::-1]
    span = last_periods_words(len(shown)).lower()
    if any(period.used is not None for period in shown):
        readings = [_used(period) for period in shown]
        told = [f"{period.name}, {decimal_words(period.used) if period.used is not None else '–'}" for period in shown]
        name = f"Metros cúbicos por {period_words()}"
        summary = f"Consumo de {_the(span)} en metros cúbicos: {'; '.join(told)}."
    else:
        readings = [_billed(period) for period in shown]
        told = [f"{period.name}, {pesos(period.amount)}" for period in shown]
        name = f"Miles de pesos por {period_words()}"
        summary = f"Importe de {_the(span)}: {'; '.join(told)}."
    return draw_paper_bars(readings, name=name, summary=summary, period_months=settings.BILLING_PERIOD_MONTHS)


def _the(span: str) -> str:
    return f"los {span}" if span.startswith("últimos") else f"el {span}"


def _used(period: Period) -> PaperReading:
    if period.used is None:
        return PaperReading(period.month, Decimal(0), "–")
    whole = f"{round(period.used):,}".replace(",", ".")
    return PaperReading(period.month, period.used, whole if period.used >= _WHOLE_FROM else decimal_words(period.used))


def _billed(period: Period) -> PaperReading:
    thousands = (period.amount / _THOUSAND).quantize(Decimal("0.1") if period.amount < 100 * _THOUSAND else Decimal(1))
    return PaperReading(period.month, period.amount, decimal_words(thousands))
