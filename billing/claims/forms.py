"""What a customer writes about a bill that seems wrong."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from billing.claims.acts import Complaint
from billing.enums import ClaimReason
from billing.models import Claim
from oficina.shared.dates import short_date, today
from oficina.shared.upload_forms import HINT, AttachingForm, UploadField

_TEXT_LENGTH = Claim._meta.get_field("text").max_length
_OF_A_METER = (ClaimReason.CONSUMPTION, ClaimReason.READING)


class ClaimForm(AttachingForm):
    """What is wrong, and what shows it. A reading of the meter has its day; whoever has no meter is asked for none.

    `last_read_on` is the local date of the bill's own reading: an earlier one says nothing about it.
    """

    reason = forms.ChoiceField(
        label="¿Qué está mal?",
        choices=ClaimReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Elegí qué está mal.", "invalid_choice": "Elegí una de las opciones."},
    )
    text = forms.CharField(
        label="Contanos qué pasó",
        max_length=_TEXT_LENGTH,
        widget=forms.Textarea({"rows": 5}),
        help_text="Por ejemplo, si hubo una pérdida, si la casa estuvo vacía o si cambió quién vive ahí.",
        error_messages={
            "required": "Contanos con tus palabras qué está mal.",
            "max_length": "Es demasiado largo: escribí hasta %(limit_value)d letras.",
        },
    )
    meter_reading = forms.DecimalField(
        label="Qué número muestra hoy el medidor",
        required=False,
        min_value=0,
        max_digits=9,
        decimal_places=3,
        localize=True,  # with a comma, as people here write
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        help_text="En m³, los números negros. Nos sirve para comparar.",
        error_messages={
            "invalid": "Escribí solo el número, por ejemplo 1.325.",
            "min_value": "El número del medidor no puede ser negativo.",
            "max_decimal_places": "Escribí el número con hasta tres decimales.",
            "max_digits": "Es un número demasiado grande. Revisalo.",
            "max_whole_digits": "Es un número demasiado grande. Revisalo.",
        },
    )
    meter_read_on = forms.DateField(
        label="Qué día lo miraste",
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages={"invalid": "Escribí la fecha así: 24/11/2026."},
    )
    attachment = UploadField(label="Foto del medidor, u otro papel que ayude", required=False, help_text=HINT)

    field_order = ("reason", "text", "meter_reading", "meter_read_on", "attachment")

    def __init__(
        self, *args: Any, uploader: int | None, has_meter: bool, last_read_on: date | None, **options: Any
    ) -> None:
        super().__init__(*args, uploader=uploader, **options)
        self.last_read_on = last_read_on
        if not has_meter:
            self.fields["reason"] = forms.ChoiceField(
                label=self.fields["reason"].label,
                choices=[(reason.value, reason.label) for reason in ClaimReason if reason not in _OF_A_METER],
                widget=forms.RadioSelect,
                error_messages=self.fields["reason"].error_messages,
            )
            del self.fields["meter_reading"], self.fields["meter_read_on"]
            self.fields["attachment"].label = "Un papel o una foto que ayude"

    def clean_meter_read_on(self) -> date | None:
        """A day between the bill's own reading and today."""
        read_on: date | None = self.cleaned_data["meter_read_on"]
        if read_on and read_on > today():
            raise ValidationError("Esa fecha todavía no llegó. Revisala.", code="future")
        if read_on and self.last_read_on and read_on < self.last_read_on:
            day = short_date(self.last_read_on)
            raise ValidationError(f"La lectura de la factura es del {day}: mirá el medidor de nuevo.", code="old")
        return read_on

    def clean(self) -> dict[str, Any]:
        """A reading without its day is of today; a day without a reading asks for it."""
        cleaned = super().clean()
        reading, read_on = cleaned.get("meter_reading"), cleaned.get("meter_read_on")
        if reading is None and read_on is not None and "meter_reading" not in self.errors:
            self.add_error("meter_reading", ValidationError("Escribí qué número mostraba.", code="required"))
        if reading is not None and read_on is None and "meter_read_on" not in self.errors:
            cleaned["meter_read_on"] = today()
        return cleaned

    @property
    def complaint(self) -> Complaint:
        """What a valid form says."""
        data = self.cleaned_data
        return Complaint(
            reason=ClaimReason(data["reason"]),
            text=data["text"],
            meter_reading=data.get("meter_reading"),
            meter_read_on=data.get("meter_read_on"),
        )
