"""What the office types to give money back."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db import models

from billing.admin.refund_words import refund_refusal
from billing.models import Payment, Refund
from billing.refund_requests import goes_back_through_provider
from billing.refusals import RefundExceeds
from oficina.shared.money import CENT, pesos
from oficina.shared.office.act_pages import ActForm

_REFERENCE_LENGTH = Refund._meta.get_field("operation_number").max_length
_REASON_LENGTH = Refund._meta.get_field("reason").max_length or 0
_AMOUNT_ERRORS = {
    "required": "Escribí cuánto se devuelve.",
    "invalid": "Escribí el importe en pesos, por ejemplo 1.234,56.",
    "min_value": "Escribí un importe mayor que cero, con hasta dos decimales.",
    "max_decimal_places": "Escribí un importe con hasta dos decimales.",
}


class RefundReason(models.TextChoices):
    """Why money is given back."""

    PAID_TWICE = "paid_twice", "Pagó dos veces"
    PAID_TOO_MUCH = "paid_too_much", "Pagó de más"
    WRONG_BILL = "wrong_bill", "La factura estaba mal"
    ASKED_FOR = "asked_for", "La pidió el cliente"
    OTHER = "other", "Otro motivo"


class ReasonForm(ActForm):
    """Why: one of a list, and what there is to add."""

    reason = forms.ChoiceField(
        label="Motivo",
        choices=RefundReason,
        widget=forms.RadioSelect,
        error_messages={"required": "Elegí por qué se devuelve."},
    )
    detail = forms.CharField(
        label="Aclaración (opcional)",
        required=False,
        max_length=_REASON_LENGTH - 40,
        help_text="La lee la oficina, no el cliente.",
    )

    def clean(self) -> dict[str, Any]:
        """Another reason than those of the list is told."""
        given = super().clean() or {}
        if given.get("reason") == RefundReason.OTHER and not given.get("detail"):
            self.add_error("detail", "Contá cuál es el motivo.")
        return given

    def reason_in_words(self) -> str:
        """As it is kept with the refund."""
        reason, detail = RefundReason(self.cleaned_data["reason"]), self.cleaned_data["detail"]
        if reason == RefundReason.OTHER:
            return str(detail)
        return f"{reason.label}. {detail}" if detail else str(reason.label)


def _amount_field(label: str, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        max_digits=14,
        decimal_places=2,
        min_value=CENT,
        localize=True,  # with a comma, as people here write
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages=_AMOUNT_ERRORS,
        **options,
    )


def _reference_field(help_text: str) -> forms.CharField:
    return forms.CharField(
        label="Número de la transferencia o del comprobante",
        required=False,
        max_length=_REFERENCE_LENGTH,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PaymentRefundForm(ReasonForm):
    """How much of a payment, and why. The number of a transfer only where the office hands the money over."""

    ALL, PART = "all", "part"

    share = forms.ChoiceField(label="Cuánto", widget=forms.RadioSelect, choices=(), initial=ALL)
    amount = _amount_field("Importe de la parte", required=False, help_text="Solo si devolvés una parte.")
    reference = _reference_field("Este pago no entró por la plataforma de pago: la plata la entrega la oficina.")
    field_order = ("share", "amount", "reason", "detail", "reference", "key")

    def __init__(self, *args: Any, payment: Payment, left: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._left = left
        self.fields["share"].choices = [  # type: ignore[attr-defined]  # a ChoiceField, as declared above
            (self.ALL, f"Todo lo que queda: {pesos(left)}"),
            (self.PART, "Una parte"),
        ]
        if goes_back_through_provider(payment):
            del self.fields["reference"]
        else:
            self.fields["reference"].required = True
            self.fields["reference"].error_messages["required"] = "Escribí el número de la transferencia."

    def clean(self) -> dict[str, Any]:
        """The amount is needed when it is a part, and no more than there is now."""
        given = super().clean()
        if given.get("share") == self.PART and "amount" not in self.errors:
            amount = given.get("amount")
            if amount is None:
                self.add_error("amount", _AMOUNT_ERRORS["required"])
            elif amount > self._left:
                self.add_error(*refund_refusal(RefundExceeds(amount, self._left)))
        return given

    def amount_asked(self) -> Decimal:
        """Pesos: the part that was typed, or what is left now."""
        if self.cleaned_data["share"] == self.PART:
            part: Decimal = self.cleaned_data["amount"]
            return part
        return self._left


class CreditRefundForm(ReasonForm):
    """How much of an account's credit, and why. Whether the office transfers what the provider refused to give back is
    asked only where there is such credit.
    """

    ASK_AGAIN, TRANSFER = "ask_again", "transfer"

    amount = _amount_field("Importe")
    refused = forms.ChoiceField(
        label="Lo que la plataforma de pago ya rechazó",
        choices=((ASK_AGAIN, "Pedírselo de nuevo"), (TRANSFER, "Transferirlo a mano")),
        initial=ASK_AGAIN,
        widget=forms.RadioSelect,
        error_messages={"required": "Elegí cómo se devuelve."},
    )
    reference = _reference_field("Solo si una parte se transfiere a mano: la tabla de arriba dice cuál.")
    by_hand = forms.DecimalField(required=False, widget=forms.HiddenInput, localize=True)
    field_order = ("amount", "refused", "reason", "detail", "reference", "by_hand", "key")

    def __init__(self, *args: Any, has_refused: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_refused:
            del self.fields["refused"]

    def transfers_refused(self) -> bool:
        """Whether what the provider refused is to be transferred by hand."""
        return self.cleaned_data.get("refused") == self.TRANSFER
