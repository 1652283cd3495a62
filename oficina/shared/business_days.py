"""Days on which banks and offices work: neither weekends nor holidays, national, of the province or of the banks.

The calendar is that of the `holidays` package; the setting `extra_holidays` adds a day decreed after its release.
"""

from datetime import date, timedelta
from functools import cache

from django.conf import settings
from holidays import HolidayBase, country_holidays
from holidays.constants import BANK, PUBLIC


def is_business_day(day: date) -> bool:
    """Whether banks and offices work on a local date."""
    return _calendar().is_working_day(day)


def is_holiday(day: date) -> bool:
    """Whether a local date is a holiday, whatever day of the week it is."""
    return day in _calendar()


def business_day_from(day: date) -> date:
    """`day` itself, or the first business day after it."""
    return day if is_business_day(day) else business_days_after(day, 1)


def business_days_after(day: date, count: int) -> date:
    """The business day that lies `count` (1 or more) of them after `day`, which itself is not counted."""
    return _calendar().get_nth_working_day(day, count)


def business_days_before(day: date, count: int) -> date:
    """The business day that lies `count` (1 or more) of them before `day`, which itself is not counted."""
    return _calendar().get_nth_working_day(day, -count)


def business_days_between(start: date, end: date) -> int:
    """How many business days pass after `start` up to `end`, which is counted; 0 when `end` is not later."""
    return _calendar().get_working_days_count(start + timedelta(days=1), end) if end > start else 0


def _calendar() -> HolidayBase:
    utility = settings.UTILITY
    return _calendar_of(utility.holiday_province, tuple(utility.extra_holidays))


@cache
def _calendar_of(province: str, extra: tuple[date, ...]) -> HolidayBase:
    calendar = country_holidays("AR", subdiv=province, categories=(PUBLIC, BANK), language="es")
    for day in extra:
        calendar[day] = "Día no laborable"
    return calendar
