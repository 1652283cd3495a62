"""The page on which the office cancels a charge that nobody has accepted."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import User
from billing.charges.acts import cancel_charge
from billing.charges.refusals import ChargeCancelled, ChargeInvoiced
from billing.enums import ChargeStatus
from billing.models import Charge
from oficina.shared.office.act_pages import ActForm, Step, act_page, record_address, step_of

PERMISSION = "billing.change_charge"


class CancellationForm(ActForm):
    """Why."""

    reason = forms.CharField(
        label="Motivo",
        max_length=300,
        widget=forms.Textarea,
        help_text="Por ejemplo, que se cargó dos veces. Queda con tu nombre; el cliente no lo ve.",
        error_messages={"required": "Escribí por qué se cancela."},
    )


def cancel(listed: ModelAdmin[Charge], request: HttpRequest, pk: int) -> HttpResponse:
    """The form, the question, and the act; then back to the charge."""
    charge = get_object_or_404(listed.get_queryset(request), pk=pk)
    if not (listed.has_view_permission(request, charge) and request.user.has_perm(PERMISSION)):
        raise PermissionDenied
    form = CancellationForm(request.POST or None)
    step = step_of(request)
    context: dict[str, Any] = {
        "title": f"Cancelar el cargo {charge.charge_number}",
        "confirm": "Sí, cancelar el cargo",
        "grave": True,
    }
    if form.is_valid() and step is Step.DO:
        _cancel(listed, request, charge, form.cleaned_data["reason"])
        return HttpResponseRedirect(record_address(charge))
    if form.is_valid() and step is Step.ASK:
        context |= {"asks": True, "reason": form.cleaned_data["reason"]}
    shown = form if charge.status == ChargeStatus.PENDING else None
    return act_page(request, listed, charge, "admin/acts/cancel_charge.html", form=shown, **context)


def _cancel(listed: ModelAdmin[Charge], request: HttpRequest, charge: Charge, reason: str) -> None:
    try:
        cancel_charge(charge, reason, by=cast("User", request.user), now=timezone.now())
    except ChargeInvoiced as refusal:
        messages.error(request, f"No se canceló: el cliente lo aceptó y es la factura {refusal.charge.invoice}.")
    except ChargeCancelled:
        messages.warning(request, "Ya estaba cancelado.")
    else:
        listed.log_change(cast("Any", request), charge, f"Cancelado: {reason}")
        messages.success(request, "Cancelamos el cargo: el cliente ya no lo ve como pendiente.")
