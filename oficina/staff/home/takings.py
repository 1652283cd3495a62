"""What was collected today and this month until now, beside the same stretches of the year before.

Days are local. Last year's stretches end at the same time of the day, so that a morning is not held against a whole
day. A 29th of February is held against the 28th, and the month until then against the whole February before.
"""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from billing.collected import ByChannel, Collected, collected_between, in_all, together
from oficina.shared.dates import local_day
from oficina.shared.exporting import midnight


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """From the local day `since` until `until`; of that one until the time of the day it is now, unless `whole`."""

    since: date
    until: date
    by_channel: ByChannel
    whole: bool = False

    @property
    def total(self) -> Collected:
        """By all channels."""
        return in_all(list(self.by_channel.values()))


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A stretch that ends now, and the one that it is held against."""

    now: Stretch
    before: Stretch


@dataclass(frozen=True, kw_only=True)
class Day:
    """The day of the month `number`, this year and the one before. None: it is still to come, or was not there."""

    number: int
    now: Collected | None
    before: Collected | None


@dataclass(frozen=True, kw_only=True)
class Takings:
    """What the office's first page tells of money. `taken_at` is when it was read, UTC."""

    taken_at: datetime
    today: Compared
    month: Compared
    days: tuple[Day, ...]


def takings(now: datetime) -> Takings:
    """What was collected until `now`. Two queries, one a year."""
    today, moment = local_day(now), _a_year_before(now)
    same_day = local_day(moment)
    this_year = _by_stretch(_midnights(today.replace(day=1), today))
    whole_month = _midnights(same_day.replace(day=1), _end_of_month(same_day))
    last_year = _by_stretch(sorted({*whole_month, moment}))
    leap_day = today.day != same_day.day
    month_ends = whole_month[-1] if leap_day else moment
    return Takings(
        taken_at=now,
        today=Compared(
            now=_stretch(this_year, midnight(today), now, until=today),
            before=_stretch(last_year, midnight(same_day), moment, until=same_day),
        ),
        month=Compared(
            now=_stretch(this_year, midnight(today.replace(day=1)), now, until=today),
            before=_stretch(last_year, whole_month[0], month_ends, until=same_day, whole=leap_day),
        ),
        days=_days(this_year, last_year),
    )


def year_before(day: date) -> date:
    """The same day of the year before; of a 29th of February the 28th."""
    last = calendar.monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, last))


def _a_year_before(now: datetime) -> datetime:
    local = timezone.localtime(now)
    return timezone.make_aware(datetime.combine(year_before(local.date()), local.time()))


def _end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _midnights(since: date, until: date) -> list[datetime]:
    """With which these days begin, and the one with which the last of them ends."""
    return [midnight(since + timedelta(days=number)) for number in range((until - since).days + 2)]


def _by_stretch(instants: Sequence[datetime]) -> Mapping[datetime, ByChannel]:
    """What was collected, by the instant from which it was."""
    return dict(zip(instants, collected_between(instants), strict=False))


def _stretch(
    found: Mapping[datetime, ByChannel], since: datetime, before: datetime, *, until: date, whole: bool = False
) -> Stretch:
    inside = [by_channel for begins, by_channel in found.items() if since <= begins < before]
    return Stretch(since=local_day(since), until=until, by_channel=together(inside), whole=whole)


def _days(this_year: Mapping[datetime, ByChannel], last_year: Mapping[datetime, ByChannel]) -> tuple[Day, ...]:
    now, before = _by_day(this_year), _by_day(last_year)
    month = _end_of_month(local_day(next(iter(this_year)))).day
    numbers = range(1, max(month, *before) + 1)
    return tuple(Day(number=number, now=now.get(number), before=before.get(number)) for number in numbers)


def _by_day(found: Mapping[datetime, ByChannel]) -> dict[int, Collected]:
    days: dict[int, list[ByChannel]] = {}
    for begins, by_channel in found.items():
        days.setdefault(local_day(begins).day, []).append(by_channel)
    return {number: in_all(list(together(parts).values())) for number, parts in days.items()}
