"""When the law presumes a mistake (Ley 24.240, art. 31)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from billing.billed_periods import Period
from billing.models import Invoice
from billing.unusual_consumption import unusual_consumption
from oficina.shared.dates import add_months

OWN = date(2026, 9, 1)


def periods(used: Mapping[int, int | None]) -> list[Period]:
    """m³ by months before the bill's own period, newest first."""
    return [
        Period(add_months(OWN, -back), None if m3 is None else Decimal(m3), Decimal(0))
        for back, m3 in sorted(used.items())
    ]


def bill(used: str) -> Invoice:
    return Invoice(period=OWN, consumption_m3=Decimal(used))


SEASONAL = {2: 30, 4: 33, 6: 45, 8: 60, 10: 52, 12: 40, 14: 31, 16: 32, 18: 44, 20: 58, 22: 50, 24: 36}
"""The same period used 40 and 36 in the two years before, 38 on average; all of them 42.58."""


def test_it_is_compared_with_the_same_period_of_two_years() -> None:
    found = unusual_consumption(bill("67"), periods({0: 67, **SEASONAL}))
    assert found is not None
    assert (found.average, found.excess) == (Decimal(38), 76)
    assert found.title == "Consumo 76\xa0% por encima del promedio de septiembre y octubre de los dos años anteriores"
    assert found.figures == "Usaste 67 m³ y el promedio es 38 m³"


@pytest.mark.parametrize(("used", "flagged"), [("66.5", False), ("66.501", True)])
def test_exactly_75_per_cent_more_is_not_above_it(used: str, flagged: bool) -> None:
    assert (unusual_consumption(bill(used), periods(SEASONAL)) is not None) is flagged


def test_a_summer_that_is_as_every_summer_is_not_unusual() -> None:
    """100 m³ are more than 75 % above the average of all periods, and not above that of the summers."""
    summers = {back: 90 if back % 12 == 0 else 20 for back in range(2, 25, 2)}
    assert unusual_consumption(bill("100"), periods(summers)) is None


def test_the_bill_itself_is_not_in_the_average() -> None:
    found = unusual_consumption(bill("500"), periods({0: 500, **SEASONAL}))
    assert found is not None
    assert found.average == Decimal(38)


def test_a_year_of_history_is_enough_for_the_average_of_all_of_it() -> None:
    known = dict.fromkeys(range(2, 13, 2), 40)
    found = unusual_consumption(bill("71"), periods(known))
    assert found is not None
    assert found.title == "Consumo 77\xa0% por encima del promedio de los últimos dos años"
    assert unusual_consumption(bill("70"), periods(known)) is None


@pytest.mark.parametrize(
    "known",
    [
        {},
        dict.fromkeys(range(2, 11, 2), 40),
        dict.fromkeys(range(2, 25, 2), 0),
        dict.fromkeys(range(2, 25, 2)),
        dict.fromkeys(range(26, 49, 2), 40),
    ],
    ids=["none", "less than a year", "nothing used", "flat rate", "only older"],
)
def test_with_too_little_known_nothing_is_presumed(known: Mapping[int, int | None]) -> None:
    assert unusual_consumption(bill("900"), periods(known)) is None


def test_a_house_that_was_empty_in_those_periods_is_compared_with_both_years() -> None:
    found = unusual_consumption(bill("90"), periods({**SEASONAL, 12: 0, 24: 0}))
    assert found is not None
    assert found.compared_with == "los últimos dos años"


def test_a_flat_rate_is_never_unusual() -> None:
    assert unusual_consumption(Invoice(period=OWN), periods(SEASONAL)) is None
