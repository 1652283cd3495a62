"""`record_external_payment`: money that another channel received."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.enums import CreditReason, DiscrepancyKind, InvoiceStatus, PaymentState
from billing.expiring_checkouts import EXPIRE_CHECKOUTS_TASK
from billing.external_payments import record_external_payment
from billing.models import Allocation, CreditEntry, Invoice, Payment, Receipt
from billing.refusals import (
    BillNamedTwice,
    BillOfAnotherAccount,
    LinesExceedAmount,
    NothingReceived,
    OperationDiffers,
)
from billing.settlement import settle_payment
from tests.factories.accounts import ServiceAccountFactory
from tests.factories.billing import InvoiceFactory, LateInterestPolicyFactory, open_checkout, operation, paid
from tests.jobs import run_jobs
from tests.ledger_invariants import ledger_invariants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
PRICE = Decimal("1000.00")


@pytest.fixture(autouse=True)
def _invariants_hold() -> Iterator[None]:
    yield
    ledger_invariants()


def credits_of(payment: Payment) -> list[tuple[Decimal, str]]:
    return [(entry.amount, entry.reason) for entry in payment.credit_entries.order_by("id")]


def test_it_pays_its_bills_at_once(invoice: Invoice) -> None:
    received = operation(invoice.account, (invoice, PRICE), number="778", paid_at=NOW - timedelta(days=1))
    payment = record_external_payment(received, cause="rendición")
    assert (payment.channel, payment.operation_number) == ("rapipago", "778")
    assert (payment.state, payment.amount_received) == (PaymentState.SUCCEEDED, PRICE)
    assert (payment.paid_at, payment.settled_at) == (NOW - timedelta(days=1), NOW)
    assert list(payment.events.values_list("from_state", "to_state", "cause")) == [("", "succeeded", "rendición")]
    assert list(Invoice.objects.paid()) == [invoice]
    assert Receipt.objects.get().payment == payment
    assert run_jobs() == ["billing.draw_documents"], "nobody to mail it to"
    assert Receipt.objects.get().rendered_at == NOW


def test_the_same_operation_again_changes_nothing(invoice: Invoice) -> None:
    received = operation(invoice.account, (invoice, PRICE))
    first = record_external_payment(received, cause="webhook")
    again = record_external_payment(replace(received, paid_at=NOW - timedelta(hours=7)), cause="rendición")
    assert again == first
    assert (Payment.objects.count(), Allocation.objects.count(), Receipt.objects.count()) == (1, 1, 1)


def test_the_same_operation_of_another_amount_or_bill_is_refused(invoice: Invoice) -> None:
    received = operation(invoice.account, (invoice, PRICE))
    payment = record_external_payment(received, cause="webhook")
    other = InvoiceFactory.create(account=invoice.account)
    for differing in (
        operation(invoice.account, (invoice, Decimal("999.00")), number=received.operation_number),
        operation(invoice.account, (other, PRICE), number=received.operation_number),
        replace(received, amount=Decimal("1000.01")),
    ):
        with pytest.raises(OperationDiffers) as refusal:
            record_external_payment(differing, cause="rendición")
        assert refusal.value.payment_id == payment.pk
    assert Payment.objects.count() == 1


def test_one_operation_number_may_serve_two_accounts(invoice: Invoice) -> None:
    other = InvoiceFactory.create()
    record_external_payment(operation(invoice.account, (invoice, PRICE), number="9"), cause="rendición")
    record_external_payment(operation(other.account, (other, PRICE), number="9"), cause="rendición")
    assert set(Invoice.objects.paid()) == {invoice, other}


def test_it_is_priced_on_the_local_date_of_payment() -> None:
    LateInterestPolicyFactory.create()
    invoice = InvoiceFactory.create(due_on=date(2026, 11, 20))
    late_evening = datetime(2026, 11, 21, 2, 59, tzinfo=UTC)  # still the 20th in Mendoza
    record_external_payment(operation(invoice.account, (invoice, PRICE), paid_at=late_evening), cause="rendición")
    invoice.refresh_from_db()
    assert (invoice.applied, invoice.surcharge, invoice.settled_at) == (PRICE, Decimal(0), NOW)


def test_too_little_for_the_day_leaves_the_rest_to_pay() -> None:
    LateInterestPolicyFactory.create()
    invoice = InvoiceFactory.create(due_on=date(2026, 11, 20))
    paid_at = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    record_external_payment(operation(invoice.account, (invoice, PRICE), paid_at=paid_at), cause="rendición")
    invoice.refresh_from_db()
    assert (invoice.applied, invoice.surcharge, invoice.settled_at) == (PRICE, Decimal("0.70"), None)
    assert Invoice.objects.with_amount_due(on=date(2026, 11, 21)).get().amount_due == Decimal("0.70")
    assert Invoice.objects.with_amount_due(on=date(2027, 11, 21)).get().amount_due == Decimal("0.88")


def test_only_the_unpaid_share_bears_later_interest() -> None:
    LateInterestPolicyFactory.create(daily_rate=Decimal("0.001"))
    invoice = InvoiceFactory.create(due_on=date(2026, 11, 20))
    on_time = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
    record_external_payment(
        operation(invoice.account, (invoice, Decimal("400.00")), paid_at=on_time), cause="rendición"
    )
    after_100_days = date(2027, 2, 28)
    assert Invoice.objects.with_amount_due(on=after_100_days).get().amount_due == Decimal("660.00")
    payment = record_external_payment(
        operation(invoice.account, (invoice, Decimal("600.40")), number="2", paid_at=NOW), cause="rendición"
    )
    invoice.refresh_from_db()
    assert (invoice.applied, invoice.surcharge) == (Decimal("1000.40"), Decimal("2.40"))
    assert not invoice.is_paid
    assert credits_of(payment) == []


def test_what_exceeds_a_bill_is_credit_and_no_matter_for_the_office(invoice: Invoice) -> None:
    payment = record_external_payment(operation(invoice.account, (invoice, Decimal("1000.50"))), cause="rendición")
    assert credits_of(payment) == [(Decimal("0.50"), CreditReason.SURPLUS)]
    assert payment.discrepancies.count() == 0


def test_what_no_line_asks_for_is_credit(invoice: Invoice) -> None:
    received = operation(invoice.account, (invoice, PRICE), amount=Decimal("1500.00"))
    payment = record_external_payment(received, cause="rendición")
    assert credits_of(payment) == [(Decimal("500.00"), CreditReason.UNASSIGNED)]


def test_money_without_a_bill_is_credit() -> None:
    account = ServiceAccountFactory.create()
    record_external_payment(operation(account, amount=Decimal("70.10")), cause="office")
    assert CreditEntry.objects.filter(account=account).balance() == Decimal("70.10")


def test_a_bill_paid_twice_and_a_void_one_leave_credit_and_are_flagged(invoice: Invoice) -> None:
    void = InvoiceFactory.create(account=invoice.account, status=InvoiceStatus.VOID)
    record_external_payment(operation(invoice.account, (invoice, PRICE)), cause="rendición")
    payment = record_external_payment(operation(invoice.account, (invoice, PRICE), (void, PRICE)), cause="rendición")
    assert credits_of(payment) == [(PRICE, CreditReason.ALREADY_PAID), (PRICE, CreditReason.VOID_INVOICE)]
    assert set(payment.discrepancies.values_list("kind", "invoice")) == {
        (DiscrepancyKind.PAID_TWICE, invoice.pk),
        (DiscrepancyKind.VOID_INVOICE_PAID, void.pk),
    }


def test_scenario_15_the_checkouts_that_hold_its_bills_are_expired_by_a_job(invoice: Invoice) -> None:
    held = InvoiceFactory.create(account=invoice.account)
    open_checkout(held)
    record_external_payment(operation(invoice.account, (invoice, PRICE), (held, PRICE)), cause="rendición")
    jobs = ProcrastinateJob.objects.filter(task_name=EXPIRE_CHECKOUTS_TASK)
    assert [job.args for job in jobs] == [{"invoice_ids": [held.pk]}]


def test_scenario_15_a_checkout_paid_too_late_is_credit(invoice: Invoice) -> None:
    checkout = open_checkout(invoice)
    record_external_payment(operation(invoice.account, (invoice, PRICE)), cause="rendición")
    settle_payment(checkout.pk, paid(checkout), cause="webhook")
    assert credits_of(checkout) == [(PRICE, CreditReason.ALREADY_PAID)]
    assert [finding.kind for finding in checkout.discrepancies.all()] == [DiscrepancyKind.PAID_TWICE]


def test_a_checkout_paid_after_a_part_was_paid_elsewhere_pays_the_rest(invoice: Invoice) -> None:
    checkout = open_checkout(invoice)
    record_external_payment(operation(invoice.account, (invoice, Decimal("300.00"))), cause="rendición")
    settle_payment(checkout.pk, paid(checkout), cause="webhook")
    assert credits_of(checkout) == [(Decimal("300.00"), CreditReason.SURPLUS)]
    assert [finding.kind for finding in checkout.discrepancies.all()] == [DiscrepancyKind.PAID_IN_EXCESS]


def test_what_cannot_be_is_refused(invoice: Invoice) -> None:
    stranger = InvoiceFactory.create()
    with pytest.raises(BillOfAnotherAccount) as other:
        record_external_payment(operation(invoice.account, (stranger, PRICE)), cause="rendición")
    assert other.value.invoice_id == stranger.pk
    with pytest.raises(BillNamedTwice):
        record_external_payment(operation(invoice.account, (invoice, PRICE), (invoice, PRICE)), cause="rendición")
    with pytest.raises(LinesExceedAmount) as exceeding:
        record_external_payment(
            operation(invoice.account, (invoice, PRICE), amount=Decimal("999.99")), cause="rendición"
        )
    assert (exceeding.value.total, exceeding.value.amount) == (PRICE, Decimal("999.99"))
    for amount in ("0.00", "-1.00"):
        with pytest.raises(NothingReceived):
            record_external_payment(operation(invoice.account, amount=Decimal(amount)), cause="rendición")
    assert Payment.objects.count() == 0
