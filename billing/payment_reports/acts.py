"""What can be done about a payment made elsewhere: report it, withdraw the report, accept it, reject it. Once each."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import AccountLink, ServiceAccount, User
from billing.enums import PaymentReportState, PaymentState
from billing.external_payments import ReceivedLine, ReceivedOperation, record_external_payment
from billing.locks import lock_account, lock_invoices
from billing.models import Invoice, Payment, PaymentReport
from billing.payment_reports.mails import mail_step
from billing.payment_reports.refusals import (
    AlreadyReported,
    OperationRecorded,
    OperationReported,
    ReportDecided,
    TooManyReports,
)
from billing.refusals import InvoiceNotPayable, OperationDiffers
from oficina.shared.models import PrivateFile
from oficina.shared.private_files import keep_file
from oficina.shared.uploads import CleanUpload

UNDER_REVIEW_AT_MOST = 20
"""Reports of one person that wait for the office."""

_CAUSE = "aviso de pago"
_PAID_AT_NOON = time(12)


@dataclass(frozen=True, kw_only=True)
class PaidElsewhere:
    """A payment as somebody tells it. `amount` in pesos, `paid_on` a local date; `operation_number` may be unknown."""

    channel: str
    operation_number: str
    amount: Decimal
    paid_on: date


def report_payment(
    link: AccountLink,
    invoice: Invoice,
    told: PaidElsewhere,
    *,
    note: str,
    proof: CleanUpload | PrivateFile | None,
    now: datetime,
) -> PaymentReport:
    """Keep that the holder of this link says to have paid a bill of its account elsewhere, and mail it to them.

    Needs an operation number or a proof. The bill stays payable. Raises InvoiceNotPayable, AlreadyReported,
    OperationReported, OperationRecorded, TooManyReports and DraftGoneError.
    """
    with transaction.atomic():
        lock_account(link.account_id)
        [found] = lock_invoices([invoice.pk])
        _refuse_what_is_known(link, found, told)
        report = PaymentReport.objects.create(
            invoice=found,
            reported_by=link.user,
            channel=told.channel,
            operation_number=told.operation_number,
            amount=told.amount,
            paid_on=told.paid_on,
            note=note,
            proof=keep_file(proof, by=link.user_id) if proof else None,
            reported_at=now,
        )
        mail_step(report)
    return report


def withdraw_report(report: PaymentReport, *, now: datetime) -> PaymentReport:
    """End a report because whoever made it says so; gives it as it then is. Raises ReportDecided."""
    with transaction.atomic():
        lock_account(report.invoice.account_id)
        return _decide(_undecided(report), PaymentReportState.WITHDRAWN, by=report.reported_by, now=now)


def reject_report(report: PaymentReport, answer: str, *, by: User, now: datetime) -> PaymentReport:
    """End a report because the office found no such payment; `answer`, not empty, tells the customer why.

    Gives it as it then is. Raises ReportDecided.
    """
    with transaction.atomic():
        lock_account(report.invoice.account_id)
        return _decide(_undecided(report), PaymentReportState.REJECTED, by=by, now=now, answer=answer)


def accept_report(report: PaymentReport, found: PaidElsewhere, *, by: User, now: datetime) -> Payment:
    """Settle what the office found of a reported payment, and end the report with it; gives the payment.

    An operation that its channel told before is not settled again: its payment is taken when it is of the same amount
    and names the bill. What the bill does not need becomes credit. Raises ReportDecided, and OperationDiffers when the
    ledger has the operation otherwise.
    """
    with transaction.atomic():
        account = lock_account(report.invoice.account_id)
        undecided = _undecided(report)
        payment = _recorded_before(undecided, account, found) or record_external_payment(
            ReceivedOperation(
                channel=found.channel,
                operation_number=found.operation_number,
                account=account,
                lines=[ReceivedLine(invoice_id=undecided.invoice_id, amount=found.amount)],
                amount=found.amount,
                paid_at=_instant(found.paid_on, now),
            ),
            cause=_CAUSE,
        )
        _decide(undecided, PaymentReportState.ACCEPTED, by=by, now=now, payment=payment)
    return payment


def accept_what_channels_told(*, now: datetime) -> int:
    """End the reports whose operation its channel told itself meanwhile, for whatever amount; gives how many.

    The channel's word is better than a photograph of its receipt, so nobody has to look.
    """
    accepted = 0
    for report in PaymentReport.objects.told_by_their_channel().select_related("invoice"):
        with transaction.atomic():
            lock_account(report.invoice.account_id)
            payment = payment_of(report.invoice, report.channel, report.operation_number)
            try:
                undecided = _undecided(report)
            except ReportDecided:
                continue
            if payment is not None:
                _decide(undecided, PaymentReportState.ACCEPTED, by=None, now=now, payment=payment)
                accepted += 1
    return accepted


def payment_of(invoice: Invoice, channel: str, operation_number: str) -> Payment | None:
    """The payment in which the ledger has an operation, when it was made for this bill too."""
    if not operation_number:
        return None
    return Payment.objects.filter(
        channel=channel,
        operation_number=operation_number,
        state=PaymentState.SUCCEEDED,
        items__invoice=invoice,
    ).first()


def _refuse_what_is_known(link: AccountLink, invoice: Invoice, told: PaidElsewhere) -> None:
    open_ones = PaymentReport.objects.under_review()
    own = open_ones.filter(reported_by=link.user_id)
    if again := own.filter(invoice=invoice).first():
        raise AlreadyReported(again)
    if payment := payment_of(invoice, told.channel, told.operation_number):
        raise OperationRecorded(payment)
    if not Invoice.objects.payable().filter(pk=invoice.pk).exists():
        raise InvoiceNotPayable([invoice])
    same = open_ones.filter(invoice=invoice, channel=told.channel, operation_number=told.operation_number)
    if told.operation_number and same.exists():
        raise OperationReported
    if own.count() >= UNDER_REVIEW_AT_MOST:
        raise TooManyReports(UNDER_REVIEW_AT_MOST)


def _recorded_before(report: PaymentReport, account: ServiceAccount, found: PaidElsewhere) -> Payment | None:
    earlier = Payment.objects.filter(
        channel=found.channel, operation_number=found.operation_number, account=account
    ).first()
    if earlier is None:
        return None
    if earlier.amount_asked != found.amount or not earlier.items.filter(invoice=report.invoice_id).exists():
        raise OperationDiffers(earlier.pk)
    return earlier


def _undecided(report: PaymentReport) -> PaymentReport:
    """The report as it is now, locked after its account. Raises ReportDecided."""
    reports = PaymentReport.objects.select_for_update(no_key=True, of=("self",))
    found = reports.select_related("invoice", "reported_by").get(pk=report.pk)
    if found.state != PaymentReportState.SUBMITTED:
        raise ReportDecided(found)
    return found


def _decide(
    report: PaymentReport,
    state: PaymentReportState,
    *,
    by: User | None,
    now: datetime,
    payment: Payment | None = None,
    answer: str = "",
) -> PaymentReport:
    report.state, report.decided_by, report.decided_at = state, by, now
    report.payment, report.answer = payment, answer
    report.save(update_fields=["state", "decided_by", "decided_at", "payment", "answer"])
    mail_step(report)
    return report


def _instant(paid_on: date, now: datetime) -> datetime:
    """An instant of that local date, never in the future: a receipt rarely tells the hour, and prices need none."""
    return min(datetime.combine(paid_on, _PAID_AT_NOON, timezone.get_current_timezone()), now)
