"""The page on which the office gives money of a payment back."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.models import User
from billing.admin.refund_forms import PaymentRefundForm
from billing.admin.refund_words import failure_words, refund_outcome, refund_refusal
from billing.enums import PaymentState, RefundState
from billing.models import Payment, Refund
from billing.receipt_document import means_in_words
from billing.refund_requests import RefundWish, goes_back_through_provider
from billing.refunds import request_refund
from billing.refusals import BillingRefusal
from billing.returned_money import holdings_of, taken_from
from oficina.shared.money import ZERO, figure, pesos
from oficina.shared.office.act_pages import Step, act_page, as_asked, record_address, record_to_act_on, step_of

PERMISSION = "billing.refund_payment"


def refund_payment(listed: ModelAdmin[Payment], request: HttpRequest, pk: int) -> HttpResponse:
    """The form, the question, and the act; then back to the payment."""
    payment = record_to_act_on(listed, request, pk, PERMISSION)
    holdings = holdings_of(payment) if payment.state == PaymentState.SUCCEEDED else []
    left = sum((holding.amount for holding in holdings), ZERO)
    form = PaymentRefundForm(request.POST or None, payment=payment, left=left)
    step = step_of(request)
    context: dict[str, Any] = {
        "title": "Devolver plata del pago",
        "names_record": True,
        "holdings": holdings,
        "left": left,
        "through_provider": goes_back_through_provider(payment),
        "means": means_in_words(payment),
        "refunds": with_failures(payment.refunds.order_by("-pk")),
    }
    if form.is_valid() and step is Step.DO and (done := _refund(listed, request, payment, form)):
        return done
    if left and form.is_valid() and step is Step.ASK:
        amount = form.amount_asked()
        settled = as_asked(form, share=PaymentRefundForm.PART, amount=figure(amount))
        context |= {"asks": True, "amount": amount, "reason": form.reason_in_words(), "grave": True}
        context |= {"taken": taken_from(holdings, amount), "confirm": f"Sí, devolver {pesos(amount)}"}
        return act_page(request, listed, payment, "admin/acts/refund_payment.html", form=settled, **context)
    shown = form if left else None
    return act_page(request, listed, payment, "admin/acts/refund_payment.html", form=shown, **context)


def _refund(
    listed: ModelAdmin[Payment], request: HttpRequest, payment: Payment, form: PaymentRefundForm
) -> HttpResponse | None:
    """The way back once it was done; None when it was refused, and the form says why."""
    key = form.cleaned_data["key"]
    wish = RefundWish(
        amount=form.amount_asked(),
        reason=form.reason_in_words(),
        by=cast("User", request.user),
        key=key,
        reference=form.cleaned_data.get("reference", ""),
    )
    is_new = not Refund.objects.filter(idempotency_key=key).exists()
    try:
        refund = request_refund(payment, wish)
    except BillingRefusal as refusal:
        form.add_error(*refund_refusal(refusal))
        return None
    if is_new:
        listed.log_change(cast("Any", request), payment, f"Devolución {refund.number} de {pesos(refund.amount)}")
    tell(request, [refund])
    return HttpResponseRedirect(record_address(payment))


def with_failures(refunds: QuerySet[Refund]) -> list[tuple[Refund, str]]:
    """Each with why it failed, in words."""
    listed = refunds.select_related("requested_by").defer("request")
    return [(refund, failure_words(refund.failure_reason)) for refund in listed]


def tell(request: HttpRequest, refunds: list[Refund]) -> None:
    """How each refund went, for the next page."""
    levels = {RefundState.SUCCEEDED: messages.SUCCESS, RefundState.FAILED: messages.ERROR}
    for refund in refunds:
        messages.add_message(request, levels.get(RefundState(refund.state), messages.INFO), refund_outcome(refund))
