"""Pairs of bars, of now and of a year before, drawn as SVG attributes on the server: no script, no style attribute."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

SLOT_WIDTH: Final = 14
BAR_WIDTH: Final = 5
HEIGHT: Final = 100
HEADROOM: Final = 4
"""Left free over the tallest bar, so that the line above it can be seen."""
LENGTH: Final = 100
"""Of the longest bar that lies."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A value of now and one of a year before, each empty when there is none, and how a person reads both."""

    label: str
    now: Decimal | None
    before: Decimal | None
    words: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """Two bars side by side, in the units of the view box. Coordinates are text: a template must not localise them."""

    label: str
    words: str
    before_x: str
    before_y: str
    before_height: str
    now_x: str
    now_y: str
    now_height: str


@dataclass(frozen=True, kw_only=True)
class ColumnChart:
    """What `office/home/columns.html` draws. `tallest` is the value of the line on top."""

    width: str
    tallest: Decimal
    columns: tuple[Column, ...]


@dataclass(frozen=True, kw_only=True)
class Lengths:
    """Two bars that lie one above the other, as long as these of `LENGTH`."""

    now: str
    before: str


def draw_columns(pairs: Sequence[Pair]) -> ColumnChart:
    """The chart of these pairs, in their order. Nothing below zero is drawn."""
    tallest = _greatest(pairs)
    return ColumnChart(
        width=str(SLOT_WIDTH * len(pairs)),
        tallest=tallest,
        columns=tuple(_column(pair, index, tallest) for index, pair in enumerate(pairs)),
    )


def draw_lengths(pairs: Sequence[Pair]) -> tuple[Lengths, ...]:
    """The bars of each of these pairs, all of one scale. Nothing below zero is drawn."""
    longest = _greatest(pairs)
    return tuple(
        Lengths(now=_part(pair.now, longest, LENGTH), before=_part(pair.before, longest, LENGTH)) for pair in pairs
    )


def _greatest(pairs: Sequence[Pair]) -> Decimal:
    return max((value for pair in pairs for value in (pair.now, pair.before) if value is not None), default=Decimal(0))


def _column(pair: Pair, index: int, tallest: Decimal) -> Column:
    room = HEIGHT - HEADROOM
    before, now = _part(pair.before, tallest, room), _part(pair.now, tallest, room)
    begins = index * SLOT_WIDTH + (SLOT_WIDTH - 2 * BAR_WIDTH) // 2
    return Column(
        label=pair.label,
        words=pair.words,
        before_x=str(begins),
        before_y=str(HEIGHT - Decimal(before)),
        before_height=before,
        now_x=str(begins + BAR_WIDTH),
        now_y=str(HEIGHT - Decimal(now)),
        now_height=now,
    )


def _part(value: Decimal | None, greatest: Decimal, room: int) -> str:
    if value is None or value <= 0 or greatest <= 0:
        return "0.0"
    return str((value / greatest * room).quantize(Decimal("0.1")))
