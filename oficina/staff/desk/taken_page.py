"""What was taken at the counter: the change to give, the receipt to print, and taking it back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import logged_in_user
from accounts.account_numbers import format_account_number
from billing.desk.annulling import annul_desk_payment, may_be_annulled
from billing.desk.refusals import AnnulmentTooLate
from billing.models import TillPayment
from billing.receipt_document import means_in_words
from billing.receipts import RECEIPTS
from billing.refusals import BillingRefusal
from billing.stored_documents import file_name_of, stored_pdf
from oficina.shared.money import pesos
from oficina.shared.office.act_pages import Step, step_of
from oficina.staff.desk.forms import AnnulmentForm
from oficina.staff.desk.traces import log_changed
from oficina.staff.desk.words import till_refusal
from oficina.staff.pages import office_answer, office_page

ANNUL = "billing.annul_desk_payment"


@require_safe
@office_page("billing.view_tillpayment")
def taken(request: HttpRequest, pk: int) -> HttpResponse:
    """One payment at the counter."""
    found = _found(pk)
    payment = found.payment
    return office_answer(
        request,
        "office/desk/taken.html",
        title="Cobrado" if found.annulled_at is None else "Cobro anulado",
        taken=found,
        payment=payment,
        account=payment.account,
        account_number=format_account_number(payment.account.number),
        items=payment.items.select_related("invoice").order_by("invoice__due_on", "invoice_id"),
        card=means_in_words(payment),
        may_take=request.user.has_perm("billing.take_desk_payment"),
        may_annul=may_be_annulled(found, now=timezone.now()) and request.user.has_perm(ANNUL),
    )


@never_cache
@require_safe
@office_page("billing.view_tillpayment")
def receipt(request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG001  Django's signature
    """The receipt as PDF, to be shown and printed: the browser opens it beside the page."""
    document = get_object_or_404(RECEIPTS.documents(), payment__till_payment=pk)
    return _printed(stored_pdf(document), file_name_of(document))


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(ANNUL)
def annul(request: HttpRequest, pk: int) -> HttpResponse:
    """Why, the question, and the act; then back to the payment."""
    found = _found(pk)
    back = reverse("office:taken", args=[found.pk])
    possible = may_be_annulled(found, now=timezone.now())
    form = AnnulmentForm(request.POST or None)
    step = step_of(request)
    if form.is_valid() and step is Step.DO and _annul(request, found, form):
        return HttpResponseRedirect(back)
    return office_answer(
        request,
        "office/desk/annul.html",
        title="Anular el cobro",
        taken=found,
        payment=found.payment,
        items=found.payment.items.select_related("invoice").order_by("invoice__due_on", "invoice_id"),
        form=form if possible else None,
        asks=form.is_valid() and step is Step.ASK,
        why_not="" if possible else till_refusal(AnnulmentTooLate())[1],
        confirm=f"Sí, anular {pesos(found.amount)}",
        grave=True,
        back=back,
    )


def _annul(request: HttpRequest, found: TillPayment, form: AnnulmentForm) -> bool:
    by, reason = logged_in_user(request), form.cleaned_data["reason"]
    was_annulled = found.annulled_at is not None
    try:
        annul_desk_payment(found.pk, by=by, reason=reason, now=timezone.now())
    except BillingRefusal as refusal:
        form.add_error(*till_refusal(refusal))
        return False
    if not was_annulled:
        log_changed(request, found, f"Anuló el cobro de {pesos(found.amount)}: {reason}")
    messages.success(request, f"Anulaste el cobro de {pesos(found.amount)}.")
    return True


def _found(pk: int) -> TillPayment:
    listed = TillPayment.objects.select_related("shift__clerk", "annulled_by", "payment__account", "payment__receipt")
    return get_object_or_404(
        listed.defer("payment__request", "payment__account__parcel", "payment__receipt__pdf"), pk=pk
    )


def _printed(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
