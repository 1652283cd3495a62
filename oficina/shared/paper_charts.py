"""Bars of a series of periods on paper: each with its figure above and its months below, as SVG attributes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from oficina.shared.dates import MONTHS, add_months

SLOTS = 13
"""How many bars the drawing has room for."""

_SLOT_WIDTH = 20
_BAR_WIDTH = 15
_GAP = Decimal("2.5")
_TALLEST = 51
_GROUND = 60
_ABOVE_BAR = Decimal("2.5")
_SHORT_FIGURE = 5


@dataclass(frozen=True)
class PaperReading:
    """One period: the month in which it begins, its value, and the figure to print above its bar."""

    month: date
    value: Decimal
    figure: str


@dataclass(frozen=True, kw_only=True)
class PaperBar:
    """A bar in the units of the view box. Coordinates are text: a template must not localise them."""

    x: str
    y: str
    height: str
    middle: str
    figure: str
    figure_y: str
    months: str
    year: str
    latest: bool


@dataclass(frozen=True, kw_only=True)
class PaperChart:
    """What `documents/bars.html` draws. `summary` is the text for whoever cannot see it: every period and figure."""

    name: str
    summary: str
    figure_size: str
    bars: tuple[PaperBar, ...]


def draw_paper_bars(readings: Sequence[PaperReading], *, name: str, summary: str, period_months: int) -> PaperChart:
    """The chart of at most `SLOTS` readings, oldest first; the last one stands out."""
    tallest = max((reading.value for reading in readings), default=Decimal(0))
    longest = max((len(reading.figure) for reading in readings), default=0)
    bars, shown_year = [], None
    for index, reading in enumerate(readings):
        share = max(reading.value, Decimal(0)) / tallest if tallest > 0 else Decimal(0)
        height = (share * _TALLEST).quantize(Decimal("0.1"))
        bars.append(
            PaperBar(
                x=str(index * _SLOT_WIDTH + _GAP),
                y=str(_GROUND - height),
                height=str(height),
                middle=str(index * _SLOT_WIDTH + _SLOT_WIDTH // 2),
                figure=reading.figure,
                figure_y=str(_GROUND - height - _ABOVE_BAR),
                months=_months(reading.month, period_months),
                year="" if reading.month.year == shown_year else str(reading.month.year),
                latest=index == len(readings) - 1,
            )
        )
        shown_year = reading.month.year
    return PaperChart(
        name=name, summary=summary, figure_size="6.4" if longest <= _SHORT_FIGURE else "5.2", bars=tuple(bars)
    )


def _months(month: date, count: int) -> str:
    """`S-O` for September and October, `Sep` for September alone."""
    first = MONTHS[month.month - 1]
    if count == 1:
        return first[:3].capitalize()
    last = MONTHS[add_months(month, count - 1).month - 1]
    return f"{first[0]}-{last[0]}".upper()
