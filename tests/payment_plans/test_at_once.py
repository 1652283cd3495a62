"""A plan at the moment of something else: real commits, each thread with its own connection. Whoever comes second sees
what the first did, nobody fails, and the books hold.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.external_payments import record_external_payment
from billing.models import CreditEntry, Invoice
from payment_plans.closing import lapse_plans
from payment_plans.ending import end_unpaid
from payment_plans.enums import PlanEnd, PlanState
from payment_plans.generating import generate_plan
from payment_plans.models import PaymentPlan
from payment_plans.refusals import AnotherPlanWaits
from tests.billing.ledger.test_concurrency import at_once
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import operation
from tests.factories.plans import choice_of, consent, instalment, overdue_bill, policy, running_plan, waiting_plan
from tests.imports import csv_files
from tests.ledger_invariants import ledger_invariants

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4
NOTHING = Decimal("0.00")


@pytest.fixture(autouse=True)
def _books_hold() -> Iterator[None]:
    policy()
    yield
    ledger_invariants()


def pays(document: Invoice, amount: Decimal | None = None) -> Callable[[], str]:
    """A counter reports money for a document."""

    def act() -> str:
        record_external_payment(operation(document.account, (document, amount or document.amount)), cause="rendición")
        return "paid"

    return act


def as_it_is(plan: PaymentPlan) -> tuple[str, str]:
    plan.refresh_from_db()
    return plan.state, plan.end_reason


def test_two_tabs_make_one_plan(link: AccountLink) -> None:
    overdue_bill(link)
    choice = choice_of(link)
    made = at_once(*[lambda: generate_plan(link, choice, consent(), now=timezone.now()).pk] * 6)
    assert len(set(made)) == 1
    assert PaymentPlan.objects.count() == 1


def test_two_tabs_with_different_choices_make_one_plan(link: AccountLink) -> None:
    overdue_bill(link)
    choices = [choice_of(link, 3), choice_of(link, 6)]

    def choose(number: int) -> str:
        try:
            generate_plan(link, choices[number], consent(), now=timezone.now())
        except AnotherPlanWaits:
            return "waits"
        return "made"

    assert sorted(at_once(lambda: choose(0), lambda: choose(1))) == ["made", "waits"]
    assert PaymentPlan.objects.get().state == PlanState.WAITING


def test_it_begins_or_a_bill_of_it_is_paid(owner: User) -> None:
    for _ in range(ROUNDS):
        link = AccountLinkFactory.create(user=owner)
        bill = overdue_bill(link)
        plan = waiting_plan(link)
        first = instalment(plan, 1)
        at_once(pays(first), pays(bill, Decimal("100.00")))
        bill.refresh_from_db()
        credit = CreditEntry.objects.filter(account=link.account).balance()
        assert (*as_it_is(plan), bill.covered, bill.applied, credit) in [
            (PlanState.IN_FORCE, "", bill.amount, NOTHING, Decimal("100.00")),
            (PlanState.ENDED, PlanEnd.BILLS_MOVED, NOTHING, Decimal("100.00"), first.amount),
        ]


def test_it_begins_or_its_file_changes_a_bill(tmp_path: Path, owner: User) -> None:
    told = csv_files.invoice(amount="10000.00", second_due_on="", second_amount="")  # it fell due on 20/11/2026
    known = csv_files.write(tmp_path / "invoices.csv", told)
    csv_files.run(csv_files.write(tmp_path / "accounts.csv", csv_files.account()), known)
    bill = Invoice.objects.get()
    link = AccountLinkFactory.create(user=owner, account=bill.account)
    plan = waiting_plan(link)
    dearer = csv_files.write(tmp_path / "invoices.csv", told | {"amount": "12000.00"})

    def change() -> str:
        _outcomes, bad_rows = csv_files.run(dearer)
        return "refused" if bad_rows else "changed"

    _, imported = at_once(pays(instalment(plan, 1)), change)
    bill.refresh_from_db()
    assert (*as_it_is(plan), imported, bill.amount, bill.covered) in [
        (PlanState.IN_FORCE, "", "refused", Decimal("10000.00"), Decimal("10000.00")),
        (PlanState.ENDED, PlanEnd.BILLS_MOVED, "changed", Decimal("12000.00"), NOTHING),
    ]


def test_it_is_paid_or_lapses(link: AccountLink) -> None:
    bill = overdue_bill(link)
    plan = running_plan(link)
    later = timezone.now() + timedelta(days=200)
    second, third = instalment(plan, 2), instalment(plan, 3)
    at_once(pays(second), pays(third), lambda: lapse_plans(now=later))
    bill.refresh_from_db()
    paid_of_it = sum(part.capital for part in plan.parts.all() if part.invoice.is_paid)
    if as_it_is(plan)[0] == PlanState.COMPLETED:
        assert bill.is_paid
    else:
        assert plan.state == PlanState.LAPSED
        assert (bill.covered, bill.financed) == (paid_of_it, NOTHING)


def test_it_begins_or_ends_whoever_comes_first(link: AccountLink) -> None:
    bill = overdue_bill(link)
    plan = waiting_plan(link)
    later = timezone.now() + timedelta(days=30)
    first = instalment(plan, 1)
    at_once(pays(first), lambda: end_unpaid(now=later))
    bill.refresh_from_db()
    credit = CreditEntry.objects.filter(account=link.account).balance()
    assert (*as_it_is(plan), bill.covered, credit) in [
        (PlanState.IN_FORCE, "", bill.amount, NOTHING),
        (PlanState.ENDED, PlanEnd.NOT_BEGUN, NOTHING, first.amount),
    ]
