"""What a customer writes about a payment made elsewhere."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from billing.models import PaymentReport
from billing.payment_reports.acts import PaidElsewhere
from oficina.shared.dates import short_date, today
from oficina.shared.money import CENT
from oficina.shared.upload_forms import HINT, AttachingForm, UploadField

_NUMBER_LENGTH = PaymentReport._meta.get_field("operation_number").max_length
_NOTE_LENGTH = PaymentReport._meta.get_field("note").max_length


class PaidElsewhereForm(forms.Form):
    """Where, when and how much. `issued_on` is the local date of the bill: nobody pays what is not there yet."""

    channel = forms.ChoiceField(
        label="Dónde se pagó",
        error_messages={"required": "Elegí dónde se pagó.", "invalid_choice": "Elegí otra opción."},
    )
    paid_on = forms.DateField(
        label="Fecha del pago",
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages={"required": "Escribí qué día se pagó.", "invalid": "Escribí la fecha así: 24/11/2026."},
    )
    amount = forms.DecimalField(
        label="Importe",
        min_value=CENT,
        max_digits=14,
        decimal_places=2,
        localize=True,  # with a comma, as people here write
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        help_text="En pesos, como figura en el comprobante.",
        error_messages={
            "required": "Escribí cuánto se pagó.",
            "invalid": "Escribí el importe en pesos, por ejemplo 1.234,56.",
            "min_value": "Escribí un importe mayor que cero.",
            "max_decimal_places": "Escribí un importe con hasta dos decimales.",
            "max_digits": "El importe es demasiado grande. Revisalo.",
            "max_whole_digits": "El importe es demasiado grande. Revisalo.",
        },
    )
    operation_number = forms.CharField(
        label="Número de operación",
        max_length=_NUMBER_LENGTH,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Escribí el número de operación."},
    )

    issued_on: date

    def clean_paid_on(self) -> date:
        """A day from the one on which the bill was issued until today."""
        paid_on: date = self.cleaned_data["paid_on"]
        if paid_on > today():
            raise ValidationError("Esa fecha todavía no llegó. Revisala.", code="future")
        if paid_on < self.issued_on:
            raise ValidationError(
                f"La factura es del {short_date(self.issued_on)}: el pago no puede ser anterior.", code="before_bill"
            )
        return paid_on

    def clean_operation_number(self) -> str:
        """Without the spaces in which receipts print it."""
        return "".join(self.cleaned_data["operation_number"].split())

    @property
    def paid(self) -> PaidElsewhere:
        """What a valid form says."""
        data = self.cleaned_data
        return PaidElsewhere(
            channel=data["channel"],
            operation_number=data["operation_number"],
            amount=data["amount"],
            paid_on=data["paid_on"],
        )


class PaymentReportForm(AttachingForm, PaidElsewhereForm):
    """The customer's own form: also with what proves it. One of number and proof is enough."""

    attachment = UploadField(label="Foto o PDF del comprobante", required=False, help_text=HINT)
    note = forms.CharField(
        label="Algo más que tengamos que saber",
        required=False,
        max_length=_NOTE_LENGTH,
        widget=forms.Textarea({"rows": 3}),
    )

    field_order = ("channel", "paid_on", "amount", "operation_number", "attachment", "note")

    def __init__(
        self, *args: Any, channels: Sequence[tuple[str, str]], issued_on: date, uploader: int | None, **options: Any
    ) -> None:
        super().__init__(*args, uploader=uploader, **options)
        self.issued_on = issued_on
        self.fields["channel"] = forms.ChoiceField(
            label="¿Dónde pagaste?",
            choices=[("", "Elegí una opción"), *channels],
            error_messages=self.fields["channel"].error_messages,
        )
        self.fields["paid_on"].label = "¿Qué día pagaste?"
        self.fields["amount"].label = "¿Cuánto pagaste?"
        number = self.fields["operation_number"]
        number.required = False
        number.help_text = (
            "Está en el comprobante: «operación», «transacción» o «control». Si no lo encontrás, adjuntalo."
        )

    def clean(self) -> dict[str, Any]:
        """Somebody has to be able to check it."""
        cleaned = super().clean()
        has_number = cleaned.get("operation_number") or "operation_number" in self.errors
        if not has_number and not self.attached and "attachment" not in self.errors:
            self.add_error(
                "attachment",
                ValidationError("Adjuntá el comprobante o escribí el número de operación.", code="unproved"),
            )
        return cleaned
