"""What is done for whoever is attended: their papers again, a certificate, a claim. Each is written in the attention in
the transaction that does it.
"""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import logged_in_user
from accounts.attending import ATTEND_PERMISSION, AttentionEnded, note_step
from accounts.enums import AttentionDeed
from accounts.models import Attention
from billing.claims.acts import answer_due_date, claim_at_counter
from billing.claims.refusals import AlreadyClaimed, VoidInvoiceClaimed
from billing.debt_certificates import AccountOwes, certify_no_debt
from billing.documents.bill_document import bill_file_name, bill_pdf
from billing.models import Claim, Invoice, Receipt
from billing.presentation import bill_name
from billing.receipts import RECEIPTS
from billing.stored_documents import file_name_of, stored_pdf
from oficina.shared.dates import short_date, today
from oficina.staff.attention.attending_page import found_attention, refuse_ended, see_attention, shown_pdf
from oficina.staff.attention.forms import CounterClaimForm
from oficina.staff.attention.traces import log
from oficina.staff.audit.visits import is_about
from oficina.staff.pages import office_answer, office_page


@require_POST
@office_page(ATTEND_PERMISSION)
def print_bill(request: HttpRequest, pk: int, invoice_pk: int) -> HttpResponse:
    """A bill of the account as PDF, with what a counter reads to take its payment."""
    shown = found_attention(pk)
    invoice = get_object_or_404(Invoice, pk=invoice_pk, account=shown.account_id)
    pdf = bill_pdf(invoice.pk, on=today())
    if not _note(request, shown, AttentionDeed.BILLS_PRINTED, f"{bill_name(invoice)}, LSP {invoice}"):
        return refuse_ended(request, shown)
    return shown_pdf(pdf, bill_file_name(invoice))


@require_POST
@office_page(ATTEND_PERMISSION)
def print_receipt(request: HttpRequest, pk: int, receipt_pk: int) -> HttpResponse:
    """The receipt of a payment that has no known payer: that of another is theirs alone."""
    shown = found_attention(pk)
    receipt: Receipt = get_object_or_404(
        RECEIPTS.documents(), pk=receipt_pk, payment__account=shown.account_id, payment__payer=None
    )
    pdf = stored_pdf(receipt)
    if not _note(request, shown, AttentionDeed.RECEIPT_PRINTED, f"Recibo {receipt.number}"):
        return refuse_ended(request, shown)
    return shown_pdf(pdf, file_name_of(receipt))


@require_POST
@office_page(ATTEND_PERMISSION)
def print_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """A certificate that the account owes nothing, or why there is none."""
    shown = found_attention(pk)
    try:
        with transaction.atomic():
            certificate = certify_no_debt(shown.account_id, logged_in_user(request))
            note_step(shown, AttentionDeed.CERTIFICATE, certificate.number, now=timezone.now())
    except AttentionEnded:
        return refuse_ended(request, shown)
    except AccountOwes as refusal:
        messages.warning(request, _why_not_certified(refusal))
        return see_attention(shown)
    log(request, shown, f"Libre deuda {certificate.number}")
    return shown_pdf(stored_pdf(certificate), file_name_of(certificate))


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(ATTEND_PERMISSION)
def claim(request: HttpRequest, pk: int, invoice_pk: int) -> HttpResponse:
    """What whoever came says is wrong with a bill, written down for them."""
    shown = found_attention(pk)
    invoice = get_object_or_404(Invoice.objects.select_related("account"), pk=invoice_pk, account=shown.account_id)
    is_about(request, shown)
    if shown.ended_at is not None:
        return refuse_ended(request, shown)
    form = CounterClaimForm(request.POST or None)
    if form.is_valid():
        return _claim(request, shown, invoice, form)
    return office_answer(
        request,
        "office/attention/claim.html",
        title=f"Reclamo por la {bill_name(invoice).lower()}",
        attention=shown,
        invoice=invoice,
        answer_due_on=short_date(answer_due_date(today())),
        form=form,
        back=reverse("office:attention", args=[shown.pk]),
    )


def _claim(request: HttpRequest, shown: Attention, invoice: Invoice, form: CounterClaimForm) -> HttpResponse:
    """The claim and its line in the attention, together or not at all; then back to the attention."""
    try:
        with transaction.atomic():
            made = claim_at_counter(
                invoice,
                form.complaint(),
                claimant_name=shown.visitor_name,
                by=logged_in_user(request),
                now=timezone.now(),
            )
            note_step(shown, AttentionDeed.CLAIM, _claim_words(made), now=timezone.now())
    except AttentionEnded:
        return refuse_ended(request, shown)
    except VoidInvoiceClaimed:
        messages.warning(request, "Esa factura se anuló: no hay nada que pagar ni que reclamar.")
    except AlreadyClaimed as refusal:
        messages.warning(request, f"Ya tiene un reclamo por esa factura, que espera respuesta: {refusal.claim.number}.")
    else:
        log(request, made, f"Reclamo tomado en la atención {shown.number}")
        messages.success(request, f"Tomamos el reclamo {made.number}. Sale en la constancia.")
    return see_attention(shown)


def _claim_words(made: Claim) -> str:
    until = short_date(made.answer_due_on)
    return f"{made.number}, {bill_name(made.invoice)}: {made.get_reason_display()}. Respondemos hasta el {until}"


def _note(request: HttpRequest, shown: Attention, deed: AttentionDeed, said: str) -> bool:
    """Whether it was written down: not once the attention has ended."""
    try:
        with transaction.atomic():
            note_step(shown, deed, said, now=timezone.now())
    except AttentionEnded:
        return False
    log(request, shown, f"{deed.label}: {said}")
    return True


def _why_not_certified(refusal: AccountOwes) -> str:
    if refusal.invoice_ids or refusal.charge_ids:
        return "La cuenta debe: tiene facturas, cargos o cuotas sin pagar. No se puede dar el libre deuda."
    return "Hay un pago que se está discutiendo con el banco. Hasta que se resuelva no se puede dar el libre deuda."
