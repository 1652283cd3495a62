"""Which days are compared, and when."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import ServiceAccount
from billing.discrepancies import open_discrepancy
from billing.enums import DiscrepancyKind
from billing.models import ProviderDay
from billing.reconciliation.days import bounds, due_days
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory, begin_checkout

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def november(*numbers: int) -> list[date]:
    return [date(2026, 11, number) for number in numbers]


def compared(number: int, *, at: datetime) -> ProviderDay:
    return ProviderDay.objects.create(source="stripe", day=date(2026, 11, number), checked_at=at)


def long_ago(number: int) -> ProviderDay:
    """A day that was compared two days after it had ended."""
    return compared(number, at=datetime(2026, 11, number, 15, tzinfo=UTC) + timedelta(days=3))


def test_a_day_of_mendoza_begins_at_three_in_utc() -> None:
    assert bounds(date(2026, 11, 24)) == (
        datetime(2026, 11, 24, 3, tzinfo=UTC),
        datetime(2026, 11, 25, 3, tzinfo=UTC),
    )


def test_without_any_payment_only_today_is_due() -> None:
    assert due_days("stripe", now=NOON) == november(24)


def test_the_first_day_is_that_of_the_first_checkout(account: ServiceAccount) -> None:
    begin_checkout(InvoiceFactory.create(account=account), created_at=NOON - timedelta(days=3))
    assert due_days("stripe", now=NOON) == november(21, 22, 23, 24)


def test_days_that_were_never_compared_are_due_although_later_ones_were() -> None:
    long_ago(10)
    for number in (12, 13, 14, 15, 16, 17, 18, 19, 20, 21):
        long_ago(number)
    compared(22, at=NOON)
    compared(23, at=NOON)
    compared(24, at=NOON)
    assert due_days("stripe", now=NOON) == november(11, 24)


def test_today_is_due_at_every_round_and_a_recent_day_once_a_day() -> None:
    compared(22, at=NOON - timedelta(hours=19))
    compared(23, at=NOON - timedelta(hours=3))
    compared(24, at=NOON - timedelta(minutes=1))
    assert due_days("stripe", now=NOON) == november(24)
    assert due_days("stripe", now=NOON + timedelta(hours=1)) == november(22, 24)


def test_a_day_compared_before_its_books_were_written_is_due() -> None:
    compared(22, at=NOON)
    compared(23, at=datetime(2026, 11, 24, 3, 30, tzinfo=UTC))
    compared(24, at=NOON)
    assert due_days("stripe", now=NOON) == november(23, 24)


def test_an_old_day_is_due_while_its_difference_is_not_explained() -> None:
    for number in range(10, 22):
        long_ago(number)
    open_day = ProviderDay.objects.get(day=date(2026, 11, 12))
    open_day.findings.add(open_discrepancy(DiscrepancyKind.UNKNOWN_OBJECT, about="charge:ch_1"))
    ProviderDay.objects.filter(day=date(2026, 11, 15)).update(our_received=1)
    compared(22, at=NOON)
    compared(23, at=NOON)
    compared(24, at=NOON)
    assert due_days("stripe", now=NOON) == november(12, 15, 24)


def test_days_longer_ago_than_ninety_are_left_alone() -> None:
    ProviderDay.objects.create(source="stripe", day=date(2026, 8, 1), our_received=1, checked_at=NOON)
    assert due_days("stripe", now=NOON) == november(24)
