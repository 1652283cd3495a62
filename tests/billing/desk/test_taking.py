"""Taking a payment at the counter: what the ledger and the till then say, and what is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import AccountLink, User
from billing.desk.bills import ShownBill
from billing.desk.refusals import (
    AmountOutOfRange,
    BillsMoved,
    BillsUnderWay,
    CouponUsed,
    HandedOverTooLittle,
    NoOpenShift,
    OfferedInPart,
    PartDoesNotReach,
    ShiftOfAnotherDay,
    TillKeyUsed,
)
from billing.desk.taking import CardSlip, CashHandedOver, DeskOrder, take_desk_payment
from billing.enums import InvoiceStatus
from billing.expiring_checkouts import EXPIRE_CHECKOUTS_TASK
from billing.models import CreditEntry, Discrepancy, Invoice, Payment, Receipt, TillPayment, TillShift
from billing.payment_reports.channels import channels_to_accept, channels_to_report
from billing.settlement import settle_payment
from oficina.shared.models import OutgoingMail
from payment_plans.enums import PlanState
from tests.factories.accounts import ServiceAccountFactory, UserFactory
from tests.factories.billing import (
    InvoiceFactory,
    LateInterestPolicyFactory,
    begin_checkout,
    on_its_way,
    open_checkout,
    paid,
)
from tests.factories.debits import announced, bank_mandate
from tests.factories.plans import instalment, overdue_bill, policy, waiting_plan
from tests.factories.till import card_slip, closed_till, desk_order, opened_till, taken_at_desk
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon", "books")]

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
PRICE = Decimal("1000.00")


def take(order: DeskOrder, by: User) -> TillPayment:
    return take_desk_payment(order, by=by, now=timezone.now())


def state(bill: Invoice) -> tuple[Decimal, bool]:
    bill.refresh_from_db()
    return bill.applied, bill.is_paid


def test_cash_pays_the_bill_as_any_other_channel_does(
    shift: TillShift, bill: Invoice, staff: User, owner: User, teammate: User
) -> None:
    UserFactory.create(email="nadie@correo.example")
    taken = taken_at_desk(bill, by=staff, means=CashHandedOver(handed_over=Decimal("1500.00")))

    assert state(bill) == (PRICE, True)
    payment = taken.payment
    assert (payment.channel, payment.operation_number) == ("desk_cash", f"{shift.pk:06d}-0001")
    assert (payment.amount_received, payment.paid_at, payment.settled_at) == (PRICE, NOW, NOW)
    assert payment.payer is None
    assert list(payment.events.values_list("to_state", "cause")) == [("succeeded", "caja")]
    assert (taken.shift, taken.number, taken.amount) == (shift, 1, PRICE)
    assert (taken.handed_over, taken.change) == (Decimal("1500.00"), Decimal("500.00"))
    assert CreditEntry.objects.count() == Discrepancy.objects.count() == 0

    run_jobs()
    told = OutgoingMail.objects.filter(subject__startswith="Recibimos tu pago de $\N{NO-BREAK SPACE}1.000,00")
    assert sorted(told.values_list("recipients", flat=True)) == [owner.email, teammate.email]
    assert Receipt.objects.get().mailed_at == NOW


def test_a_card_keeps_what_its_terminal_printed(shift: TillShift, bill: Invoice, staff: User) -> None:
    taken = taken_at_desk(bill, by=staff, means=card_slip("42"))
    assert (taken.terminal, taken.batch, taken.coupon, taken.authorization) == ("61234567", "18", "42", "A1B2C3")
    assert taken.handed_over is None
    payment = taken.payment
    assert payment.channel == "desk_card"
    assert (payment.means_brand, payment.means_funding, payment.means_last4) == ("visa", "debit", "4417")


@pytest.mark.usefixtures("shift")
def test_a_late_bill_costs_what_a_checkout_asks(link: AccountLink, staff: User) -> None:
    LateInterestPolicyFactory.create()
    late = InvoiceFactory.create(account=link.account, due_on=date(2026, 11, 14))
    second = InvoiceFactory.create(
        account=link.account, due_on=date(2026, 11, 20), later_due_on=[date(2026, 11, 27)], later_amounts=["1030.00"]
    )
    asked = begin_checkout(late, second, on=date(2026, 11, 24))
    settle_payment(asked.pk, replace(paid(asked), paid_at=NOW), cause="test")
    again = [
        InvoiceFactory.create(account=link.account, due_on=late.due_on),
        InvoiceFactory.create(
            account=link.account, due_on=second.due_on, later_due_on=second.later_due_on, later_amounts=["1030.00"]
        ),
    ]
    taken = taken_at_desk(*again, by=staff)
    assert taken.amount == asked.amount_asked == Decimal("2037.00")  # 1,000 and ten days of 0.07 %; the second date
    assert [state(bill) for bill in again] == [(Decimal("1007.00"), True), (Decimal("1030.00"), True)]


@pytest.mark.usefixtures("shift")
def test_a_part_goes_to_what_was_due_first_and_fixes_its_price(link: AccountLink, staff: User) -> None:
    newer = InvoiceFactory.create(account=link.account, due_on=date(2026, 12, 1))
    older = InvoiceFactory.create(account=link.account, due_on=date(2026, 11, 30))
    taken = take(desk_order(newer, older, amount=Decimal("1400.10")), staff)
    assert (state(older), state(newer)) == ((PRICE, True), (Decimal("400.10"), False))
    assert taken.amount == Decimal("1400.10")


@pytest.mark.usefixtures("shift")
def test_what_cannot_be_paid_is_refused_and_leaves_nothing(link: AccountLink, bill: Invoice, staff: User) -> None:
    other = InvoiceFactory.create(account=link.account)
    void = InvoiceFactory.create(account=link.account, status=InvoiceStatus.VOID)
    elsewhere = InvoiceFactory.create(account=ServiceAccountFactory.create())
    both = desk_order(bill, other)
    wrong = [
        (replace(both, amount=Decimal("2000.01")), HandedOverTooLittle),
        (replace(both, amount=Decimal("2000.01"), means=CashHandedOver(handed_over=Decimal(5000))), AmountOutOfRange),
        (replace(both, amount=Decimal("0.00")), AmountOutOfRange),
        (replace(both, amount=Decimal("-5.00")), AmountOutOfRange),
        (replace(both, amount=PRICE), PartDoesNotReach),
        (replace(both, bills=[ShownBill(invoice_id=bill.pk, due=Decimal("999.99"))]), BillsMoved),
        (replace(both, bills=[*both.bills, ShownBill(invoice_id=void.pk, due=PRICE)]), BillsMoved),
        (replace(both, bills=[ShownBill(invoice_id=elsewhere.pk, due=PRICE)]), BillsMoved),
        (replace(both, bills=[]), BillsMoved),
        (replace(both, means=CashHandedOver(handed_over=Decimal("1999.99"))), HandedOverTooLittle),
    ]
    for order, refusal in wrong:
        with pytest.raises(refusal):
            take(order, staff)
    assert TillPayment.objects.count() == Payment.objects.count() == 0


def test_it_needs_an_own_shift_of_today(bill: Invoice, staff: User, at_noon: time_machine.Traveller) -> None:
    opened_till(UserFactory.create(is_staff=True))
    with pytest.raises(NoOpenShift):
        taken_at_desk(bill, by=staff)
    mine = opened_till(staff)
    at_noon.shift(timedelta(days=1))
    with pytest.raises(ShiftOfAnotherDay) as refused:
        taken_at_desk(bill, by=staff)
    assert refused.value.shift == mine
    closed_till(mine)
    with pytest.raises(NoOpenShift):
        taken_at_desk(bill, by=staff)
    opened_till(staff)
    taken_at_desk(bill, by=staff)


@pytest.mark.usefixtures("shift")
def test_the_same_form_twice_is_one_payment(link: AccountLink, bill: Invoice, staff: User) -> None:
    order = desk_order(bill)
    first = take(order, staff)
    assert take(order, staff) == first
    closed_till(first.shift)
    assert take(order, staff) == first, "also once the shift is closed"
    with pytest.raises(TillKeyUsed):
        take(replace(order, amount=Decimal("500.00")), staff)
    assert Payment.objects.count() == 1


@pytest.mark.usefixtures("shift")
def test_a_coupon_counts_once_for_its_terminal_and_batch(link: AccountLink, staff: User) -> None:
    bills = [InvoiceFactory.create(account=link.account) for _ in range(4)]
    first = taken_at_desk(bills[0], by=staff, means=card_slip("42"))
    with pytest.raises(CouponUsed) as refused:
        taken_at_desk(bills[1], by=staff, means=card_slip("42"))
    assert refused.value.payment == first.payment
    slips: list[CardSlip] = [card_slip("43"), card_slip("42", batch="19"), card_slip("42", terminal="61234568")]
    for bill, slip in zip(bills[1:], slips, strict=True):
        taken_at_desk(bill, by=staff, means=slip)
    assert [taken.number for taken in TillPayment.objects.order_by("pk")] == [1, 2, 3, 4]


@pytest.mark.usefixtures("shift")
def test_a_checkout_that_nobody_paid_is_closed_and_its_late_money_is_credit(bill: Invoice, staff: User) -> None:
    checkout = open_checkout(bill)
    taken_at_desk(bill, by=staff)
    assert ProcrastinateJob.objects.filter(task_name=EXPIRE_CHECKOUTS_TASK).count() == 1
    settle_payment(checkout.pk, paid(checkout), cause="webhook")
    assert CreditEntry.objects.filter(account=bill.account).balance() == PRICE


@pytest.mark.usefixtures("shift")
def test_money_that_is_on_its_way_is_not_taken_again(link: AccountLink, bill: Invoice, staff: User) -> None:
    checkout = open_checkout(bill)
    settle_payment(checkout.pk, on_its_way(checkout), cause="webhook")
    with pytest.raises(BillsUnderWay) as refused:
        taken_at_desk(bill, by=staff)
    assert list(refused.value.invoices) == [bill]


@pytest.mark.usefixtures("shift")
def test_an_announced_debit_is_withdrawn(link: AccountLink, bill: Invoice, staff: User) -> None:
    debit = announced(bank_mandate(link), bill)
    taken_at_desk(bill, by=staff)
    debit.refresh_from_db()
    assert debit.state == "withdrawn"


@pytest.mark.usefixtures("shift")
def test_a_plan_begins_with_its_first_instalment_whole(link: AccountLink, staff: User) -> None:
    policy()
    overdue_bill(link)
    plan = waiting_plan(link)
    first = instalment(plan, 1)
    with pytest.raises(OfferedInPart):
        take(desk_order(first, amount=first.amount - 1), staff)
    taken_at_desk(first, by=staff)
    plan.refresh_from_db()
    assert plan.state == PlanState.IN_FORCE


def test_no_other_way_leads_into_the_till() -> None:
    assert not {"desk_cash", "desk_card"} & {slug for slug, _ in [*channels_to_report(), *channels_to_accept()]}
