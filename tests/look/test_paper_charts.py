"""Bars on paper."""

from datetime import date
from decimal import Decimal

from oficina.shared.paper_charts import PaperReading, draw_paper_bars


def readings(*values: int) -> list[PaperReading]:
    months = [date(2025, 9, 1), date(2025, 11, 1), date(2026, 1, 1)]
    return [PaperReading(month, Decimal(value), str(value)) for month, value in zip(months, values, strict=True)]


def test_bars_stand_on_the_ground_and_the_last_one_stands_out() -> None:
    chart = draw_paper_bars(readings(40, 20, 0), name="m³", summary="…", period_months=2)
    assert [(bar.x, bar.y, bar.height) for bar in chart.bars] == [
        ("2.5", "9.0", "51.0"),
        ("22.5", "34.5", "25.5"),
        ("42.5", "60.0", "0.0"),
    ]
    assert [bar.latest for bar in chart.bars] == [False, False, True]
    assert [(bar.middle, bar.figure, bar.figure_y) for bar in chart.bars] == [
        ("10", "40", "6.5"),
        ("30", "20", "32.0"),
        ("50", "0", "57.5"),
    ]


def test_months_and_years() -> None:
    two = draw_paper_bars(readings(1, 1, 1), name="", summary="", period_months=2)
    one = draw_paper_bars(readings(1, 1, 1), name="", summary="", period_months=1)
    assert [(bar.months, bar.year) for bar in two.bars] == [("S-O", "2025"), ("N-D", ""), ("E-F", "2026")]
    assert [bar.months for bar in one.bars] == ["Sep", "Nov", "Ene"]


def test_nothing_used_draws_no_bar() -> None:
    chart = draw_paper_bars(readings(0, 0, 0), name="", summary="", period_months=2)
    assert {bar.height for bar in chart.bars} == {"0.0"}


def test_long_figures_are_smaller() -> None:
    short = draw_paper_bars(readings(1, 1, 99_999), name="", summary="", period_months=2)
    long = draw_paper_bars(readings(1, 1, 999_999), name="", summary="", period_months=2)
    assert (short.figure_size, long.figure_size) == ("6.4", "5.2")
