"""The life of a plan: what each step does to it, its documents and its bills, in exact pesos, and whom it tells."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from accounts.closing import close_user
from accounts.hooks import tell_holder_change
from accounts.models import AccountLink, User
from billing.enums import CreditReason, DiscrepancyKind, InvoiceStatus
from billing.external_payments import record_external_payment
from billing.models import CreditEntry, Discrepancy, Invoice, Payment
from billing.refunds import record_refund
from billing.settlement import settle_payment
from oficina.shared.models import OutgoingMail
from payment_plans.closing import cancel_plan, lapse_plans
from payment_plans.ending import end_unpaid, give_up_plan
from payment_plans.enums import PlanEnd, PlanState
from payment_plans.models import PaymentPlan
from payment_plans.paying_early import offer_payoff, void_old_payoffs
from payment_plans.refusals import (
    LinkEnded,
    MoneyUnderWay,
    NothingToPayEarly,
    PlanNotInForce,
    PlanNotWaiting,
    ReasonMissing,
)
from payment_plans.reminding import remind_of_instalments
from payment_plans.tasks import end_plans, remind
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import declined, on_its_way, open_checkout, operation, paid, paid_checkout
from tests.factories.plans import instalment, overdue_bill, pay, running_plan, waiting_plan
from tests.factories.returns import asked_refund, refund_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

NOTHING = Decimal("0.00")
FIRST, SECOND, THIRD = Decimal("16767.49"), Decimal("16466.82"), Decimal("16765.69")
"""The capital of each of the three instalments."""
EACH = Decimal("17069.99")


def standing(bills: Sequence[Invoice]) -> list[tuple[Decimal, Decimal, Decimal, bool]]:
    """Of each bill: what is covered, what of it instalments have still to pay, what is paid by itself, whether it is
    paid.
    """
    found = Invoice.objects.in_bulk([bill.pk for bill in bills])
    return [
        (found[bill.pk].covered, found[bill.pk].financed, found[bill.pk].applied, found[bill.pk].settled_at is not None)
        for bill in bills
    ]


def state_of(plan: PaymentPlan) -> tuple[str, str]:
    plan.refresh_from_db()
    return plan.state, plan.end_reason


def statuses(plan: PaymentPlan) -> list[str]:
    return list(plan.parts.order_by("number").values_list("invoice__status", flat=True))


def mails() -> list[OutgoingMail]:
    """All mails about plans so far."""
    return list(OutgoingMail.objects.filter(subject__startswith="Plan de pago: ").order_by("pk"))


def told() -> list[str]:
    """Their subjects."""
    return [mail.subject.removeprefix("Plan de pago: ").split(",")[0] for mail in mails()]


def last_words() -> str:
    """The text of the last one."""
    content = mails()[-1].content
    assert content is not None
    return str(content["body"])


def credit_of(link: AccountLink) -> Decimal:
    return CreditEntry.objects.filter(account=link.account).balance()


IN_PLAN = [(Decimal("30000.00"),) * 2 + (NOTHING, False), (Decimal("20000.00"),) * 2 + (NOTHING, False)]
PAID = [(Decimal("30000.00"), NOTHING, NOTHING, True), (Decimal("20000.00"), NOTHING, NOTHING, True)]
OWED = [(NOTHING, NOTHING, NOTHING, False)] * 2


def test_the_first_payment_begins_it_and_its_bills_are_in_it(link: AccountLink, bills: list[Invoice]) -> None:
    plan = waiting_plan(link)
    assert standing(bills) == OWED
    pay(plan, 1)
    assert (plan.state, plan.began_at, plan.closed_at) == (PlanState.IN_FORCE, timezone.now(), None)
    assert standing(bills) == IN_PLAN
    assert list(Invoice.objects.in_plan().order_by("pk")) == bills
    owed = Invoice.objects.owed().filter(account=link.account)
    assert list(owed.order_by("due_on")) == [instalment(plan, 2), instalment(plan, 3)]
    assert told() == ["falta la primera cuota", "ya está vigente"]


def test_another_instalment_than_the_first_does_not_begin_it(link: AccountLink, bills: list[Invoice]) -> None:
    plan = waiting_plan(link)
    pay(plan, 2)
    assert (plan.state, standing(bills)) == (PlanState.WAITING, OWED)
    pay(plan, 1)
    assert (plan.state, standing(bills)) == (PlanState.IN_FORCE, IN_PLAN)
    pay(plan, 3)
    assert plan.state == PlanState.COMPLETED


def test_all_at_once_begins_and_completes_it(link: AccountLink, bills: list[Invoice]) -> None:
    plan = waiting_plan(link)
    paid_checkout(*[instalment(plan, number) for number in (1, 2, 3)], payer=link.user)
    assert state_of(plan) == (PlanState.COMPLETED, "")
    assert standing(bills) == PAID
    assert [step.state for step in plan.steps.all()] == [PlanState.WAITING, PlanState.IN_FORCE, PlanState.COMPLETED]


def test_paid_one_by_one_it_is_completed_and_its_bills_are_paid(link: AccountLink, bills: list[Invoice]) -> None:
    plan = running_plan(link)
    pay(plan, 2)
    assert (plan.state, standing(bills)) == (PlanState.IN_FORCE, IN_PLAN)
    pay(plan, 3)
    assert (plan.state, plan.closed_at) == (PlanState.COMPLETED, timezone.now())
    assert [is_paid for *_, is_paid in standing(bills)] == [True, True]
    assert not Invoice.objects.owed().filter(account=link.account).exists()
    assert told()[-1] == "terminaste de pagarlo"


@pytest.mark.parametrize("amount", ["20000.00", "0.01"])
def test_a_bill_paid_even_in_part_ends_the_waiting_plan(link: AccountLink, bills: list[Invoice], amount: str) -> None:
    plan = waiting_plan(link)
    record_external_payment(operation(link.account, (bills[1], Decimal(amount))), cause="rendición")
    assert state_of(plan) == (PlanState.ENDED, PlanEnd.BILLS_MOVED)
    assert statuses(plan) == [InvoiceStatus.VOID] * 3
    assert told() == ["falta la primera cuota", "quedó sin efecto"]


def test_money_on_a_plan_that_ends_before_it_began_is_credit(link: AccountLink, bills: list[Invoice]) -> None:
    plan = waiting_plan(link)
    record_external_payment(operation(link.account, (instalment(plan, 1), Decimal("500.00"))), cause="rendición")
    assert plan.is_waiting
    give_up_plan(link, plan, now=timezone.now())
    assert state_of(plan) == (PlanState.ENDED, PlanEnd.GIVEN_UP)
    assert credit_of(link) == Decimal("500.00")
    assert Discrepancy.objects.get().kind == DiscrepancyKind.VOID_INVOICE_PAID
    give_up_plan(link, plan, now=timezone.now())
    assert plan.steps.count() == 2


def test_a_payment_of_a_bill_and_of_the_first_instalment_ends_it(link: AccountLink, bills: list[Invoice]) -> None:
    plan = waiting_plan(link)
    paid_checkout(bills[0], instalment(plan, 1), payer=link.user)
    assert state_of(plan) == (PlanState.ENDED, PlanEnd.BILLS_MOVED)
    assert standing(bills) == [(NOTHING, NOTHING, Decimal("30000.00"), True), (NOTHING, NOTHING, NOTHING, False)]
    assert credit_of(link) == EACH


def test_who_may_give_it_up_and_when(link: AccountLink, bills: list[Invoice], stranger: User) -> None:
    plan = waiting_plan(link)
    with pytest.raises(LinkEnded):
        give_up_plan(AccountLink.objects.get(user=stranger), plan, now=timezone.now())
    pay(plan, 1)
    with pytest.raises(PlanNotWaiting):
        give_up_plan(link, plan, now=timezone.now())


def test_a_plan_that_nobody_begins_ends_some_days_after_its_first_date(
    link: AccountLink, bills: list[Invoice], at_noon: time_machine.Traveller
) -> None:
    plan = waiting_plan(link)
    at_noon.move_to(timezone.now() + timedelta(days=13))  # due on 4/12, and three days of grace
    assert end_unpaid(now=timezone.now()) == 0
    at_noon.shift(timedelta(days=1))
    payment = open_checkout(instalment(plan, 1))
    settle_payment(payment.pk, on_its_way(payment), cause="test")
    assert end_unpaid(now=timezone.now()) == 0
    with pytest.raises(MoneyUnderWay):
        give_up_plan(link, plan, now=timezone.now())
    settle_payment(payment.pk, declined(payment), cause="test")
    assert end_unpaid(now=timezone.now()) == 1
    assert state_of(plan) == (PlanState.ENDED, PlanEnd.NOT_BEGUN)
    assert end_unpaid(now=timezone.now()) == 0


def test_paid_late_but_before_it_ended_it_begins(
    link: AccountLink, bills: list[Invoice], at_noon: time_machine.Traveller
) -> None:
    plan = waiting_plan(link)
    at_noon.shift(timedelta(days=13))
    pay(plan, 1)
    assert plan.state == PlanState.IN_FORCE


def test_a_new_holder_is_not_bound_by_what_nobody_began(link: AccountLink, bills: list[Invoice]) -> None:
    plan = waiting_plan(link)
    tell_holder_change([link.account_id])
    assert state_of(plan) == (PlanState.ENDED, PlanEnd.HOLDER_CHANGED)


def test_a_plan_in_force_stays_with_the_account(link: AccountLink, bills: list[Invoice], owner: User) -> None:
    plan = running_plan(link)
    told()
    tell_holder_change([link.account_id])
    close_user(owner)
    pay(plan, 2, 3)
    assert plan.state == PlanState.COMPLETED
    assert mails()[-1].recipients == "ana@correo.example"  # the mail given for the plan
    assert told()[-1] == "terminaste de pagarlo"


def test_it_lapses_with_two_unpaid_instalments_and_the_capital_returns(
    link: AccountLink, bills: list[Invoice], at_noon: time_machine.Traveller
) -> None:
    plan = running_plan(link)
    record_external_payment(operation(link.account, (instalment(plan, 2), Decimal("1000.00"))), cause="rendición")
    at_noon.move_to(timezone.now().replace(year=2027, month=2, day=7))
    assert lapse_plans(now=timezone.now()) == 0  # the third fell due on 4/2 and is waited for until the 7th
    at_noon.shift(timedelta(days=1))
    assert lapse_plans(now=timezone.now()) == 1
    assert state_of(plan) == (PlanState.LAPSED, PlanEnd.INSTALMENTS_UNPAID)
    assert statuses(plan) == [InvoiceStatus.OPEN, InvoiceStatus.VOID, InvoiceStatus.VOID]
    assert standing(bills) == [(FIRST, NOTHING, NOTHING, False), (NOTHING, NOTHING, NOTHING, False)]
    assert credit_of(link) == Decimal("1000.00")
    assert list(Invoice.objects.owed().filter(account=link.account).order_by("pk")) == bills
    assert told()[-1] == "caducó"
    assert "Lo que pagaste de capital, $\N{NO-BREAK SPACE}16.767,49, se descontó" in last_words()
    assert lapse_plans(now=timezone.now()) == 0


def test_it_lapses_with_one_unpaid_instalment_long_after_the_last(
    link: AccountLink, bills: list[Invoice], at_noon: time_machine.Traveller
) -> None:
    plan = running_plan(link)
    pay(plan, 2)
    at_noon.move_to(timezone.now().replace(year=2027, month=4, day=5))  # sixty days after 4/2
    assert lapse_plans(now=timezone.now()) == 0
    at_noon.shift(timedelta(days=1))
    assert lapse_plans(now=timezone.now()) == 1
    assert standing(bills) == [
        PAID[0],
        (FIRST + SECOND - 30000, NOTHING, NOTHING, False),
    ]


def test_scenario_17_an_instalment_paid_after_its_plan_was_cancelled_is_credit_and_looked_at(
    link: AccountLink, bills: list[Invoice], staff: User
) -> None:
    plan = running_plan(link)
    late = open_checkout(instalment(plan, 2), payer=link.user)
    cancel_plan(plan, "  Lo pediste por teléfono. ", by=staff, now=timezone.now())
    assert state_of(plan) == (PlanState.CANCELLED, PlanEnd.OFFICE)
    assert (plan.end_note, plan.steps.latest("pk").by) == ("Lo pediste por teléfono.", staff)
    assert standing(bills) == [(FIRST, NOTHING, NOTHING, False), (NOTHING, NOTHING, NOTHING, False)]
    settle_payment(late.pk, paid(late), cause="webhook")
    assert credit_of(link) == EACH
    (entry,) = CreditEntry.objects.filter(account=link.account)
    assert entry.reason == CreditReason.VOID_INVOICE
    assert Discrepancy.objects.get().kind == DiscrepancyKind.VOID_INVOICE_PAID
    assert standing(bills) == [(FIRST, NOTHING, NOTHING, False), (NOTHING, NOTHING, NOTHING, False)]
    cancel_plan(plan, "Otra vez", by=staff, now=timezone.now())
    assert plan.steps.count() == 3
    assert "La oficina canceló el plan. Motivo: Lo pediste por teléfono." in last_words()


def test_the_office_cancels_what_goes_on_and_says_why(link: AccountLink, bills: list[Invoice], staff: User) -> None:
    plan = waiting_plan(link)
    with pytest.raises(ReasonMissing):
        cancel_plan(plan, " ", by=staff, now=timezone.now())
    cancel_plan(plan, "Se hizo por error.", by=staff, now=timezone.now())
    assert state_of(plan) == (PlanState.ENDED, PlanEnd.OFFICE)
    assert "Se hizo por error." in last_words()
    done = running_plan(link)
    pay(done, 2, 3)
    with pytest.raises(PlanNotInForce):
        cancel_plan(done, "Tarde", by=staff, now=timezone.now())


def test_paid_early_it_saves_the_interest_that_did_not_accrue(
    link: AccountLink, bills: list[Invoice], at_noon: time_machine.Traveller
) -> None:
    plan = running_plan(link)
    at_noon.shift(timedelta(days=20))  # 14/12: ten of the 31 days of the second period
    payoff = offer_payoff(link, plan, now=timezone.now())
    assert (payoff.capital, payoff.interest, payoff.vat) == (SECOND + THIRD, Decimal("160.80"), Decimal("33.77"))
    assert (payoff.saved, payoff.good_until, payoff.invoice.due_on) == (Decimal("712.90"),) + (date(2026, 12, 21),) * 2
    assert payoff.invoice.offered
    assert offer_payoff(link, plan, now=timezone.now()) == payoff
    paid_checkout(payoff.invoice, payer=link.user)
    assert state_of(plan) == (PlanState.COMPLETED, "")
    assert statuses(plan) == [InvoiceStatus.OPEN, InvoiceStatus.VOID, InvoiceStatus.VOID]
    assert [is_paid for *_, is_paid in standing(bills)] == [True, True]
    assert told()[-2:] == ["pagar todo junto", "terminaste de pagarlo"]


def test_an_offer_to_pay_early_ends_with_another_payment_or_its_days(
    link: AccountLink, bills: list[Invoice], at_noon: time_machine.Traveller
) -> None:
    plan = running_plan(link, 6)
    first = offer_payoff(link, plan, now=timezone.now())
    pay(plan, 2)
    second = offer_payoff(link, plan, now=timezone.now())
    at_noon.shift(timedelta(days=1))
    third = offer_payoff(link, plan, now=timezone.now())
    at_noon.shift(timedelta(days=8))
    void_old_payoffs(now=timezone.now())
    found = {payoff.pk: payoff.invoice.status for payoff in plan.payoffs.select_related("invoice")}
    assert [found[each.pk] for each in (first, second, third)] == [
        InvoiceStatus.VOID,
        InvoiceStatus.VOID,
        InvoiceStatus.OPEN,
    ]
    at_noon.shift(timedelta(days=1))
    void_old_payoffs(now=timezone.now())
    third.invoice.refresh_from_db()
    assert (third.invoice.status, plan.state) == (InvoiceStatus.VOID, PlanState.IN_FORCE)


def test_nobody_pays_early_what_saves_nothing(
    link: AccountLink, bills: list[Invoice], stranger: User, at_noon: time_machine.Traveller
) -> None:
    plan = waiting_plan(link)
    with pytest.raises(PlanNotInForce):
        offer_payoff(link, plan, now=timezone.now())
    pay(plan, 1)
    with pytest.raises(LinkEnded):
        offer_payoff(AccountLink.objects.get(user=stranger), plan, now=timezone.now())
    payment = open_checkout(instalment(plan, 2))
    settle_payment(payment.pk, on_its_way(payment), cause="test")
    with pytest.raises(MoneyUnderWay):
        offer_payoff(link, plan, now=timezone.now())
    settle_payment(payment.pk, declined(payment), cause="test")
    at_noon.move_to(timezone.now().replace(year=2027, month=2, day=5))
    with pytest.raises(NothingToPayEarly):
        offer_payoff(link, plan, now=timezone.now())


def refund(payment: Payment, by: User) -> None:
    """The provider gives back all of a payment."""
    asked = asked_refund(payment, payment.amount_received or NOTHING, by=by)
    record_refund(payment.pk, refund_report(payment, asked.amount, refund=asked))


def payment_of(document: Invoice) -> Payment:
    return Payment.objects.get(allocations__invoice=document)


def test_a_plan_that_was_paid_is_in_force_again_when_an_instalment_loses_its_money(
    link: AccountLink, bills: list[Invoice], staff: User
) -> None:
    plan = running_plan(link)
    pay(plan, 2, 3)
    refund(payment_of(instalment(plan, 2)), staff)
    assert state_of(plan) == (PlanState.IN_FORCE, "")
    assert (plan.closed_at, standing(bills)) == (None, IN_PLAN)
    assert list(Invoice.objects.owed().filter(account=link.account)) == [instalment(plan, 2)]
    assert told()[-1] == "hay una cuota para pagar de nuevo"
    pay(plan, 2)
    assert plan.state == PlanState.COMPLETED


def test_what_paid_all_the_rest_is_owed_when_it_loses_its_money(
    link: AccountLink, bills: list[Invoice], staff: User, at_noon: time_machine.Traveller
) -> None:
    plan = running_plan(link)
    payoff = offer_payoff(link, plan, now=timezone.now())
    refund(paid_checkout(payoff.invoice, payer=link.user), staff)
    assert state_of(plan) == (PlanState.IN_FORCE, "")
    assert list(Invoice.objects.owed().filter(account=link.account)) == [payoff.invoice]
    at_noon.shift(timedelta(days=150))
    assert lapse_plans(now=timezone.now()) == 1
    assert standing(bills) == [(FIRST, NOTHING, NOTHING, False), (NOTHING, NOTHING, NOTHING, False)]


def test_less_capital_is_paid_when_an_instalment_of_an_ended_plan_loses_its_money(
    link: AccountLink, bills: list[Invoice], staff: User
) -> None:
    plan = running_plan(link)
    pay(plan, 2)
    cancel_plan(plan, "Lo pediste.", by=staff, now=timezone.now())
    assert [covered for covered, *_ in standing(bills)] == [Decimal("30000.00"), Decimal("3234.31")]
    refund(payment_of(instalment(plan, 1)), staff)
    assert state_of(plan) == (PlanState.CANCELLED, PlanEnd.OFFICE)
    assert statuses(plan) == [InvoiceStatus.VOID, InvoiceStatus.OPEN, InvoiceStatus.VOID]
    assert standing(bills) == [(SECOND, NOTHING, NOTHING, False), (NOTHING, NOTHING, NOTHING, False)]
    assert told()[-1] == "cambió lo que se debe"


def test_instalments_are_reminded_of_once(
    link: AccountLink, bills: list[Invoice], at_noon: time_machine.Traveller
) -> None:
    plan = waiting_plan(link)
    assert remind_of_instalments(now=timezone.now()) == 0
    at_noon.shift(timedelta(days=7))  # three days before 4/12
    assert [remind_of_instalments(now=timezone.now()) for _ in range(2)] == [1, 0]
    pay(plan, 1)
    at_noon.move_to(timezone.now().replace(year=2027, month=1, day=7))
    assert remind_of_instalments(now=timezone.now()) == 0
    at_noon.shift(timedelta(days=1))
    assert [remind_of_instalments(now=timezone.now()) for _ in range(2)] == [1, 0]
    assert told() == [
        "falta la primera cuota",
        "vence una cuota el 04/12/2026",
        "ya está vigente",
        "tenés una cuota vencida",
    ]
    assert "Tenés 1 cuota sin pagar: con 2 el plan caduca." in last_words()
    assert f"Código de pago electrónico: {instalment(plan, 2).payment_code}" in last_words()


def test_every_morning_plans_that_are_over_end(
    link: AccountLink, bills: list[Invoice], at_noon: time_machine.Traveller
) -> None:
    other = AccountLinkFactory.create()
    overdue_bill(other)
    left, running = waiting_plan(other), running_plan(link)
    payoff = offer_payoff(link, running, now=timezone.now())
    at_noon.shift(timedelta(days=7))
    remind(timestamp=0)
    assert told()[-1] == "vence una cuota el 04/12/2026"
    at_noon.shift(timedelta(days=7))
    end_plans(timestamp=0)
    payoff.invoice.refresh_from_db()
    assert state_of(left) == (PlanState.ENDED, PlanEnd.NOT_BEGUN)
    assert (state_of(running), payoff.invoice.status) == ((PlanState.IN_FORCE, ""), InvoiceStatus.VOID)
    at_noon.shift(timedelta(days=80))
    end_plans(timestamp=0)
    assert state_of(running) == (PlanState.LAPSED, PlanEnd.INSTALMENTS_UNPAID)
    end_plans(timestamp=0)
    assert running.steps.count() == 3
