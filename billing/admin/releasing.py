"""The page on which the office frees the bills of an attempt that the payment provider denies."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from billing.enums import PaymentState
from billing.gateway.errors import ProviderUnavailableError
from billing.models import Payment
from billing.open_checkouts import may_be_released, release_payment
from billing.refusals import CheckoutAtProvider, PaymentNotHeld
from oficina.shared.office.act_pages import ActForm, ActPage, record_to_act_on

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
    payment = record_to_act_on(listed, request, pk, PERMISSION)
    return _PAGE.answer(
        listed,
        request,
        payment,
        ReleaseForm(request.POST or None),
        possible=may_be_released(payment),
        title="Liberar el pago",
        names_record=True,
        items=payment.items.select_related("invoice").order_by("invoice_id"),
    )


def _release(listed: ModelAdmin[Payment], request: HttpRequest, payment: Payment, form: ReleaseForm) -> None:
    reason = form.cleaned_data["reason"]
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


_PAGE = ActPage(template="admin/acts/release_payment.html", confirm="Sí, consultar y liberar", do=_release)
