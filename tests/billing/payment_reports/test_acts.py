"""Reporting a payment made elsewhere, withdrawing the report, accepting and rejecting it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.enums import CreditReason, DiscrepancyKind, PaymentReportState
from billing.external_payments import record_external_payment
from billing.models import CreditEntry, Discrepancy, Invoice, Payment, PaymentReport
from billing.payment_reports.acts import (
    UNDER_REVIEW_AT_MOST,
    accept_report,
    accept_what_channels_told,
    reject_report,
    withdraw_report,
)
from billing.payment_reports.refusals import (
    AlreadyReported,
    OperationRecorded,
    OperationReported,
    ReportDecided,
    TooManyReports,
)
from billing.refusals import InvoiceNotPayable, OperationDiffers
from oficina.shared.dates import today
from oficina.shared.money import ZERO
from tests.factories.billing import InvoiceFactory, operation, paid_checkout
from tests.factories.payment_reports import paid_elsewhere, photograph, reported
from tests.ledger_invariants import ledger_invariants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

PRICE = Decimal("1000.00")


def accept(report: PaymentReport, by: User, **found: object) -> Payment:
    return accept_report(report, paid_elsewhere(**found), by=by, now=timezone.now())  # type: ignore[arg-type]


def test_what_was_told_is_kept_and_the_bill_stays_payable(link: AccountLink, invoice: Invoice, owner: User) -> None:
    report = reported(link, invoice, proof=photograph(), note="Lo pagó mi hija")

    report.refresh_from_db()
    assert (report.channel, report.operation_number, report.amount) == ("rapipago", "00123", PRICE)
    assert (report.paid_on, report.note, report.reported_by) == (date(2026, 11, 22), "Lo pagó mi hija", owner)
    assert (report.state, report.reported_at) == (PaymentReportState.SUBMITTED, timezone.now())
    assert report.proof is not None
    assert (report.proof.name, report.proof.kept_at, report.proof.uploaded_by) == ("ticket.png", timezone.now(), owner)
    assert Invoice.objects.payable().get() == invoice
    assert not Payment.objects.exists()


def test_a_bill_is_reported_once_by_the_same_person(link: AccountLink, invoice: Invoice, report: PaymentReport) -> None:
    with pytest.raises(AlreadyReported) as refusal:
        reported(link, invoice, paid=paid_elsewhere(operation_number="9"))

    assert refusal.value.report == report


def test_it_can_be_reported_again_once_the_office_answered(
    link: AccountLink, invoice: Invoice, report: PaymentReport, staff: User
) -> None:
    reject_report(report, "El comprobante es de otra factura", by=staff, now=timezone.now())

    assert reported(link, invoice) != report


def test_the_same_operation_is_not_reported_twice_for_a_bill(
    invoice: Invoice, report: PaymentReport, teammate: User
) -> None:
    other_link = teammate.links.get()
    with pytest.raises(OperationReported):
        reported(other_link, invoice)

    assert reported(other_link, invoice, paid=paid_elsewhere(operation_number="00124")) != report


def test_one_operation_may_have_paid_two_bills(link: AccountLink, report: PaymentReport) -> None:
    assert reported(link, InvoiceFactory.create(account=link.account)) != report


def test_what_the_ledger_has_need_not_be_reported(link: AccountLink, invoice: Invoice) -> None:
    payment = record_external_payment(operation(link.account, (invoice, Decimal("400.00")), number="00123"), cause="x")

    with pytest.raises(OperationRecorded) as refusal:
        reported(link, invoice)
    assert refusal.value.payment == payment
    assert reported(link, invoice, paid=paid_elsewhere(operation_number="00124"))


def test_a_paid_bill_is_not_reported(link: AccountLink, invoice: Invoice, owner: User) -> None:
    paid_checkout(invoice, payer=owner)

    with pytest.raises(InvoiceNotPayable):
        reported(link, invoice)


def test_nobody_floods_the_office(link: AccountLink) -> None:
    for _ in range(UNDER_REVIEW_AT_MOST):
        reported(link, InvoiceFactory.create(account=link.account))

    with pytest.raises(TooManyReports):
        reported(link, InvoiceFactory.create(account=link.account))


def test_withdrawing_ends_it(report: PaymentReport, owner: User) -> None:
    withdrawn = withdraw_report(report, now=timezone.now())

    assert (withdrawn.state, withdrawn.decided_by, withdrawn.decided_at) == (
        PaymentReportState.WITHDRAWN, owner, timezone.now(),
    )  # fmt: skip
    with pytest.raises(ReportDecided):
        withdraw_report(report, now=timezone.now())


def test_rejecting_keeps_why(report: PaymentReport, staff: User) -> None:
    rejected = reject_report(report, "No figura en Rapipago", by=staff, now=timezone.now())

    assert (rejected.state, rejected.decided_by, rejected.answer) == (
        PaymentReportState.REJECTED, staff, "No figura en Rapipago",
    )  # fmt: skip
    assert not Payment.objects.exists()
    with pytest.raises(ReportDecided):
        accept(report, staff)


def test_accepting_settles_the_bill(report: PaymentReport, invoice: Invoice, staff: User) -> None:
    payment = accept(report, staff)

    report.refresh_from_db()
    assert (report.state, report.decided_by, report.payment) == (PaymentReportState.ACCEPTED, staff, payment)
    assert (payment.channel, payment.operation_number, payment.amount_received) == ("rapipago", "00123", PRICE)
    assert payment.paid_at == datetime(2026, 11, 22, 15, tzinfo=UTC)  # noon in Mendoza
    invoice.refresh_from_db()
    assert invoice.is_paid
    ledger_invariants()


def test_the_bill_costs_what_it_did_on_the_day_of_the_payment(link: AccountLink, staff: User) -> None:
    """Paid on its due date, reported 30 days later: no interest."""
    late = InvoiceFactory.create(
        account=link.account, issued_on=today() - timedelta(days=60), due_on=today() - timedelta(days=30)
    )
    report = reported(link, late)
    accept(report, staff, paid_on=today() - timedelta(days=30))

    late.refresh_from_db()
    assert (late.is_paid, late.surcharge) == (True, ZERO)


def test_today_is_never_in_the_future(report: PaymentReport, staff: User) -> None:
    early = datetime(2026, 11, 24, 12, tzinfo=UTC)  # nine in the morning in Mendoza
    payment = accept_report(report, paid_elsewhere(paid_on=date(2026, 11, 24)), by=staff, now=early)

    assert payment.paid_at == early


def test_the_office_settles_what_it_found_not_what_was_told(
    report: PaymentReport, invoice: Invoice, staff: User
) -> None:
    payment = accept(report, staff, channel="pago-facil", operation_number="777", amount=Decimal("600.00"))

    assert (payment.channel, payment.operation_number) == ("pago-facil", "777")
    invoice.refresh_from_db()
    assert (invoice.applied, invoice.is_paid) == (Decimal("600.00"), False)
    report.refresh_from_db()
    assert (report.channel, report.amount) == ("rapipago", PRICE)


def test_what_exceeds_the_bill_is_credit(report: PaymentReport, staff: User) -> None:
    accept(report, staff, amount=Decimal("1200.00"))

    entry = CreditEntry.objects.get()
    assert (entry.amount, entry.reason) == (Decimal("200.00"), CreditReason.SURPLUS)
    ledger_invariants()


def test_money_for_a_bill_that_was_paid_meanwhile_is_credit(
    report: PaymentReport, invoice: Invoice, owner: User, staff: User
) -> None:
    paid_checkout(invoice, payer=owner)
    accept(report, staff)

    entry = CreditEntry.objects.get()
    assert (entry.amount, entry.reason) == (PRICE, CreditReason.ALREADY_PAID)
    assert Discrepancy.objects.get().kind == DiscrepancyKind.PAID_TWICE
    ledger_invariants()


def test_what_the_channel_told_first_is_not_settled_again(report: PaymentReport, invoice: Invoice, staff: User) -> None:
    told = record_external_payment(operation(invoice.account, (invoice, PRICE), number="00123"), cause="rendición")

    assert accept(report, staff) == told
    assert Payment.objects.count() == 1
    assert not CreditEntry.objects.exists()
    report.refresh_from_db()
    assert (report.state, report.payment) == (PaymentReportState.ACCEPTED, told)


def test_what_the_channel_tells_afterwards_is_not_settled_again(
    report: PaymentReport, invoice: Invoice, staff: User
) -> None:
    payment = accept(report, staff)

    again = operation(invoice.account, (invoice, PRICE), number="00123")
    assert record_external_payment(again, cause="rendición") == payment
    assert not CreditEntry.objects.exists()


def test_another_amount_that_the_channel_tells_afterwards_is_refused(
    report: PaymentReport, invoice: Invoice, staff: User
) -> None:
    """Whoever brings it, a notice or a file, then puts the difference before the office."""
    payment = accept(report, staff)

    with pytest.raises(OperationDiffers) as refusal:
        record_external_payment(operation(invoice.account, (invoice, Decimal("900.00")), number="00123"), cause="x")
    assert refusal.value.payment_id == payment.pk
    assert Payment.objects.get().amount_received == PRICE


@pytest.mark.parametrize("amount", ["900.00", "1100.00"])
def test_the_office_looks_again_when_the_channel_told_another_amount(
    report: PaymentReport, invoice: Invoice, staff: User, amount: str
) -> None:
    told = record_external_payment(operation(invoice.account, (invoice, Decimal(amount)), number="00123"), cause="x")

    with pytest.raises(OperationDiffers) as refusal:
        accept(report, staff)
    assert refusal.value.payment_id == told.pk
    report.refresh_from_db()
    assert report.state == PaymentReportState.SUBMITTED
    assert accept(report, staff, amount=Decimal(amount)) == told


def test_an_operation_that_paid_other_bills_is_not_this_one(
    report: PaymentReport, link: AccountLink, staff: User
) -> None:
    other = InvoiceFactory.create(account=link.account)
    record_external_payment(operation(link.account, (other, PRICE), number="00123"), cause="rendición")

    with pytest.raises(OperationDiffers):
        accept(report, staff)


def test_what_the_channel_told_itself_needs_nobody(report: PaymentReport, invoice: Invoice) -> None:
    """Whatever the customer thought to have paid: the channel received 400."""
    assert accept_what_channels_told(now=timezone.now()) == 0
    told = record_external_payment(operation(invoice.account, (invoice, Decimal("400.00")), number="00123"), cause="x")

    assert accept_what_channels_told(now=timezone.now()) == 1
    report.refresh_from_db()
    assert (report.state, report.payment, report.decided_by) == (PaymentReportState.ACCEPTED, told, None)
    assert accept_what_channels_told(now=timezone.now()) == 0


@pytest.mark.parametrize("told", ["another number", "another channel", "another bill", "another account"])
def test_what_is_another_operation_leaves_the_report_to_the_office(
    report: PaymentReport, invoice: Invoice, told: str
) -> None:
    bill = {
        "another bill": InvoiceFactory.create(account=invoice.account),
        "another account": InvoiceFactory.create(),
    }.get(told, invoice)
    number = "00124" if told == "another number" else "00123"
    channel = "pago-facil" if told == "another channel" else "rapipago"
    record_external_payment(operation(bill.account, (bill, PRICE), number=number, channel=channel), cause="x")

    assert accept_what_channels_told(now=timezone.now()) == 0


def test_without_a_number_nothing_is_matched(link: AccountLink, invoice: Invoice) -> None:
    reported(link, invoice, paid=paid_elsewhere(operation_number=""), proof=photograph())
    record_external_payment(operation(invoice.account, (invoice, PRICE)), cause="x")

    assert accept_what_channels_told(now=timezone.now()) == 0
