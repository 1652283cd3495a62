"""The page on which the office cancels a plan that waits for its first payment or is in force."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from oficina.shared.office.act_pages import ActForm, ActPage, record_to_act_on
from payment_plans.closing import cancel_plan
from payment_plans.models import PaymentPlan
from payment_plans.parts import paid_capital
from payment_plans.refusals import PlanNotInForce

PERMISSION = "payment_plans.cancel_paymentplan"


class CancellationForm(ActForm):
    """Why."""

    reason = forms.CharField(
        label="Motivo",
        max_length=300,
        widget=forms.Textarea,
        help_text="Lo lee el cliente en el mail que le avisa. Queda con tu nombre.",
        error_messages={"required": "Escribí por qué se cancela."},
    )


def cancel(listed: ModelAdmin[PaymentPlan], request: HttpRequest, pk: int) -> HttpResponse:
    """The form, the question, and the act; then back to the plan."""
    plan = record_to_act_on(listed, request, pk, PERMISSION)
    return _PAGE.answer(
        listed,
        request,
        plan,
        CancellationForm(request.POST or None),
        possible=plan.is_live,
        title="Cancelar el plan",
        names_record=True,
        paid_capital=paid_capital(plan),
        left=plan.debt - paid_capital(plan),
    )


def _cancel(listed: ModelAdmin[PaymentPlan], request: HttpRequest, plan: PaymentPlan, form: CancellationForm) -> None:
    reason = form.cleaned_data["reason"]
    try:
        cancel_plan(plan, reason, by=cast("User", request.user), now=timezone.now())
    except PlanNotInForce as refusal:
        words = refusal.plan.get_state_display().lower()
        messages.error(request, f"No se canceló: el plan ya terminó ({words}).")
    else:
        listed.log_change(cast("Any", request), plan, f"Cancelado: {reason}")
        messages.success(request, "Cancelamos el plan y le avisamos por mail a quien lo hizo.")


_PAGE = ActPage(template="admin/acts/cancel_plan.html", confirm="Sí, cancelar el plan", do=_cancel)
