"""The page on which the office cancels a charge that nobody has accepted."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from billing.charges.acts import cancel_charge
from billing.charges.refusals import ChargeCancelled, ChargeInvoiced
from billing.enums import ChargeStatus
from billing.models import Charge
from oficina.shared.office.act_pages import ActForm, ActPage, record_to_act_on

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
    charge = record_to_act_on(listed, request, pk, PERMISSION)
    form = CancellationForm(request.POST or None)
    title = f"Cancelar el cargo {charge.charge_number}"
    return _PAGE.answer(listed, request, charge, form, possible=charge.status == ChargeStatus.PENDING, title=title)


def _cancel(listed: ModelAdmin[Charge], request: HttpRequest, charge: Charge, form: CancellationForm) -> None:
    reason = form.cleaned_data["reason"]
    try:
        cancel_charge(charge, reason, by=cast("User", request.user), now=timezone.now())
    except ChargeInvoiced as refusal:
        messages.error(request, f"No se canceló: el cliente lo aceptó y es la factura {refusal.charge.invoice}.")
    except ChargeCancelled:
        messages.warning(request, "Ya estaba cancelado.")
    else:
        listed.log_change(cast("Any", request), charge, f"Cancelado: {reason}")
        messages.success(request, "Cancelamos el cargo: el cliente ya no lo ve como pendiente.")


_PAGE = ActPage(template="admin/acts/cancel_charge.html", confirm="Sí, cancelar el cargo", do=_cancel)
