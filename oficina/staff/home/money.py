"""How the first page tells of what was collected: headlines, a line for each channel, and the month day by day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from billing.channel_names import ChannelNames, channel_names
from billing.collected import ByChannel, Collected
from oficina.shared.dates import clock, weekday_and_date
from oficina.shared.money import ZERO, pesos
from oficina.staff.home.charts import ColumnChart, Lengths, Pair, draw_columns, draw_lengths
from oficina.staff.home.takings import Compared, Day, Takings, takings
from oficina.staff.home.words import day_comparison, month_comparison, month_name, payments_phrase, short_difference


@dataclass(frozen=True, kw_only=True)
class Headline:
    """What was collected in a stretch. `channels` are those by which something came or left, the largest first."""

    name: str
    total: Collected
    payments: str
    comparison: str
    channels: tuple[tuple[str, Collected], ...]


@dataclass(frozen=True, kw_only=True)
class ChannelLine:
    """A channel in the month, beside the year before."""

    name: str
    now: Collected
    before: Collected
    difference: str
    bars: Lengths


@dataclass(frozen=True, kw_only=True)
class Money:
    """What the templates of the money show. `month_before` is the month of a year ago, `held_against` what of it this
    month until now is compared with.
    """

    taken_at: str
    headlines: tuple[Headline, ...]
    month: str
    month_before: str
    held_against: str
    month_total: Collected
    month_total_before: Collected
    difference: str
    channels: tuple[ChannelLine, ...]
    days: tuple[Day, ...]
    chart: ColumnChart
    summary: str


def money_shown(now: datetime) -> Money:
    """All of it, until `now`. Three queries."""
    found, names = takings(now), channel_names()
    month, before = found.month.now, found.month.before
    pairs = _pairs_of_days(found)
    return Money(
        taken_at=clock(found.taken_at),
        headlines=(
            _headline(f"Hoy, {weekday_and_date(found.today.now.until)}", found.today, day_comparison, names),
            _headline(_capital(month_name(month)), found.month, month_comparison, names),
        ),
        month=month_name(month),
        month_before=month_name(before),
        held_against=f"{month_name(before)}, {'entero' if before.whole else 'a esta altura'}",
        month_total=month.total,
        month_total_before=before.total,
        difference=short_difference(month.total.net, before.total.net),
        channels=_channel_lines(found.month, names),
        days=found.days,
        chart=draw_columns(pairs),
        summary=_summary(pairs, month_name(month)),
    )


def _headline(name: str, compared: Compared, in_words: Callable[[Compared], str], names: ChannelNames) -> Headline:
    total = compared.now.total
    return Headline(
        name=name,
        total=total,
        payments=payments_phrase(total.payments),
        comparison=in_words(compared),
        channels=_largest_first(compared.now.by_channel, names),
    )


def _largest_first(by_channel: ByChannel, names: ChannelNames) -> tuple[tuple[str, Collected], ...]:
    named = [(names.get(slug, slug), found) for slug, found in by_channel.items()]
    return tuple(sorted(named, key=lambda line: (-line[1].net, line[0])))


def _channel_lines(month: Compared, names: ChannelNames) -> tuple[ChannelLine, ...]:
    """Every channel of this year or the one before, what brought most first."""
    now, before = month.now.by_channel, month.before.by_channel
    both = [
        (names.get(slug, slug), now.get(slug, Collected()), before.get(slug, Collected())) for slug in {**now, **before}
    ]
    both.sort(key=lambda line: (-line[1].net, -line[2].net, line[0]))
    bars = draw_lengths([Pair(label=name, now=one.net, before=other.net, words="") for name, one, other in both])
    return tuple(
        ChannelLine(name=name, now=one, before=other, difference=short_difference(one.net, other.net), bars=drawn)
        for (name, one, other), drawn in zip(both, bars, strict=True)
    )


def _pairs_of_days(found: Takings) -> list[Pair]:
    this_year, last_year = found.month.now.until.year, found.month.before.until.year
    return [
        Pair(
            label=str(day.number),
            now=day.now.net if day.now else None,
            before=day.before.net if day.before else None,
            words=_day_words(day, this_year, last_year),
        )
        for day in found.days
    ]


def _day_words(day: Day, this_year: int, last_year: int) -> str:
    """`Día 3: en 2026, $ 100,00; en 2025, $ 80,00.`"""
    told = [f"en {year}, {pesos(of.net)}" for year, of in ((this_year, day.now), (last_year, day.before)) if of]
    return f"Día {day.number}: {'; '.join(told)}."


def _summary(pairs: Sequence[Pair], month: str) -> str:
    """What the chart shows, for whoever does not see it; the figures are in the table below it."""
    best = max(pairs, key=lambda pair: pair.now or ZERO)
    if not best.now or best.now <= 0:
        return f"En {month} todavía no se recaudó nada."
    return f"El mejor día de {month} es el {best.label}, con {pesos(best.now)}. La tabla de abajo tiene cada día."


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
