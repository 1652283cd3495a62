"""Opening hours: what the notation says, when a place is open, and how people type a day."""

import re
from datetime import datetime

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from tramites.places.hours import NOTATION, Hours, Span, read_hours, read_spans, write_hours

SHOP = "Mo-Fr 08:00-13:00,17:00-20:30; Sa 09:00-12:00; PH off"
"""24/11/2026 is a Tuesday; 23/11 was a holiday that is moved, 08/12 is one."""


def local(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=timezone.get_current_timezone())


def hours(written: str) -> Hours:
    found = read_hours(written)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("at", "until", "again"),
    [
        (local(24, 7, 59), None, local(24, 8)),
        (local(24, 8), local(24, 13), local(24, 17)),
        (local(24, 12, 59), local(24, 13), local(24, 17)),
        (local(24, 13), None, local(24, 17)),
        (local(24, 20, 30), None, local(25, 8)),
        (local(28, 12), None, local(30, 8)),  # Saturday noon: Sunday is closed
        (local(8, 10, month=12), None, local(9, 8, month=12)),  # a holiday
    ],
)
def test_a_place_is_open_on_its_days_and_never_on_a_holiday(
    at: datetime, until: datetime | None, again: datetime
) -> None:
    assert hours(SHOP).open_until(at=at) == until
    assert hours(SHOP).opens_next(at=at) == again


def test_the_instant_is_read_in_the_time_of_the_utility() -> None:
    """At 02:30 UTC of the 25th it is 23:30 of the 24th."""
    late = hours("Mo-Su 20:00-24:00; PH off")
    assert late.open_until(at=datetime.fromisoformat("2026-11-25T02:30:00+00:00")) == local(25, 0)
    assert late.open_until(at=datetime.fromisoformat("2026-11-25T03:00:00+00:00")) is None


def test_a_holiday_may_have_hours_of_its_own_and_the_setting_adds_one(settings: Settings) -> None:
    kiosk = hours("Mo-Su 08:00-22:00; PH 10:00-13:00")
    assert kiosk.open_until(at=local(8, 11, month=12)) == local(8, 13, month=12)
    assert kiosk.open_until(at=local(24, 14)) == local(24, 22)
    settings.UTILITY = settings.UTILITY.model_copy(update={"extra_holidays": [local(24, 0).date()]})
    assert kiosk.open_until(at=local(24, 14)) is None


def test_a_night_belongs_to_the_day_on_which_it_began() -> None:
    station = hours("Fr-Sa 22:00-02:00; PH off")
    assert station.open_until(at=local(28, 1, 59)) == local(28, 2)
    assert station.open_until(at=local(29, 1)) == local(29, 2)  # the night of Saturday
    assert station.open_until(at=local(30, 1)) is None


def test_days_around_the_clock_are_one_span() -> None:
    assert hours("Mo-Th 00:00-24:00; PH off").open_until(at=local(24, 5)) == local(27, 0)
    assert hours("24/7").always
    assert hours("Mo-Su 00:00-24:00; PH 00:00-24:00").always


def test_a_later_rule_replaces_an_earlier_one_and_a_week_may_go_round() -> None:
    read = hours("Fr-Tu 09:00-12:00; Mo,Su 10:00-11:00; PH off")
    assert [bool(spans) for spans in read.week] == [True, True, False, False, True, True, True]
    assert read.week[0] == ((600, 660),)
    assert read.week[1] == ((540, 720),)


@pytest.mark.parametrize(
    "written",
    [
        "Mo-Fr 08:00-13:00", "PH off", "Mo-Fr 8-13; PH off", "Lu-Vi 08:00-13:00; PH off", "Mo 08:00-25:00; PH off",
        "Mo-Fr 08:00-13:00; PH off\n", "<script>; PH off", "Mo-Fr off; PH off", "24/7; PH off",
    ],
)  # fmt: skip
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=re.escape(written)):
        read_hours(written)


def test_hours_that_are_not_known_are_none() -> None:
    assert read_hours("") is None
    assert write_hours(None) == ""
    with pytest.raises(ValueError, match="no day"):
        write_hours(Hours(week=((),) * 7, holidays=()))


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("", ()),
        ("8 a 13", ((480, 780),)),
        ("8-13", ((480, 780),)),
        ("de 8 a 13 y de 17 a 20:30", ((480, 780), (1020, 1230))),
        ("8:30 – 13 hs, 17-20.30 hs.", ((510, 780), (1020, 1230))),
        ("17 a 20 / 8 a 13", ((480, 780), (1020, 1200))),
        ("22 a 2", ((1320, 1560),)),
        ("0 a 24", ((0, 1440),)),
    ],
)
def test_a_day_is_typed_as_people_write_it(typed: str, spans: tuple[Span, ...]) -> None:
    assert read_spans(typed) == spans


@pytest.mark.parametrize("typed", ["mañana", "8", "8 a", "8 a 25", "8 a 13 17 a 20", "8:5 a 13", "8 a 13 y"])
def test_what_is_no_span_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=re.escape(typed)):
        read_spans(typed)


def _spans(edges: list[int]) -> tuple[Span, ...]:
    ordered = sorted(set(edges))
    return tuple(zip(ordered[::2], ordered[1::2], strict=False))


DAY_SPANS = st.lists(st.integers(0, 24 * 60), max_size=6).map(_spans)


@given(st.lists(DAY_SPANS, min_size=7, max_size=7).filter(any), DAY_SPANS)
def test_what_is_written_is_read_again(week: list[tuple[Span, ...]], holidays: tuple[Span, ...]) -> None:
    told = Hours(week=tuple(week), holidays=holidays)
    written = write_hours(told)
    assert re.fullmatch(NOTATION, written)
    assert read_hours(written) == told
