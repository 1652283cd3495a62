"""Opening hours, written as OpenStreetMap writes them: `Mo-Fr 08:00-13:00,17:00-20:00; Sa 09:00-12:00; PH off`.

A part of that notation is read (docs/decisions/0150): days of the week, spans of a day, and always what holds on
holidays (`PH`); or `24/7`. A day that no rule names is closed, a later rule replaces an earlier one, and a span that
ends before it begins ends on the next day. All of it is local time.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import chain
from typing import Final

from django.utils import timezone

from oficina.shared.business_days import is_holiday
from oficina.shared.dates import local_day

type Span = tuple[int, int]
"""From and until, in minutes since the midnight on which the day began."""

_DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MIDNIGHT: Final = 24 * 60
_ALWAYS: Final = "24/7"
_LOOK_AHEAD_DAYS: Final = 14
_HOUR: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_SPAN: Final = rf"{_HOUR}-({_HOUR}|24:00)"
_SPANS: Final = rf"{_SPAN}(,{_SPAN})*"
_DAY: Final = rf"({'|'.join(_DAYS)})"
_RULE: Final = rf"{_DAY}(-{_DAY})?(,{_DAY}(-{_DAY})?)* {_SPANS}"
NOTATION: Final = rf"^(24/7|({_RULE}; )+PH (off|{_SPANS}))$"
"""What hours look like, as a regular expression that Python and PostgreSQL read alike."""
_SPANS_TYPED: Final = re.compile(r"^\d{1,2}(?::\d{2})?-\d{1,2}(?::\d{2})?(?:,\d{1,2}(?::\d{2})?-\d{1,2}(?::\d{2})?)*$")


@dataclass(frozen=True)
class Hours:
    """When a place is open: on each day of the week, Monday first, and on holidays."""

    week: tuple[tuple[Span, ...], ...]
    holidays: tuple[Span, ...]

    @property
    def always(self) -> bool:
        """Whether it never closes."""
        return all(spans == ((0, _MIDNIGHT),) for spans in (*self.week, self.holidays))

    def on(self, day: date) -> tuple[Span, ...]:
        """The spans that begin on a local date."""
        return self.holidays if is_holiday(day) else self.week[day.weekday()]

    def open_until(self, *, at: datetime) -> datetime | None:
        """When it closes, if it is open at that instant; None while it is closed."""
        return next((closes for opens, closes in self._spans_around(at) if opens <= at < closes), None)

    def opens_next(self, *, at: datetime) -> datetime | None:
        """When it opens after that instant; None when it does not within two weeks."""
        return next((opens for opens, _closes in self._spans_around(at) if opens > at), None)

    def _spans_around(self, at: datetime) -> list[tuple[datetime, datetime]]:
        """The spans from the day before an instant on, in order; those that touch are one."""
        zone = timezone.get_current_timezone()
        joined: list[tuple[datetime, datetime]] = []
        for day in (local_day(at) + timedelta(days=ahead) for ahead in range(-1, _LOOK_AHEAD_DAYS)):
            midnight = datetime.combine(day, time.min, zone)
            for opens, closes in sorted(self.on(day)):
                begin, end = midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes)
                if joined and begin <= joined[-1][1]:
                    joined[-1] = (joined[-1][0], max(joined[-1][1], end))
                else:
                    joined.append((begin, end))
        return joined


@cache
def read_hours(written: str) -> Hours | None:
    """What hours in the notation say; None for none, which is not known. Raises ValueError for anything else."""
    if not written:
        return None
    if not re.fullmatch(NOTATION, written):
        raise ValueError(written)
    if written == _ALWAYS:
        return Hours(week=(((0, _MIDNIGHT),),) * 7, holidays=((0, _MIDNIGHT),))
    *rules, holidays = written.split("; ")
    week: list[tuple[Span, ...]] = [()] * 7
    for rule in rules:
        days, spans = rule.split(" ")
        for day in _days(days):
            week[day] = _spans(spans)
    return Hours(week=tuple(week), holidays=_spans(holidays.removeprefix("PH ")))


def write_hours(hours: Hours | None) -> str:
    """Hours in the notation, days alike together; empty for none. Raises ValueError when no day of the week is open."""
    if hours is None:
        return ""
    if hours.always:
        return _ALWAYS
    if not any(hours.week):
        raise ValueError("no day of the week")
    rules = [f"{_days_written(days)} {_spans_written(spans)}" for days, spans in days_alike(hours) if spans]
    return "; ".join([*rules, f"PH {_spans_written(hours.holidays)}"])


def days_alike(hours: Hours) -> list[tuple[range, tuple[Span, ...]]]:
    """The week in runs of days that have the same spans, closed ones too."""
    runs: list[tuple[range, tuple[Span, ...]]] = []
    for day, spans in enumerate(hours.week):
        if runs and runs[-1][1] == spans:
            runs[-1] = (range(runs[-1][0].start, day + 1), spans)
        else:
            runs.append((range(day, day + 1), spans))
    return runs


def read_spans(typed: str) -> tuple[Span, ...]:
    """The spans of one day as people type them: `8-13 y 17 a 20:30`; none for an empty text.

    Raises ValueError for anything else.
    """
    plain = re.sub(r"\bde\b|(?<=\d)\s*hs?\b\.?", " ", typed.lower())
    plain = re.sub(r"[,;/]|\by\b", ",", re.sub(r"[-–]|\ba\b", "-", plain)).replace(".", ":")
    plain = re.sub(r"\s+", "", plain)
    if not plain:
        return ()
    if not _SPANS_TYPED.match(plain):
        raise ValueError(typed)
    full = ",".join("-".join(_hour_typed(hour) for hour in span.split("-")) for span in plain.split(","))
    if not re.fullmatch(_SPANS, full):
        raise ValueError(typed)
    return _spans(full)


def hour_written(minutes: int) -> str:
    """`08:00`; what lies past midnight is an hour of the next day, and midnight itself is `24:00`."""
    past = minutes if minutes <= _MIDNIGHT else minutes - _MIDNIGHT
    return f"{past // 60:02d}:{past % 60:02d}"


def _hour_typed(hour: str) -> str:
    hours, _, minutes = hour.partition(":")
    return f"{int(hours):02d}:{minutes or '00'}"


def _days(written: str) -> Iterator[int]:
    return chain.from_iterable(_days_between(part) for part in written.split(","))


def _days_between(part: str) -> Iterator[int]:
    first, _, last = part.partition("-")
    begin = _DAYS.index(first)
    end = _DAYS.index(last or first)
    return (day % 7 for day in range(begin, end + (8 if end < begin else 1)))


def _spans(written: str) -> tuple[Span, ...]:
    if written == "off":
        return ()
    return tuple(sorted(_span(part) for part in written.split(",")))


def _span(written: str) -> Span:
    opens, closes = (int(hour[:2]) * 60 + int(hour[3:]) for hour in written.split("-"))
    return opens, closes if closes > opens else closes + _MIDNIGHT


def _days_written(days: range) -> str:
    first, last = _DAYS[days[0]], _DAYS[days[-1]]
    return first if len(days) == 1 else f"{first}-{last}"


def _spans_written(spans: Sequence[Span]) -> str:
    return ",".join(f"{hour_written(opens)}-{hour_written(closes)}" for opens, closes in spans) or "off"
