"""Ya pagué en otro lado: the form, following a report, and withdrawing it."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import logged_in_user, managed_link
from accounts.models import AccountLink
from billing.enums import PaymentReportState
from billing.models import Invoice, PaymentReport
from billing.payment_reports.acts import report_payment as report_payment_act
from billing.payment_reports.acts import withdraw_report
from billing.payment_reports.channels import channels_to_report, reported_channel_names
from billing.payment_reports.forms import PaymentReportForm
from billing.payment_reports.presentation import outcome, refusal_words, report_state
from billing.payment_reports.refusals import AlreadyReported, ReportDecided
from billing.pending_bills import pending_bill
from billing.presentation import bill_name, document_name
from billing.refusals import BillingRefusal
from oficina.shared.dates import today
from oficina.shared.private_files import DraftGoneError
from oficina.shared.upload_forms import DRAFT_GONE


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_payment(request: HttpRequest, ref: str, invoice_id: str) -> HttpResponse:
    """The form in which a customer says where, when and how much of this bill was paid; on POST keeps it."""
    link = managed_link(request, ref)
    invoice = get_object_or_404(Invoice.objects.of(link), public_id=invoice_id)
    own = PaymentReport.objects.of(link).under_review().filter(invoice=invoice).first()
    if own is not None:
        return _see_other(link, own)
    bill = pending_bill(link, invoice_id, on=today())
    if bill is None:
        messages.info(request, "Esta factura ya no está pendiente: no hace falta que avises.")
        return HttpResponseRedirect(reverse("invoice", args=[ref, invoice_id]), status=HTTPStatus.SEE_OTHER)
    posted = request.method == "POST"
    form = PaymentReportForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        uploader=logged_in_user(request).pk,
        channels=channels_to_report(),
        issued_on=invoice.issued_on,
        initial={"amount": bill.amount},
    )
    if posted and form.is_valid():
        kept = _keep(request, link, invoice, form)
        if kept is not None:
            return _see_other(link, kept)
    if posted:
        form.hold_attachment()
    context = {
        "link": link,
        "form": form,
        "bill": bill,
        "subject": bill_name(invoice),
        "document": document_name(invoice),
        "invoice_address": reverse("invoice", args=[ref, invoice_id]),
    }
    return render(request, "billing/payment_reports/form.html", context)


@never_cache
@require_safe
def payment_report(request: HttpRequest, ref: str, report_id: str) -> HttpResponse:
    """One report of this person: what they told, how it stands, what comes next."""
    link = managed_link(request, ref)
    report = _found(link, report_id)
    names = reported_channel_names()
    context = {
        "link": link,
        "report": report,
        "state": report_state(report),
        "step_state": "failed" if report.state == PaymentReportState.REJECTED else "done",
        "outcome": outcome(report),
        "channel": names.get(report.channel, report.channel),
        "subject": bill_name(report.invoice),
        "document": document_name(report.invoice),
        "is_under_review": report.state == PaymentReportState.SUBMITTED,
        "bill": pending_bill(link, report.invoice.public_id, on=today()),
        "invoice_address": reverse("invoice", args=[ref, report.invoice.public_id]),
        "withdraw_address": reverse("withdraw_payment_report", args=[ref, report_id]),
    }
    return render(request, "billing/payment_reports/report.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_payment_report(request: HttpRequest, ref: str, report_id: str) -> HttpResponse:
    """Asks whether to withdraw the report; on POST does."""
    link = managed_link(request, ref)
    report = _found(link, report_id)
    if request.method == "POST":
        try:
            withdraw_report(report, now=timezone.now())
        except ReportDecided as refusal:
            if refusal.report.state != PaymentReportState.WITHDRAWN:  # the second click of two has nothing to add
                messages.warning(request, "Ya lo habíamos respondido: no se retiró.")
        else:
            messages.success(request, "Listo: retiraste el aviso. No lo vamos a revisar.")
        return _see_other(link, report)
    if report.state != PaymentReportState.SUBMITTED:
        return _see_other(link, report)
    context = {
        "link": link,
        "report": report,
        "subject": bill_name(report.invoice),
        "report_address": reverse("payment_report", args=[ref, report_id]),
        "withdraw_address": reverse("withdraw_payment_report", args=[ref, report_id]),
    }
    return render(request, "billing/payment_reports/withdraw.html", context)


def _keep(request: HttpRequest, link: AccountLink, invoice: Invoice, form: PaymentReportForm) -> PaymentReport | None:
    """The report that the form made, or the one made before; None when the form has to say why there is none."""
    try:
        report = report_payment_act(
            link, invoice, form.paid, note=form.cleaned_data["note"], proof=form.attached, now=timezone.now()
        )
    except AlreadyReported as refusal:
        return refusal.report
    except DraftGoneError:
        form.add_error("attachment", DRAFT_GONE)
    except BillingRefusal as refusal:
        form.add_error(None, refusal_words(refusal))
    else:
        messages.success(request, "Recibimos tu aviso. Te mandamos un mail con los datos.")
        return report
    return None


def _found(link: AccountLink, report_id: str) -> PaymentReport:
    loaded = PaymentReport.objects.of(link).select_related("invoice", "payment", "proof")
    return get_object_or_404(loaded.defer("proof__content"), public_id=report_id)


def _see_other(link: AccountLink, report: PaymentReport) -> HttpResponse:
    """303: the page of the report is asked for by GET."""
    address = reverse("payment_report", args=[link.public_id, report.public_id])
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
