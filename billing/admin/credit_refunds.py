"""The page on which the office gives saldo a favor of an account back."""

from decimal import Decimal
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.models import ServiceAccount, User
from billing.admin.payment_refunds import tell, with_failures
from billing.admin.refund_forms import CreditRefundForm
from billing.admin.refund_words import refund_refusal
from billing.credit_refunds import CreditPart, CreditRefundWish, by_hand, plan_credit_refund, refund_credit
from billing.models import CreditEntry, Refund
from billing.refusals import BillingRefusal
from oficina.shared.money import ZERO, figure, pesos
from oficina.shared.office.act_pages import Step, act_page, as_asked, record_address, record_to_act_on, step_of

PERMISSION = "billing.refund_credit"
_EARLIER = 10


def refund_account_credit(listed: ModelAdmin[ServiceAccount], request: HttpRequest, pk: int) -> HttpResponse:
    """The form, the question with the parts that go back by each way, and the act; then back to the account."""
    account = record_to_act_on(listed, request, pk, PERMISSION)
    left = CreditEntry.objects.filter(account=account).balance()
    parts = plan_credit_refund(account, left) if left else []
    form = CreditRefundForm(request.POST or None, has_refused=any(part.was_refused for part in parts))
    step = step_of(request)
    given = Refund.objects.filter(payment__account=account).order_by("-pk")[:_EARLIER]
    context: dict[str, Any] = {
        "title": "Devolver saldo a favor de la cuenta",
        "names_record": True,
        "left": left,
        "parts": parts,
        "refunds": with_failures(given),
    }
    page = "admin/acts/refund_credit.html"
    if left and form.is_valid() and step is Step.DO and (done := _refund(listed, request, account, form)):
        return done
    if left and form.is_valid() and step is Step.ASK and (plan := _plan(account, form)):
        amount, hand = form.cleaned_data["amount"], by_hand(plan)
        context |= {"asks": True, "amount": amount, "plan": plan, "hand": hand, "reason": form.reason_in_words()}
        context |= {"reference": form.cleaned_data["reference"], "through_provider": amount - hand, "grave": True}
        context |= {"confirm": f"Sí, devolver {pesos(amount)}"}
        return act_page(request, listed, account, page, form=as_asked(form, by_hand=figure(hand)), **context)
    return act_page(request, listed, account, page, form=form if left else None, **context)


def _plan(account: ServiceAccount, form: CreditRefundForm) -> list[CreditPart]:
    """What the question shows; nothing when it cannot be, and the form says why."""
    try:
        plan = plan_credit_refund(account, form.cleaned_data["amount"], transfers_refused=form.transfers_refused())
    except BillingRefusal as refusal:
        form.add_error(*refund_refusal(refusal))
        return []
    if by_hand(plan) and not form.cleaned_data["reference"]:
        words = (
            f"De este importe hay que transferir {pesos(by_hand(plan))} a mano. Escribí el número de la transferencia."
        )
        form.add_error("reference", words)
        return []
    return plan


def _refund(
    listed: ModelAdmin[ServiceAccount], request: HttpRequest, account: ServiceAccount, form: CreditRefundForm
) -> HttpResponse | None:
    """The way back once it was done; None when it was refused, and the form says why."""
    given = form.cleaned_data
    hand: Decimal = given["by_hand"] if given["by_hand"] is not None else ZERO
    wish = CreditRefundWish(
        amount=given["amount"],
        by_hand=hand,
        reason=form.reason_in_words(),
        by=cast("User", request.user),
        key=given["key"],
        reference=given["reference"],
        transfers_refused=form.transfers_refused(),
    )
    is_new = not Refund.objects.filter(idempotency_key__startswith=f"{wish.key}:").exists()
    try:
        refunds = refund_credit(account, wish)
    except BillingRefusal as refusal:
        form.add_error(*refund_refusal(refusal))
        return None
    if is_new:
        numbers = ", ".join(refund.number for refund in refunds)
        listed.log_change(
            cast("Any", request), account, f"Devolución de saldo a favor por {pesos(wish.amount)}: {numbers}"
        )
    if len(refunds) > 1:
        messages.info(request, f"El saldo a favor era de {len(refunds)} pagos: se devuelve por partes.")
    tell(request, refunds)
    return HttpResponseRedirect(record_address(account))
