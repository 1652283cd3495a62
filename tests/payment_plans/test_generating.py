"""Making a plan: what it takes up and issues, one for each debt however it is asked for, and why it is refused."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.linking import unlink_account
from accounts.models import AccountLink, User
from billing.enums import InvoiceKind, InvoiceStatus
from billing.models import Invoice, InvoiceLine
from billing.settlement import settle_payment
from oficina.shared.business_days import is_business_day
from oficina.shared.dates import today
from oficina.shared.money import ZERO
from payment_plans.enums import PlanEnd, PlanState
from payment_plans.financing import Instalment, finance
from payment_plans.generating import PlanChoice, generate_plan
from payment_plans.models import PaymentPlan, PlanStep
from payment_plans.refusals import AnotherPlanWaits, LinkEnded, MoneyUnderWay, NothingToFinance, OptionsChanged
from tests.factories.accounts import HolderChangeFactory
from tests.factories.billing import LateInterestPolicyFactory, on_its_way, open_checkout
from tests.factories.plans import choice_of, consent, instalment, overdue_bill, policy, waiting_plan
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def test_a_plan_as_it_was_shown(link: AccountLink, bills: list[Invoice]) -> None:
    plan = waiting_plan(link)
    assert (plan.state, plan.debt, plan.total) == (PlanState.WAITING, Decimal("50000.00"), Decimal("51209.97"))
    assert (plan.annual_rate, plan.total_financial_cost) == (Decimal("18.00"), Decimal("23.84"))
    assert (plan.document, plan.phone, plan.email) == ("30123456", "2615550182", "ana@correo.example")
    assert (plan.made_by, plan.acceptance.user, plan.acceptance.ip_address) == (link.user, link.user, "10.0.0.7")
    taken = [(bill.invoice_id, bill.amount, bill.surcharge_when_paid) for bill in plan.bills.order_by("pk")]
    assert taken == [(bills[0].pk, Decimal("30000.00"), ZERO), (bills[1].pk, Decimal("20000.00"), ZERO)]
    parts = [(part.number, part.due_on, part.capital, part.interest, part.vat) for part in plan.parts.all()]
    assert parts == [
        (1, date(2026, 12, 4), Decimal("16767.49"), Decimal("250.00"), Decimal("52.50")),
        (2, date(2027, 1, 4), Decimal("16466.82"), Decimal("498.49"), Decimal("104.68")),
        (3, date(2027, 2, 4), Decimal("16765.69"), Decimal("251.49"), Decimal("52.81")),
    ]
    assert plan.schedule.total == plan.total
    assert [(step.state, step.by) for step in plan.steps.all()] == [(PlanState.WAITING, link.user)]


def test_its_documents_can_be_paid_and_its_bills_too(link: AccountLink, bills: list[Invoice]) -> None:
    plan = waiting_plan(link)
    document = instalment(plan, 2)
    assert (document.kind, document.amount, document.due_on, document.offered) == (
        InvoiceKind.INSTALMENT,
        Decimal("17069.99"),
        date(2027, 1, 4),
        True,
    )
    assert document.description == f"Cuota 2 de 3 del plan {plan}"
    assert document.payment_code
    lines = InvoiceLine.objects.filter(invoice=document).values_list("concept", "amount", "vat_amount")
    assert list(lines) == [
        ("Capital", Decimal("16466.82"), 0),
        ("Interés de financiación", Decimal("498.49"), Decimal("104.68")),
    ]
    assert list(Invoice.objects.owed().filter(account=link.account).order_by("pk")) == bills
    assert Invoice.objects.payable().filter(account=link.account).count() == 5


def test_it_is_told_by_mail(link: AccountLink, bills: list[Invoice]) -> None:
    plan = waiting_plan(link)
    run_jobs()
    (told,) = mail.outbox
    assert f"/cuenta/{link.public_id}/planes/{plan.public_id}/" in told.body
    assert "Una vez vigente, el plan caduca con 2 cuotas sin pagar." in told.body
    assert told.to == ["ana@correo.example"]
    assert told.subject.startswith("Plan de pago: falta la primera cuota, cuenta terminada en ")
    assert "pagás la primera cuota: $\N{NO-BREAK SPACE}17.069,99, hasta el viernes 04/12/2026." in told.body


def test_a_down_payment_is_the_first_payment(link: AccountLink) -> None:
    policy(down_payment=Decimal("20.00"))
    overdue_bill(link)
    plan = waiting_plan(link)
    parts = [(part.number, part.due_on, part.capital, part.interest) for part in plan.parts.all()][:2]
    assert parts == [
        (0, date(2026, 12, 4), Decimal("6000.00"), 0),
        (1, date(2027, 1, 4), plan.parts.get(number=1).capital, Decimal("360.00")),
    ]
    assert instalment(plan, 0).description == f"Anticipo del plan {plan}"
    run_jobs()
    assert "pagás el anticipo: $\N{NO-BREAK SPACE}6.000,00, hasta el viernes 04/12/2026." in mail.outbox[0].body


def test_the_same_choice_again_is_the_same_plan(link: AccountLink, bills: list[Invoice], teammate: User) -> None:
    choice = choice_of(link)
    plan = generate_plan(link, choice, consent(), now=timezone.now())
    assert generate_plan(link, choice, consent(), now=timezone.now()) == plan
    theirs = AccountLink.objects.get(user=teammate)
    assert generate_plan(theirs, choice, consent(), replaces_waiting=True, now=timezone.now()) == plan
    assert (PaymentPlan.objects.count(), PlanStep.objects.count()) == (1, 1)


def test_another_choice_replaces_the_waiting_plan_when_the_person_says_so(
    link: AccountLink, bills: list[Invoice]
) -> None:
    plan = waiting_plan(link)
    other = choice_of(link, 6)
    with pytest.raises(AnotherPlanWaits) as refused:
        generate_plan(link, other, consent(), now=timezone.now())
    assert refused.value.plan == plan
    new = generate_plan(link, other, consent(), replaces_waiting=True, now=timezone.now())
    plan.refresh_from_db()
    assert (plan.state, plan.end_reason, new.state) == (PlanState.ENDED, PlanEnd.REPLACED, PlanState.WAITING)
    assert {one.status for one in Invoice.objects.filter(plan_instalment__plan=plan)} == {InvoiceStatus.VOID}
    run_jobs()
    assert [message.subject.split(",")[0] for message in mail.outbox] == [
        "Plan de pago: falta la primera cuota",
        "Plan de pago: quedó sin efecto",
        "Plan de pago: falta la primera cuota",
    ]


def test_a_plan_whose_money_is_on_its_way_is_not_replaced(link: AccountLink, bills: list[Invoice]) -> None:
    plan = waiting_plan(link)
    other = choice_of(link, 6)
    payment = open_checkout(instalment(plan, 1))
    settle_payment(payment.pk, on_its_way(payment), cause="test")
    with pytest.raises(MoneyUnderWay):
        generate_plan(link, other, consent(), replaces_waiting=True, now=timezone.now())
    plan.refresh_from_db()
    assert (plan.state, PaymentPlan.objects.count()) == (PlanState.WAITING, 1)


def test_what_was_shown_has_to_hold_still(
    link: AccountLink, bills: list[Invoice], at_noon: time_machine.Traveller
) -> None:
    choice = choice_of(link)
    unknown = PlanChoice(instalments=4, debt=choice.debt, total=choice.total)
    cheaper = PlanChoice(instalments=3, debt=choice.debt, total=choice.total - 1)
    LateInterestPolicyFactory.create(valid_from=date(2026, 11, 1))
    for wrong in (unknown, cheaper, choice):
        with pytest.raises(OptionsChanged):
            generate_plan(link, wrong, consent(), now=timezone.now())
    choice = choice_of(link)
    at_noon.shift(timedelta(days=1))
    with pytest.raises(OptionsChanged):
        generate_plan(link, choice, consent(), now=timezone.now())
    assert PaymentPlan.objects.count() == 0


def test_whoever_no_longer_has_the_account_makes_no_plan(link: AccountLink, bills: list[Invoice]) -> None:
    choice = choice_of(link)
    change = HolderChangeFactory.create(account=link.account)
    AccountLink.objects.filter(pk=link.pk).update(must_prove_since=change.changed_at)
    with pytest.raises(LinkEnded):
        generate_plan(link, choice, consent(), now=timezone.now())
    AccountLink.objects.filter(pk=link.pk).update(must_prove_since=None)
    unlink_account(link)
    with pytest.raises(LinkEnded):
        generate_plan(link, choice, consent(), now=timezone.now())


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amounts=st.lists(st.decimals("0.01", "900000", places=2), min_size=1, max_size=4),
    instalments=st.integers(1, 12),
    annual_rate=st.decimals(0, 45, places=2),
    agreed=st.fixed_dictionaries(
        {
            "down_payment": st.sampled_from([Decimal(0), Decimal("12.50"), Decimal("33.33")]),
            "vat_rate": st.sampled_from([Decimal(0), Decimal("10.50"), Decimal("21.00")]),
            "rounds_to": st.sampled_from([Decimal("0.01"), Decimal("1.00"), Decimal("10.00"), Decimal("100.00")]),
            "days_to_first": st.integers(0, 45),
        }
    ),
)
def test_any_plan_adds_up(
    link: AccountLink, amounts: list[Decimal], instalments: int, annual_rate: Decimal, agreed: dict[str, Any]
) -> None:
    with transaction.atomic():
        option = policy(rates={instalments: annual_rate}, **agreed).options.get()
        bills = [overdue_bill(link, str(amount)) for amount in amounts]
        try:
            plan = waiting_plan(link, instalments)
        except NothingToFinance:
            assert (
                sum(amounts) < 1
                or smallest(finance(sum(amounts, ZERO), option.terms, begins_on=today()).instalments) < 500
            )
        else:
            assert smallest(part.agreed for part in plan.parts.all()) >= 500
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what the database checks at commit
            is_whole(plan, bills)
        transaction.set_rollback(True)


def smallest(instalments: Iterable[Instalment]) -> Decimal:
    """What the least of them comes to; no checkout takes less than 500 pesos."""
    return min(one.amount for one in instalments)


def is_whole(plan: PaymentPlan, bills: list[Invoice]) -> None:
    """What is taken up is the capital that is paid back, each document is of its instalment, and the instalments fall
    due one after the other on business days.
    """
    parts = list(plan.parts.select_related("invoice"))
    assert plan.debt == sum(bill.amount for bill in bills) == sum(part.capital for part in parts)
    assert plan.total == sum(part.invoice.amount for part in parts) >= plan.debt
    assert all(part.capital > 0 and part.interest >= 0 and part.vat >= 0 for part in parts)
    assert all(part.amount == part.invoice.amount and part.due_on == part.invoice.due_on for part in parts)
    due = [part.due_on for part in parts]
    assert due == sorted(set(due))
    assert all(is_business_day(day) for day in due)
