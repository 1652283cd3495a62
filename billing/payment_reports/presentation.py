"""Reported payments as customers read them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.urls import reverse

from billing.channel_names import ChannelNames
from billing.enums import PaymentReportState
from billing.models import PaymentReport
from billing.payment_reports.refusals import OperationRecorded, OperationReported, TooManyReports
from billing.presentation import StateWords, bill_name, document_name
from billing.refusals import BillingRefusal, InvoiceNotPayable
from oficina.shared.business_days import business_days_after
from oficina.shared.dates import local_day, short_date
from oficina.shared.money import pesos

_STATES = {
    PaymentReportState.SUBMITTED: StateWords("En revisión", "info"),
    PaymentReportState.ACCEPTED: StateWords("Aceptado", "success"),
    PaymentReportState.REJECTED: StateWords("No aceptado", "danger"),
    PaymentReportState.WITHDRAWN: StateWords("Retirado", ""),
}


@dataclass(frozen=True, kw_only=True)
class ReportRow:
    """One report of a list. `amount` in pesos; `address` is the page on which it is followed."""

    number: str
    subject: str
    document: str
    address: str
    reported_at: datetime
    amount: Decimal
    state: StateWords


def report_row(report: PaymentReport, ref: str) -> ReportRow:
    """The report, loaded with its bill, for the link that `ref` names."""
    return ReportRow(
        number=report.number,
        subject=bill_name(report.invoice),
        document=document_name(report.invoice),
        address=reverse("payment_report", args=[ref, report.public_id]),
        reported_at=report.reported_at,
        amount=report.amount,
        state=report_state(report),
    )


def report_state(report: PaymentReport) -> StateWords:
    """How a report stands."""
    return _STATES[PaymentReportState(report.state)]


def answer_expected_on(report: PaymentReport) -> date:
    """The local date, a business day, by which the office answers."""
    return business_days_after(local_day(report.reported_at), settings.UTILITY.payment_report_review_days)


def outcome(report: PaymentReport) -> str:
    """What came of a report that was decided, in a sentence; what comes next of one that was not."""
    match PaymentReportState(report.state):
        case PaymentReportState.SUBMITTED:
            day = short_date(answer_expected_on(report))
            return f"Lo revisamos y te avisamos por mail, a más tardar el {day}."
        case PaymentReportState.ACCEPTED:
            return _accepted(report)
        case PaymentReportState.REJECTED:
            return "No pudimos comprobar el pago, y la factura sigue como estaba."
        case PaymentReportState.WITHDRAWN:
            return "Lo retiraste: ya no lo revisamos, y la factura sigue como estaba."


def reported_words(report: PaymentReport, names: ChannelNames) -> str:
    """`$ 1.000,00 en Rapipago, el 20/11/2026`."""
    channel = names.get(report.channel, report.channel)
    return f"{pesos(report.amount)} en {channel}, el {short_date(report.paid_on)}"


def refusal_words(refusal: BillingRefusal) -> str:
    """What a customer is told when a payment cannot be reported. Raises LookupError for other refusals."""
    match refusal:
        case OperationRecorded():
            return f"Ese pago ya lo tenemos: es el {refusal.payment.number}. No hace falta que avises."
        case OperationReported():
            return "Otra persona con esta cuenta ya nos avisó de esa operación. La estamos revisando."
        case TooManyReports():
            return f"Tenés {refusal.limit} avisos en revisión. Esperá a que respondamos alguno, o llamanos."
        case InvoiceNotPayable():
            return "Esta factura ya no está pendiente: no hace falta que avises."
    raise LookupError(type(refusal).__name__)


def _accepted(report: PaymentReport) -> str:
    payment = report.payment
    if payment is None or payment.paid_at is None or payment.amount_received is None:
        raise ValueError(f"report {report.pk} was accepted without money")
    day = short_date(local_day(payment.paid_at))
    return f"Registramos {pesos(payment.amount_received)}, pagados el {day}. Es el pago {payment.number}."
