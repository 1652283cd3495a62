from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from oficina.shared.dates import local_day
from oficina.shared.ids import grouped_digits
from tests.look.rendering import rendered

NBSP = "\N{NO-BREAK SPACE}"
LATE = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)  # still the 24th in Mendoza


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ("{{ v|figure }}", Decimal("1204377.865"), "1.204.377,87"),
        ("{{ v|figure }}", None, ""),
        ("{{ v|cents }}", Decimal("46871.22"), "4687122"),
        ("{{ v|whole }}", 1248, "1.248"),
        ("{{ v|plain }}", 1248, "1248"),
        ("{{ v|short_date }}", date(2026, 11, 3), "03/11/2026"),
        ("{{ v|short_date }}", LATE, "24/11/2026"),
        ("{{ v|day }}", LATE, '<time datetime="2026-11-24">24/11/2026</time>'),
        ("{{ v|day }}", None, ""),
        ("{{ v|clock }}", LATE, "23:30"),
        ("{{ v|days }}", 1, "1 día"),
        ("{{ v|days }}", 67, "67 días"),
        ("{{ v|period }}", date(2026, 7, 1), "Julio y agosto 2026"),
        ("{{ v|account_number }}", "08200142370016", "082-0014237-001-6"),
        ("{{ v|account_ending }}", "08200142370016", "001-6"),
    ],
)
def test_format(source: str, value: object, expected: str) -> None:
    assert rendered(source, {"v": value}) == expected


def test_pesos_do_not_break_over_two_lines() -> None:
    from django.template import engines  # noqa: PLC0415  the helper of this package folds spaces

    html = engines["django"].from_string("{{ v|pesos }}").render({"v": Decimal("1234.5")})
    assert html == f"${NBSP}1.234,50"


def test_digits_that_do_not_fit_the_pattern_stay_as_they_came() -> None:
    assert grouped_digits("123", "000-0000000-000-0") == "123"


def test_local_day_is_mendozas() -> None:
    assert local_day(LATE) == date(2026, 11, 24)
