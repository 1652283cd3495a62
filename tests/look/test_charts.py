from datetime import date
from decimal import Decimal

from oficina.shared.charts import Chart, Reading, draw_bars
from tests.look.rendering import rendered


def drawn(*values: str, low: bool = False) -> Chart:
    readings = [
        Reading(
            month=date(2025 + (8 + 2 * i) // 12, (8 + 2 * i) % 12 + 1, 1), value=Decimal(value), words=f"período {i}"
        )
        for i, value in enumerate(values)
    ]
    return draw_bars(readings, name="Importe", scale="máximo", summary="Sube.", heading_id="consumo", low=low)


def test_tallest_bar_reaches_the_headroom_and_others_are_in_proportion() -> None:
    bars = drawn("25.00", "50.00", "100.00").bars
    assert [bar.height for bar in bars] == ["24.0", "48.0", "96.0"]
    assert [bar.y for bar in bars] == ["76.0", "52.0", "4.0"]
    assert [bar.x for bar in bars] == ["1", "11", "21"]
    assert [bar.latest for bar in bars] == [False, False, True]


def test_nothing_below_zero_is_drawn() -> None:
    assert [bar.height for bar in drawn("-5.00", "0.00", "10.00").bars] == ["0.0", "0.0", "96.0"]


def test_all_zero_and_empty_series_have_no_height() -> None:
    assert [bar.height for bar in drawn("0.00", "0.00").bars] == ["0.0", "0.0"]
    assert drawn().bars == ()


def test_years_are_told_where_they_change() -> None:
    assert drawn("1.00", "1.00", "1.00", "1.00").labels == (("sep", "’25"), ("nov", ""), ("ene", "’26"), ("mar", ""))


def test_drawing_uses_attributes_that_no_locale_changes() -> None:
    html = rendered("{% chart c %}", {"c": drawn(*["1234.50"] * 130)})
    assert 'viewBox="0 0 1300 100"' in html
    assert 'role="img" aria-label="Sube."' in html
    assert '<rect class="chart__bar chart__bar--now" x="1291" y="4.0" width="8" height="96.0">' in html
    assert "style=" not in html
