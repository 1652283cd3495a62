"""What whoever reported a payment is told at each step."""

from accounts.account_numbers import account_number_ending, format_account_number
from accounts.addresses import page_of
from billing.enums import PaymentReportState
from billing.models import PaymentReport
from billing.payment_reports.channels import reported_channel_names
from billing.payment_reports.presentation import outcome, reported_words
from billing.presentation import bill_name, document_name
from oficina.shared.mail import send_mail_later

_SUBJECTS = {
    PaymentReportState.SUBMITTED: "Recibimos tu aviso de pago",
    PaymentReportState.ACCEPTED: "Aceptamos tu aviso de pago",
    PaymentReportState.REJECTED: "No pudimos aceptar tu aviso de pago",
    PaymentReportState.WITHDRAWN: "Retiraste tu aviso de pago",
}


def mail_step(report: PaymentReport) -> None:
    """What was reported, how it stands now and what comes next. In the caller's transaction.

    Whoever gave the account up meanwhile gets no address, since its pages are closed to them.
    """
    invoice, to = report.invoice, report.reported_by
    title = _SUBJECTS[PaymentReportState(report.state)]
    context = {
        "user": to,
        "title": title,
        "bill": f"{bill_name(invoice)}, {document_name(invoice)}",
        "account_number": format_account_number(invoice.account.number),
        "reported": reported_words(report, reported_channel_names()),
        "number": report.number,
        "outcome": outcome(report),
        "answer": report.answer,
        "address": page_of(to.pk, invoice.account_id, "payment_report", report.public_id),
    }
    ending = account_number_ending(invoice.account.number)
    send_mail_later(to.email, f"{title}, cuenta terminada en {ending}", "payment_report", context)
