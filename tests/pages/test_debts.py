from datetime import date, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.linking import unlink_account
from accounts.models import AccountLink, User
from billing.enums import InvoiceStatus
from billing.models import Invoice
from billing.presentation import StateWords
from oficina.pages.debts import DebtTotals, debt_state, debt_totals, links_with_debt
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import InvoiceFactory, paid_checkout

TODAY = date(2026, 11, 24)

pytestmark = pytest.mark.usefixtures("at_noon")


def bill(link: AccountLink, amount: str, *, due_in: int, later: list[tuple[int, str]] | None = None) -> Invoice:
    return InvoiceFactory.create(
        account=link.account,
        amount=Decimal(amount),
        due_on=TODAY + timedelta(days=due_in),
        issued_on=TODAY - timedelta(days=90),
        later_due_on=[TODAY + timedelta(days=days) for days, _ in later or []],
        later_amounts=[Decimal(price) for _, price in later or []],
    )


def test_links_with_debt_sums_todays_prices(link: AccountLink) -> None:
    bill(link, "1000.00", due_in=-67, later=[(-57, "1010.00"), (5, "1020.00")])
    bill(link, "2000.00", due_in=-3, later=[(8, "2050.50")])
    bill(link, "500.25", due_in=6)
    bill(link, "700.00", due_in=0)

    found = links_with_debt(link.user, TODAY).get()

    assert (found.debt, found.overdue_debt) == (Decimal("4270.75"), Decimal("3070.50"))
    assert (found.oldest_overdue_on, found.next_due_on) == (date(2026, 9, 18), TODAY)


def test_links_with_debt_counts_nothing_that_is_paid_void_or_of_another_account(link: AccountLink) -> None:
    other = AccountLinkFactory.create(user=link.user)
    paid_checkout(bill(link, "1000.00", due_in=-5), payer=link.user)
    InvoiceFactory.create(account=link.account, status=InvoiceStatus.VOID, due_on=TODAY - timedelta(days=5))
    bill(other, "80.00", due_in=-1)

    debts = {found.pk: found for found in links_with_debt(link.user, TODAY)}

    assert debts[link.pk].debt == Decimal("0.00")
    assert (debts[link.pk].oldest_overdue_on, debts[link.pk].next_due_on) == (None, None)
    assert debts[other.pk].overdue_debt == Decimal("80.00")


def test_links_with_debt_are_the_persons_own_and_active(link: AccountLink, teammate: User) -> None:
    ended = AccountLinkFactory.create(user=link.user)
    unlink_account(ended)

    assert [found.pk for found in links_with_debt(link.user, TODAY)] == [link.pk]


def test_links_with_debt_is_one_query(link: AccountLink, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(3):
        other = AccountLinkFactory.create(user=link.user)
        bill(other, "10.00", due_in=-1)

    with django_assert_num_queries(1):
        assert sum(found.debt for found in links_with_debt(link.user, TODAY)) == Decimal("30.00")


def test_debt_totals_counts_accounts_and_not_bills(link: AccountLink) -> None:
    other = AccountLinkFactory.create(user=link.user)
    bill(link, "100.10", due_in=-2)
    bill(link, "200.20", due_in=-1)
    bill(other, "5000.00", due_in=1)

    assert debt_totals(links_with_debt(link.user, TODAY)) == DebtTotals(2, 1, Decimal("300.30"), 0)


@pytest.mark.parametrize(
    ("due_in", "state"),
    [
        ([-67, 3], StateWords("Vencida hace 67 días", "danger")),
        ([-1], StateWords("Vencida ayer", "danger")),
        ([0], StateWords("Vence hoy", "warning")),
        ([9, 1], StateWords("Vence mañana", "warning")),
        ([6], StateWords("Vence en 6 días", "warning")),
        ([], StateWords("Al día", "success")),
    ],
)
def test_debt_state_says_the_most_urgent(link: AccountLink, due_in: list[int], state: StateWords) -> None:
    for days in due_in:
        bill(link, "100.00", due_in=days)

    assert debt_state(links_with_debt(link.user, TODAY).get(), TODAY) == state
