"""What an account is offered: which bills qualify, the options side by side, and why nothing is."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import AccountLink
from billing.enums import InvoiceKind
from billing.models import Invoice
from billing.settlement import settle_payment
from oficina.shared.dates import today
from payment_plans.models import PlanPolicy, PolicyOption
from payment_plans.options import PlanOptions, plan_options
from payment_plans.refusals import DebtBelowMinimum, NoPolicy, NothingToFinance, TooManyPlans
from tests.factories.billing import InvoiceFactory, LateInterestPolicyFactory, on_its_way, open_checkout
from tests.factories.plans import overdue_bill, policy, running_plan, waiting_plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


SIDE_BY_SIDE = [
    (3, Decimal("17069.99"), Decimal("51209.97"), Decimal("1209.97"), Decimal(18), Decimal("19.56"), Decimal("23.84")),
    (6, Decimal("8910.62"), Decimal("53463.70"), Decimal("3463.70"), Decimal(24), Decimal("26.82"), Decimal("33.35")),
]
"""Instalments, the amount of each, the total, the cost of financing; TNA, TEA and CFT. The last of six is less."""


def offered(link: AccountLink) -> PlanOptions:
    return plan_options(link.account_id, on=today())


def test_options_side_by_side(link: AccountLink, bills: list[Invoice]) -> None:
    options = offered(link)
    assert [bill.pk for bill in options.bills] == [bill.pk for bill in bills]
    assert options.debt == Decimal("50000.00")
    seen = [
        (
            option.instalments,
            option.schedule.instalments[0].amount,
            option.schedule.total,
            option.schedule.cost,
            option.option.annual_rate,
            option.schedule.terms.effective_annual_rate,
            option.schedule.total_financial_cost,
        )
        for option in options.options
    ]
    assert seen == SIDE_BY_SIDE
    assert [one.due_on for one in options.options[0].schedule.instalments] == [
        date(2026, 12, 4),
        date(2027, 1, 4),
        date(2027, 2, 4),
    ]


def test_a_debt_is_financed_at_the_price_of_the_day(link: AccountLink, bills: list[Invoice]) -> None:
    LateInterestPolicyFactory.create()
    assert offered(link).debt == Decimal("50700.00")  # 20 days at 0.07 % of 50,000


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"minimum_days_overdue": 21}, []),
        ({"minimum_days_overdue": 20}, ["30000.00"]),
        ({"minimum_days_overdue": 1}, ["30000.00", "700.00"]),
        ({"minimum_days_overdue": None}, ["30000.00", "700.00", "1000.00"]),
        ({"kinds": [InvoiceKind.CHARGE]}, []),
    ],
)
def test_the_policy_says_which_bills_qualify(link: AccountLink, changes: dict[str, Any], expected: list[str]) -> None:
    policy(**changes)
    overdue_bill(link)
    InvoiceFactory.create(account=link.account, amount=Decimal("700.00"), due_on=today() - timedelta(days=1))
    InvoiceFactory.create(account=link.account)
    overdue_bill(AccountLink.objects.create(user=link.user, account=InvoiceFactory.create().account))
    try:
        assert [str(bill.amount) for bill in offered(link).bills] == expected
    except NothingToFinance:
        assert expected == []


def test_what_is_being_paid_does_not_qualify(link: AccountLink, bills: list[Invoice]) -> None:
    payment = open_checkout(bills[0])
    assert offered(link).debt == Decimal("50000.00")
    settle_payment(payment.pk, on_its_way(payment), cause="test")
    assert offered(link).debt == Decimal("20000.00")


def test_why_nothing_is_offered(link: AccountLink, at_noon: time_machine.Traveller) -> None:
    with pytest.raises(NoPolicy):
        offered(link)
    held = policy(minimum_debt=Decimal("30000.01"), valid_until=date(2026, 11, 24))
    with pytest.raises(NothingToFinance):
        offered(link)
    overdue_bill(link)
    with pytest.raises(DebtBelowMinimum) as refused:
        offered(link)
    assert (refused.value.debt, refused.value.minimum) == (Decimal("30000.00"), Decimal("30000.01"))
    PlanPolicy.objects.filter(pk=held.pk).update(minimum_debt=0)
    running_plan(link)
    overdue_bill(link)
    with pytest.raises(TooManyPlans) as many:
        offered(link)
    assert many.value.most == 1
    at_noon.shift(timedelta(days=1))
    with pytest.raises(NoPolicy):
        offered(link)


def test_no_rate_above_the_cap_of_the_law_is_offered_or_kept(
    link: AccountLink, bills: list[Invoice], settings: Settings
) -> None:
    option = PolicyOption(policy=PlanPolicy.objects.get(), instalments=12, annual_rate=Decimal("45.01"))
    with pytest.raises(ValidationError, match=r"La TNA no puede superar 45,00 %: es el tope de la Ley 24.240"):
        option.full_clean()
    option.annual_rate = Decimal("45.00")
    option.full_clean()
    settings.UTILITY = settings.UTILITY.model_copy(update={"payment_plan_rate_cap": Decimal("20.00")})
    assert [option.instalments for option in offered(link).options] == [3]


@pytest.mark.parametrize(("debt", "expected"), [("9000.00", [3, 6]), ("2400.00", [3]), ("1200.00", []), ("0.02", [])])
def test_no_instalment_is_smaller_than_what_a_checkout_takes(link: AccountLink, debt: str, expected: list[int]) -> None:
    policy()
    overdue_bill(link, debt)
    if expected:
        assert [option.instalments for option in offered(link).options] == expected
    else:
        with pytest.raises(NothingToFinance):
            offered(link)


def test_two_policies_never_hold_on_one_day() -> None:
    policy(valid_until=date(2026, 11, 24))
    policy(valid_from=date(2026, 11, 25))
    with pytest.raises(IntegrityError, match="plan_policy_one_at_a_time"), transaction.atomic():
        policy(valid_from=date(2025, 1, 1), valid_until=date(2026, 1, 1))
    with pytest.raises(ValidationError, match="Hay otra política en esas fechas"):
        PlanPolicy(name="Otra", valid_from=date(2026, 11, 24)).full_clean()


def test_as_many_queries_for_one_bill_as_for_many(
    link: AccountLink, bills: list[Invoice], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        overdue_bill(link)
    with django_assert_num_queries(4):
        offered(link)


def test_a_policy_by_which_a_plan_was_made_only_ends(link: AccountLink, bills: list[Invoice]) -> None:
    held = PlanPolicy.objects.get()
    held.options.filter(instalments=6).update(annual_rate=Decimal("25.00"))
    waiting_plan(link)
    for change in (
        lambda: PlanPolicy.objects.update(lapses_after=1),
        lambda: held.options.update(annual_rate=Decimal("1.00")),
        lambda: held.options.all().delete(),
        lambda: held.options.create(instalments=9, annual_rate=Decimal("27.00")),
    ):
        with pytest.raises(IntegrityError, match=f"plans were made by policy {held.pk}"), transaction.atomic():
            change()
    PlanPolicy.objects.update(valid_until=date(2026, 11, 24))
    policy(valid_from=date(2026, 11, 25), lapses_after=1)
    assert held.plans.get().policy.lapses_after == 2
