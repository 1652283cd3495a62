"""Instalments of random debts, and those of one debt to the cent."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from math import log1p

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oficina.shared.business_days import is_business_day
from oficina.shared.money import CENT
from payment_plans.financing import DOWN_PAYMENT, DebtTooSmallError, Schedule, Terms, finance, pay_off

MADE_ON = date(2026, 11, 24)
DEBT = Decimal("65570.30")
SIX = Terms(instalments=6, annual_rate=Decimal(24), days_to_first=30)

percents = st.decimals(0, 120, places=2)
debts = st.decimals(1_000, 9_999_999, places=2)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
any_terms = st.builds(
    Terms,
    instalments=st.integers(1, 36),
    annual_rate=percents,
    days_to_first=st.integers(0, 45),
    down_payment=st.decimals(0, 60, places=2),
    vat_rate=st.sampled_from([Decimal(0), Decimal("10.5"), Decimal(21), Decimal(27)]),
    rounds_to=st.sampled_from([CENT, Decimal(1), Decimal(10), Decimal(100)]),
)


@settings(max_examples=300, deadline=None)
@given(debts, any_terms, days)
def test_instalments_pay_the_debt_and_its_interest_to_the_cent(debt: Decimal, terms: Terms, begins_on: date) -> None:
    schedule = finance(debt, terms, begins_on=begins_on)
    made = schedule.instalments
    assert sum(one.capital for one in made) == debt
    assert sum(one.amount for one in made) == schedule.total == debt + schedule.cost
    assert all(one.capital > 0 and one.interest >= 0 and one.vat >= 0 for one in made)
    assert all(one.amount == one.amount.quantize(CENT) for one in made)
    assert len([one for one in made if one.number != DOWN_PAYMENT]) == terms.instalments
    assert all(one.due_on < after.due_on for one, after in pairwise(made))
    assert all(is_business_day(one.due_on) for one in made)
    assert made[0].due_on >= begins_on + timedelta(days=terms.days_to_first)
    if not terms.annual_rate:
        assert schedule.cost == 0


@settings(max_examples=100, deadline=None)
@given(debts, any_terms, days, st.data())
def test_paying_early_costs_what_has_accrued_and_saves_the_rest(
    debt: Decimal, terms: Terms, begins_on: date, data: st.DataObject
) -> None:
    schedule = finance(debt, terms, begins_on=begins_on)
    unpaid = data.draw(st.sets(st.sampled_from([one.number for one in schedule.instalments]), min_size=1))
    on = begins_on + timedelta(days=data.draw(st.integers(0, 400)))
    owed = [one for one in schedule.instalments if one.number in unpaid]
    payoff = pay_off(schedule, unpaid, on=on)
    assert payoff.capital == sum(one.capital for one in owed)
    assert payoff.amount + payoff.saved == sum(one.amount for one in owed)
    assert payoff.saved >= 0
    later = pay_off(schedule, unpaid, on=on + timedelta(days=30))
    assert later.amount >= payoff.amount
    assert pay_off(schedule, unpaid, on=owed[-1].due_on).saved == 0


@settings(max_examples=150, deadline=None)
@given(
    st.decimals(10_000, 9_999_999, places=2),
    st.integers(1, 36),
    st.decimals(5, 120, places=2),
    st.integers(10, 30),
    days,
)
def test_the_cft_of_a_plan_without_vat_is_about_its_tea(
    debt: Decimal, instalments: int, rate: Decimal, days_to_first: int, begins_on: date
) -> None:
    terms = Terms(instalments=instalments, annual_rate=rate, days_to_first=days_to_first)
    cft = finance(debt, terms, begins_on=begins_on).total_financial_cost
    ratio = log1p(float(cft) / 100) / log1p(float(terms.effective_annual_rate) / 100)
    assert 0.8 < ratio < 1.1  # business days and a first month cut at thirty days move it


@pytest.mark.parametrize(
    ("rate", "tea"), [("0", "0.00"), ("18", "19.56"), ("24", "26.82"), ("27", "30.60"), ("30", "34.49")]
)
def test_effective_annual_rate(rate: str, tea: str) -> None:
    assert Terms(instalments=3, annual_rate=Decimal(rate), days_to_first=30).effective_annual_rate == Decimal(tea)


def test_six_instalments_to_the_cent() -> None:
    assert _rows(finance(DEBT, SIX, begins_on=MADE_ON)) == [
        ("10394.58", "1311.41", "11705.99"),
        ("10602.48", "1103.51", "11705.99"),
        ("10814.53", "891.46", "11705.99"),
        ("11030.82", "675.17", "11705.99"),
        ("11251.43", "454.56", "11705.99"),
        ("11476.46", "229.53", "11705.99"),
    ]


def test_the_first_month_bears_the_interest_of_its_days() -> None:
    terms = Terms(instalments=6, annual_rate=Decimal(24), days_to_first=15)
    first = finance(Decimal("60000.00"), terms, begins_on=MADE_ON).instalments[0]
    assert first.due_on == date(2026, 12, 9)
    assert first.interest == Decimal("600.00")  # 2 % a month, 15 of 30 days


def test_vat_of_the_interest_is_in_equal_instalments() -> None:
    terms = Terms(instalments=3, annual_rate=Decimal(24), days_to_first=30, vat_rate=Decimal(21))
    schedule = finance(Decimal("10000.00"), terms, begins_on=MADE_ON)
    first = schedule.instalments[0]
    assert (first.interest, first.vat) == (Decimal("200.00"), Decimal("42.00"))
    assert first.amount == schedule.instalments[1].amount
    without = finance(
        Decimal("10000.00"), Terms(instalments=3, annual_rate=Decimal(24), days_to_first=30), begins_on=MADE_ON
    )
    assert schedule.total_financial_cost > without.total_financial_cost


def test_a_down_payment_bears_no_interest_and_the_rest_is_financed() -> None:
    terms = Terms(instalments=2, annual_rate=Decimal(0), days_to_first=7, down_payment=Decimal(20))
    schedule = finance(Decimal("1000.01"), terms, begins_on=MADE_ON)
    assert [(one.number, str(one.amount)) for one in schedule.instalments] == [
        (DOWN_PAYMENT, "200.00"),
        (1, "400.01"),
        (2, "400.00"),
    ]
    assert schedule.total_financial_cost == 0


def test_instalments_are_rounded_to_pesos_and_the_last_takes_the_rest() -> None:
    terms = Terms(instalments=3, annual_rate=Decimal(0), days_to_first=7, rounds_to=Decimal(100))
    schedule = finance(Decimal("10000.01"), terms, begins_on=MADE_ON)
    assert [str(one.amount) for one in schedule.instalments] == ["3300.00", "3300.00", "3400.01"]


def test_a_rounding_too_coarse_gives_way() -> None:
    terms = Terms(instalments=3, annual_rate=Decimal(0), days_to_first=7, rounds_to=Decimal(100))
    assert [one.amount for one in finance(Decimal("30.00"), terms, begins_on=MADE_ON).instalments] == [10, 10, 10]


def test_a_debt_of_fewer_cents_than_instalments_is_refused() -> None:
    with pytest.raises(DebtTooSmallError):
        finance(Decimal("0.02"), SIX, begins_on=MADE_ON)


def _rows(schedule: Schedule) -> list[tuple[str, str, str]]:
    return [(str(one.capital), str(one.interest), str(one.amount)) for one in schedule.instalments]
