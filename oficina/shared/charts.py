"""Bars of a series of periods, drawn as SVG attributes on the server: no script, no style attribute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from oficina.shared.dates import MONTHS

BAR_WIDTH = 8
SLOT_WIDTH = 10
HEIGHT = 100
HEADROOM = 4
"""Left free over the tallest bar, so that the grid line above it can be seen."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One period of a series: the month in which it begins, its value, and how a person reads both."""

    month: date
    value: Decimal
    words: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar in the units of the view box. Coordinates are text: a template must not localise them."""

    x: str
    y: str
    height: str
    words: str
    latest: bool


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What `components/chart.html` draws; `width` as in `Bar`. `summary` is the accessible name: what the bars show."""

    name: str
    scale: str
    summary: str
    width: str
    bars: tuple[Bar, ...]
    labels: tuple[tuple[str, str], ...]
    low: bool = False
    heading_id: str = ""


def draw_bars(
    readings: Sequence[Reading],
    *,
    name: str,
    scale: str,
    summary: str,
    heading_id: str,
    low: bool = False,
) -> Chart:
    """The chart of `readings`, oldest first. The tallest bar reaches the headroom; nothing below zero is drawn."""
    tallest = max((reading.value for reading in readings), default=Decimal(0))
    last = len(readings) - 1
    bars = tuple(_bar(reading, index, tallest=tallest, latest=index == last) for index, reading in enumerate(readings))
    return Chart(
        name=name,
        scale=scale,
        summary=summary,
        width=str(SLOT_WIDTH * len(readings)),
        bars=bars,
        labels=_labels([reading.month for reading in readings]),
        low=low,
        heading_id=heading_id,
    )


def _bar(reading: Reading, index: int, *, tallest: Decimal, latest: bool) -> Bar:
    share = max(reading.value, Decimal(0)) / tallest if tallest > 0 else Decimal(0)
    height = (share * (HEIGHT - HEADROOM)).quantize(Decimal("0.1"))
    return Bar(
        x=str(index * SLOT_WIDTH + (SLOT_WIDTH - BAR_WIDTH) // 2),
        y=str(HEIGHT - height),
        height=str(height),
        words=reading.words,
        latest=latest,
    )


def _labels(months: Sequence[date]) -> tuple[tuple[str, str], ...]:
    """Short month names; the year under the first one and wherever it changes."""
    labels = []
    shown_year = None
    for month in months:
        year = "" if month.year == shown_year else f"’{month.year % 100:02d}"
        shown_year = month.year
        labels.append((MONTHS[month.month - 1][:3], year))
    return tuple(labels)
