from datetime import date

import pytest
from pytest_django import Settings

from oficina.shared.business_days import (
    business_day_from,
    business_days_after,
    business_days_before,
    business_days_between,
    is_business_day,
)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 24), True),
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 11, 23), False),  # Soberanía Nacional, moved from the 20th
        (date(2026, 11, 20), True),
        (date(2026, 12, 7), False),  # a bridge
        (date(2026, 12, 8), False),
        (date(2026, 4, 2), False),  # Malvinas and Maundy Thursday
        (date(2025, 7, 25), False),  # Santiago, patron of Mendoza
        (date(2026, 11, 6), False),  # banks are closed
        (date(2026, 9, 21), True),  # a holiday of some religions only
    ],
)
def test_weekends_and_the_holidays_of_nation_province_and_banks_are_not_business_days(day: date, works: bool) -> None:
    assert is_business_day(day) is works


def test_counting_leaves_the_day_itself_out() -> None:
    tuesday = date(2026, 12, 1)
    assert business_days_after(tuesday, 5) == date(2026, 12, 10)  # over a weekend, a bridge and the 8th
    assert business_days_before(date(2026, 12, 10), 5) == tuesday
    assert business_days_between(tuesday, date(2026, 12, 10)) == 5
    assert business_days_between(tuesday, tuesday) == 0
    assert business_days_between(tuesday, date(2026, 11, 1)) == 0


def test_counting_passes_the_end_of_a_year() -> None:
    assert business_days_after(date(2026, 12, 31), 1) == date(2027, 1, 4)
    assert business_days_before(date(2027, 1, 4), 1) == date(2026, 12, 31)


def test_a_day_moves_on_only_when_nobody_works_on_it() -> None:
    assert business_day_from(date(2026, 12, 4)) == date(2026, 12, 4)
    assert business_day_from(date(2026, 12, 5)) == date(2026, 12, 9)


def test_a_decreed_day_and_another_province_are_settings(settings: Settings) -> None:
    settings.UTILITY = settings.UTILITY.model_copy(
        update={"extra_holidays": [date(2026, 12, 1)], "holiday_province": "X"}
    )
    assert not is_business_day(date(2026, 12, 1))
    assert is_business_day(date(2025, 7, 25))
    assert is_business_day(date(2026, 12, 2))
