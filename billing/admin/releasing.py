"""The page on which the office frees the bills of an attempt that the payment provider denies."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404

from accounts.models import User
from billing.enums import PaymentState
from billing.gateway.errors import ProviderUnavailableError
from billing.models import Payment
from billing.open_checkouts import release_payment
from billing.refusals import CheckoutAtProvider, PaymentNotHeld
from oficina.shared.office.act_pages import ActForm, Step, act_page, record_address, step_of

PERMISSION = "billing.release_payment"

_HAS_IT = {
    PaymentState.SUCCEEDED: "La plataforma de pago lo tiene, y está pagado: ya quedó imputado.",
    PaymentState.FAILED: "La plataforma de pago lo tiene como rechazado: las facturas ya están libres.",
    PaymentState.PROCESSING: "La plataforma de pago lo tiene y espera la plata. No se libera: puede acreditarse.",
}
_OPEN_THERE = "La plataforma de pago lo tiene abierto, así que todavía se puede pagar. No se libera: se cierra solo."


class ReleaseForm(ActForm):
    """Why."""

    reason = forms.CharField(
        label="Motivo",
        max_length=300,
        widget=forms.Textarea,
        help_text="Por ejemplo, el número del reclamo a la plataforma de pago. Queda con tu nombre.",
        error_messages={"required": "Escribí por qué se libera."},
    )


def release_attempt(listed: ModelAdmin[Payment], request: HttpRequest, pk: int) -> HttpResponse:
    """The form, the question, and the act, which asks the provider first; then back to the payment."""
    payment = get_object_or_404(listed.get_queryset(request), pk=pk)
    if not (listed.has_view_permission(request, payment) and request.user.has_perm(PERMISSION)):
        raise PermissionDenied
    form = ReleaseForm(request.POST or None)
    step = step_of(request)
    can_be = payment.is_live and payment.provider_session_id is not None
    context: dict[str, Any] = {
        "title": "Liberar el pago",
        "names_record": True,
        "items": payment.items.select_related("invoice").order_by("invoice_id"),
        "confirm": "Sí, consultar y liberar",
        "grave": True,
    }
    if form.is_valid() and step is Step.DO:
        _release(listed, request, payment, form.cleaned_data["reason"])
        return HttpResponseRedirect(record_address(payment))
    if form.is_valid() and step is Step.ASK:
        context |= {"asks": True, "reason": form.cleaned_data["reason"]}
    shown = form if can_be else None
    return act_page(request, listed, payment, "admin/acts/release_payment.html", form=shown, **context)


def _release(listed: ModelAdmin[Payment], request: HttpRequest, payment: Payment, reason: str) -> None:
    try:
        release_payment(payment, by=cast("User", request.user), reason=reason)
    except PaymentNotHeld:
        messages.warning(request, "No había nada que liberar: el intento ya terminó.")
    except CheckoutAtProvider as refusal:
        messages.error(request, _HAS_IT.get(PaymentState(refusal.payment.state), _OPEN_THERE))
    except ProviderUnavailableError:
        messages.error(request, "La plataforma de pago no responde, y sin preguntarle no se libera. Probá más tarde.")
    else:
        listed.log_change(cast("Any", request), payment, f"Liberado: {reason}")
        messages.success(request, "Liberamos el pago: sus facturas se pueden pagar de nuevo.")
