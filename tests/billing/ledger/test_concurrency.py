"""The same money at the same moment: real commits, real threads, each with a connection of its own."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier, Event

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.enums import CreditReason, PaymentState
from billing.external_payments import record_external_payment
from billing.models import Allocation, CreditEntry, Discrepancy, Invoice, Payment, Receipt
from billing.receipts import DELIVER_RECEIPT_TASK
from billing.settlement import settle_payment
from tests.billing.ledger.refusing import received_elsewhere, run
from tests.factories.accounts import ServiceAccountFactory, UserFactory
from tests.factories.billing import InvoiceFactory, expired, on_its_way, open_checkout, opened, operation, paid
from tests.ledger_invariants import ledger_invariants

pytestmark = pytest.mark.django_db(transaction=True)

PRICE = Decimal("1000.00")


@pytest.fixture
def _invariants_hold() -> Iterator[None]:
    yield
    ledger_invariants()


def at_once[Result](*acts: Callable[[], Result]) -> list[Result]:
    """The results of the acts, all begun at the same moment. Raises what the first that fails raises."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Result]) -> Result:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


@pytest.mark.usefixtures("_invariants_hold")
def test_scenario_01_the_same_report_twenty_times_at_once_settles_once(invoice: Invoice) -> None:
    payment = open_checkout(invoice, payer=UserFactory.create())
    report = paid(payment)
    settled = at_once(*[lambda: settle_payment(payment.pk, report, cause="webhook")] * 20)
    assert {each.state for each in settled} == {PaymentState.SUCCEEDED}
    assert (Allocation.objects.count(), Receipt.objects.count(), CreditEntry.objects.count()) == (1, 1, 0)
    assert payment.events.filter(to_state=PaymentState.SUCCEEDED).count() == 1
    assert ProcrastinateJob.objects.filter(task_name=DELIVER_RECEIPT_TASK).count() == 1


@pytest.mark.usefixtures("_invariants_hold")
def test_scenario_03_different_reports_at_once_end_paid(invoice: Invoice) -> None:
    payment = open_checkout(invoice)
    reports = [opened(payment), on_its_way(payment), paid(payment), expired(payment)] * 4
    at_once(*[lambda report=report: settle_payment(payment.pk, report, cause="any") for report in reports])
    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED
    assert Receipt.objects.count() == 1


@pytest.mark.usefixtures("_invariants_hold")
def test_two_payments_of_one_bill_at_once_pay_it_once(invoice: Invoice) -> None:
    first = open_checkout(invoice)
    settle_payment(first.pk, expired(first), cause="second tab")
    second = open_checkout(invoice)
    at_once(
        lambda: settle_payment(first.pk, paid(first), cause="webhook"),
        lambda: settle_payment(second.pk, paid(second), cause="webhook"),
        lambda: record_external_payment(operation(invoice.account, (invoice, PRICE)), cause="rendición"),
    )
    invoice.refresh_from_db()
    assert (invoice.applied, invoice.is_paid) == (PRICE, True)
    assert [(entry.amount, entry.reason) for entry in CreditEntry.objects.all()] == [
        (PRICE, CreditReason.ALREADY_PAID)
    ] * 2
    assert Receipt.objects.count() == 3


@pytest.mark.usefixtures("_invariants_hold")
def test_selections_that_overlap_do_not_wait_for_each_other_for_ever() -> None:
    account = ServiceAccountFactory.create()
    bills = [InvoiceFactory.create(account=account) for _ in range(4)]
    at_once(
        *[
            lambda shift=shift: record_external_payment(
                operation(account, *[(bill, Decimal("300.00")) for bill in bills[shift:] + bills[:shift]]),
                cause="rendición",
            )
            for shift in range(4)
        ]
    )
    assert set(Invoice.objects.paid()) == set(bills)
    assert CreditEntry.objects.filter(account=account).balance() == Decimal("800.00")


@pytest.mark.usefixtures("_invariants_hold")
def test_one_operation_told_ten_times_at_once_is_recorded_once(invoice: Invoice) -> None:
    received = operation(invoice.account, (invoice, PRICE))
    payments = at_once(*[lambda: record_external_payment(received, cause="webhook")] * 10)
    assert len({payment.pk for payment in payments}) == 1
    assert (Payment.objects.count(), Allocation.objects.count(), Discrepancy.objects.count()) == (1, 1, 0)


def test_two_transactions_do_not_put_twice_on_a_bill_what_it_costs(invoice: Invoice) -> None:
    """Below our locks: plain rows, so that only the database stands between."""
    both_wrote = Barrier(2)

    def put(number: str) -> str:
        try:
            with transaction.atomic():
                payment = received_elsewhere(invoice.account, operation_number=number)
                both_wrote.wait(timeout=20)
                Allocation.objects.create(payment=payment, invoice=invoice, amount=PRICE)
        except IntegrityError as error:
            return str(error)
        return "kept"

    outcomes = at_once(lambda: put("1"), lambda: put("2"))
    assert outcomes.count("kept") == 1
    assert any("invoice_applied_within_payable" in outcome for outcome in outcomes)


def test_two_transactions_do_not_give_the_same_money_twice(invoice: Invoice) -> None:
    """Each alone conserves what was received, both together do not: the check at commit locks the payment first.

    The second checks while the first has checked and not committed yet, so neither sees the other's rows.
    """
    with transaction.atomic():
        payment = received_elsewhere(invoice.account)
        CreditEntry.objects.create(
            account=invoice.account, payment=payment, amount=PRICE, reason=CreditReason.UNASSIGNED
        )
    others = [InvoiceFactory.create(account=invoice.account) for _ in range(2)]
    both_wrote, first_checked = Barrier(2), Event()

    def spend_on(bill: Invoice, *, first: bool) -> str:
        try:
            with transaction.atomic():
                Allocation.objects.create(payment=payment, invoice=bill, amount=PRICE)
                CreditEntry.objects.create(
                    account=invoice.account, payment=payment, amount=-PRICE, reason=CreditReason.REFUNDED
                )
                both_wrote.wait(timeout=20)
                if not first:
                    first_checked.wait(timeout=20)
                run("SET CONSTRAINTS ALL IMMEDIATE")
                first_checked.set()
                if first:
                    time.sleep(0.5)
        except IntegrityError as error:
            return str(error)
        return "kept"

    kept, refused = at_once(lambda: spend_on(others[0], first=True), lambda: spend_on(others[1], first=False))
    assert kept == "kept"
    assert "received 1000.00, allocated 2000.00, credit -1000.00" in refused
