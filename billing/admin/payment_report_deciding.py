"""The pages on which the office accepts or rejects a payment that a customer reported."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from accounts.models import User
from billing.enums import PaymentReportState
from billing.models import Invoice, Payment, PaymentReport
from billing.payment_reports.acts import PaidElsewhere, accept_report, reject_report
from billing.payment_reports.channels import channels_to_accept
from billing.payment_reports.forms import PaidElsewhereForm
from billing.payment_reports.operations import known_operation
from billing.payment_reports.refusals import ReportDecided
from billing.refusals import OperationDiffers
from oficina.shared.money import ZERO, pesos
from oficina.shared.office.act_pages import ActForm, ActPage, Step, act_page, record_address, record_to_act_on, step_of

PERMISSION = "billing.decide_paymentreport"

_ANSWER_LENGTH = PaymentReport._meta.get_field("answer").max_length


class AcceptanceForm(ActForm, PaidElsewhereForm):
    """What the office found, by the proof or by the channel; what the customer wrote is there to begin with."""

    def __init__(self, *args: Any, report: PaymentReport, **options: Any) -> None:
        told = {
            "channel": report.channel,
            "paid_on": report.paid_on,
            "amount": report.amount,
            "operation_number": report.operation_number,
        }
        super().__init__(*args, initial=told, **options)
        self.issued_on = report.invoice.issued_on
        channel = cast("forms.ChoiceField", self.fields["channel"])
        channel.choices = [("", "Elegí una opción"), *channels_to_accept()]


class RejectionForm(ActForm):
    """Why."""

    answer = forms.CharField(
        label="Motivo",
        max_length=_ANSWER_LENGTH,
        widget=forms.Textarea,
        help_text="Lo lee el cliente, tal cual, en su aviso y por mail.",
        error_messages={"required": "Escribile al cliente por qué no se acepta."},
    )


def accept(listed: ModelAdmin[PaymentReport], request: HttpRequest, pk: int) -> HttpResponse:
    """The form, the question with where the money goes, and the act; then back to the report."""
    report = record_to_act_on(listed, request, pk, PERMISSION)
    form = AcceptanceForm(request.POST or None, report=report)
    step = step_of(request)
    context: dict[str, Any] = {"title": "Aceptar el aviso de pago", "names_record": True}
    if form.is_valid() and step is Step.DO and _accept(listed, request, report, form):
        return HttpResponseRedirect(record_address(report))
    if form.is_valid() and step is Step.ASK:
        context |= _question(report, form)
    shown = form if report.state == PaymentReportState.SUBMITTED else None
    return act_page(request, listed, report, "admin/acts/accept_payment_report.html", form=shown, **context)


def reject(listed: ModelAdmin[PaymentReport], request: HttpRequest, pk: int) -> HttpResponse:
    """The form, the question, and the act; then back to the report."""
    report = record_to_act_on(listed, request, pk, PERMISSION)
    return _REJECTION.answer(
        listed,
        request,
        report,
        RejectionForm(request.POST or None),
        possible=report.state == PaymentReportState.SUBMITTED,
        title="Rechazar el aviso de pago",
        names_record=True,
    )


def _question(report: PaymentReport, form: AcceptanceForm) -> dict[str, object]:
    """What yes will do; nothing when the form has to be mended first, and says why."""
    found = form.paid
    known = known_operation(report, found)
    if known.payment is not None and known.payment.amount_asked != found.amount:
        form.add_error("operation_number", _differs(known.payment))
        return {}
    return {
        "asks": True,
        "confirm": "Sí, aceptar",
        "found": found,
        "channel": dict(channels_to_accept())[found.channel],
        "known": known,
        **_destination(report, found),
    }


def _destination(report: PaymentReport, found: PaidElsewhere) -> dict[str, Decimal]:
    """What of the money the bill takes, at the price of the day of the payment, and what is left over. Pesos."""
    bill = Invoice.objects.payable().with_amount_due(on=found.paid_on).filter(pk=report.invoice_id).first()
    taken = min(bill.amount_due, found.amount) if bill else ZERO
    return {"taken": taken, "left_over": found.amount - taken}


def _accept(
    listed: ModelAdmin[PaymentReport], request: HttpRequest, report: PaymentReport, form: AcceptanceForm
) -> bool:
    """Whether it ended; when not, the form says why."""
    try:
        payment = accept_report(report, form.paid, by=cast("User", request.user), now=timezone.now())
    except OperationDiffers as refusal:
        form.add_error("operation_number", _differs(Payment.objects.get(pk=refusal.payment_id)))
        return False
    except ReportDecided as refusal:
        _say_decided(request, refusal)
    else:
        listed.log_change(cast("Any", request), report, f"Aceptado: {payment.number}")
        messages.success(request, f"Aceptamos el aviso: es el pago {payment.number}. Le avisamos al cliente.")
    return True


def _reject(
    listed: ModelAdmin[PaymentReport], request: HttpRequest, report: PaymentReport, form: RejectionForm
) -> None:
    answer = form.cleaned_data["answer"]
    try:
        reject_report(report, answer, by=cast("User", request.user), now=timezone.now())
    except ReportDecided as refusal:
        _say_decided(request, refusal)
    else:
        listed.log_change(cast("Any", request), report, f"Rechazado: {answer}")
        messages.success(request, "Rechazamos el aviso. Le avisamos al cliente.")


def _differs(payment: Payment) -> str:
    return (
        f"Esa operación ya está registrada de otra manera: es el pago {payment.number}, "
        f"de {pesos(payment.amount_asked)}. Revisá el importe y la factura antes de aceptar."
    )


def _say_decided(request: HttpRequest, refusal: ReportDecided) -> None:
    state = refusal.report.get_state_display().lower()
    messages.warning(request, f"El aviso ya estaba {state}: no cambió nada.")


_REJECTION = ActPage(template="admin/acts/reject_payment_report.html", confirm="Sí, rechazar", do=_reject)
