"""What a bill costs on a date: the examples, and SQL against an implementation of its own in exact fractions."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.models import Invoice
from billing.pricing import NextPriceDay
from tests.factories.billing import InvoiceFactory, LateInterestPolicyFactory

pytestmark = pytest.mark.django_db

DUE = date(2026, 11, 20)
AFTER_DUE = date(2026, 11, 30)

type Policy = tuple[date, Decimal]


def amount_due(invoice: Invoice, on: date) -> Decimal:
    return Invoice.objects.with_amount_due(on=on).get(pk=invoice.pk).amount_due


@pytest.mark.parametrize(
    ("on", "price"),
    [
        (date(2026, 1, 1), "1000.00"),
        (DUE, "1000.00"),
        (date(2026, 11, 21), "1030.00"),
        (date(2026, 11, 27), "1030.00"),
        (date(2026, 11, 28), "1060.00"),
        (AFTER_DUE, "1060.00"),
        (date(2026, 12, 1), "1060.70"),
        (date(2026, 12, 30), "1081.00"),
        (date(2027, 11, 30), "1315.50"),
    ],
)
def test_a_bill_costs_what_it_prints_and_then_interest_on_the_original_amount(on: date, price: str) -> None:
    LateInterestPolicyFactory.create()
    invoice = InvoiceFactory.create(
        due_on=DUE,
        later_due_on=[date(2026, 11, 27), AFTER_DUE],
        later_amounts=[Decimal("1030.00"), Decimal("1060.00")],
    )
    assert amount_due(invoice, on) == Decimal(price)


@pytest.mark.parametrize(("amount", "price"), [("10.00", "10.01"), ("9.99", "9.99")])
def test_interest_is_rounded_half_up(amount: str, price: str) -> None:
    LateInterestPolicyFactory.create(daily_rate=Decimal("0.0005"))
    invoice = InvoiceFactory.create(amount=Decimal(amount), due_on=DUE)
    assert amount_due(invoice, DUE + timedelta(days=1)) == Decimal(price)


def test_each_day_of_delay_bears_the_rate_in_force_on_it() -> None:
    LateInterestPolicyFactory.create(valid_from=date(2026, 1, 1), daily_rate=Decimal("0.0007"))
    LateInterestPolicyFactory.create(valid_from=date(2026, 11, 25), daily_rate=Decimal("0.0010"))
    invoice = InvoiceFactory.create(due_on=DUE)
    assert amount_due(invoice, date(2026, 11, 24)) == Decimal("1002.80")
    assert amount_due(invoice, date(2026, 11, 25)) == Decimal("1003.80")
    assert amount_due(invoice, date(2026, 11, 26)) == Decimal("1004.80")


def test_days_before_the_first_policy_bear_nothing() -> None:
    LateInterestPolicyFactory.create(valid_from=date(2026, 11, 25))
    invoice = InvoiceFactory.create(due_on=DUE)
    assert amount_due(invoice, date(2026, 11, 24)) == Decimal("1000.00")
    assert amount_due(invoice, date(2026, 11, 25)) == Decimal("1000.70")


def test_without_a_policy_nothing_is_added() -> None:
    assert amount_due(InvoiceFactory.create(due_on=DUE), date(2027, 11, 20)) == Decimal("1000.00")


def test_a_void_bill_costs_nothing() -> None:
    assert amount_due(InvoiceFactory.create(due_on=DUE, status="void"), DUE) == Decimal("0.00")


@pytest.mark.parametrize(
    ("later", "on", "day"),
    [
        ([], date(2026, 11, 1), date(2026, 11, 21)),
        ([], DUE, date(2026, 11, 21)),
        ([], date(2026, 11, 21), date(2026, 11, 22)),
        ([AFTER_DUE], date(2026, 11, 21), date(2026, 12, 1)),
        ([AFTER_DUE], date(2026, 12, 24), date(2026, 12, 25)),
    ],
)
def test_the_next_price_day_is_when_the_price_may_change(later: list[date], on: date, day: date) -> None:
    InvoiceFactory.create(due_on=DUE, later_due_on=later, later_amounts=[Decimal("1030.00")] * len(later))
    assert Invoice.objects.values_list(NextPriceDay(on=on), flat=True).get() == day


def exact_price(
    amount: Decimal, dates: list[date], amounts: list[Decimal], policies: list[Policy], on: date
) -> Fraction:
    """The price before anything is paid, day by day, in fractions."""
    for due_on, printed in zip(dates, [amount, *amounts], strict=True):
        if on <= due_on:
            return Fraction(printed)
    rate: Fraction = Fraction(0)
    day = dates[-1]
    while day < on:
        day += timedelta(days=1)
        in_force = [daily for valid_from, daily in sorted(policies) if valid_from <= day]
        rate += Fraction(in_force[-1]) if in_force else 0
    return Fraction([amount, *amounts][-1]) + half_up(Fraction(amount) * rate)


def half_up(exact: Fraction) -> Fraction:
    return Fraction(int(exact * 100 + Fraction(1, 2)), 100)


cents = st.integers(min_value=1, max_value=99_999_999_99).map(lambda value: Decimal(value) / 100)
days = st.integers(min_value=0, max_value=400)


@settings(max_examples=150, deadline=None)
@given(
    amount=cents,
    extra=st.lists(st.tuples(st.integers(1, 40), cents), max_size=2),
    rates=st.dictionaries(days, st.integers(0, 10_000), max_size=3),
    on=days,
    paid=st.integers(min_value=0, max_value=100),
    fixed=st.integers(min_value=0, max_value=50_000_00),
)
def test_the_price_is_exact(
    amount: Decimal,
    extra: list[tuple[int, Decimal]],
    rates: dict[int, int],
    on: int,
    paid: int,
    fixed: int,
) -> None:
    start = date(2026, 1, 10)
    dates, amounts = [start + timedelta(days=30)], []
    for gap, printed in extra:
        dates.append(dates[-1] + timedelta(days=gap))
        amounts.append(printed)
    policies = [(start + timedelta(days=day), Decimal(rate) / 10_000_000) for day, rate in rates.items()]
    day = start + timedelta(days=on)
    surcharge = Decimal(fixed) / 100
    payable = amount + surcharge
    applied = (payable * paid / 100).quantize(Decimal("0.01"))

    price = max(Fraction(payable), exact_price(amount, dates, amounts, policies, day))
    expected = half_up((Fraction(payable) - Fraction(applied)) * price / Fraction(payable))

    assert Fraction(due_in_sql(policies, (amount, surcharge, applied), (dates, amounts), day)) == expected


def due_in_sql(
    policies: list[Policy],
    money: tuple[Decimal, Decimal, Decimal],
    printed: tuple[list[date], list[Decimal]],
    on: date,
) -> Decimal:
    """The amount due by the SQL function, of a bill that is in no table."""
    amount, surcharge, applied = money
    dates, amounts = printed
    with transaction.atomic(), connection.cursor() as cursor:
        for valid_from, rate in policies:
            LateInterestPolicyFactory.create(valid_from=valid_from, daily_rate=rate, monthly_cap=Decimal("0.9"))
        cursor.execute(
            "SELECT billing_amount_due('open', %s, %s, %s, %s, %s::date[], %s::numeric[], %s)",
            [amount, surcharge, applied, dates[0], dates[1:], amounts, on],
        )
        row = cursor.fetchone()
        transaction.set_rollback(True)
    assert row is not None
    due: Decimal = row[0]
    return due
