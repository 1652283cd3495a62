"""What a customer chooses of a history."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from billing.channel_names import ChannelNames
from billing.enums import InvoiceKind
from billing.listings.history_filter import STATE_WORDS, HistoryFilter


class HistoryForm(forms.Form):
    """Both histories: from when, until when, through which channel. What was never offered is an error of its field."""

    desde = forms.DateField(label="Desde", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    hasta = forms.DateField(label="Hasta", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    canal = forms.ChoiceField(label="Canal", required=False)

    def __init__(self, data: Mapping[str, Any], channels: Sequence[str], names: ChannelNames) -> None:
        super().__init__(data)
        offered = [(slug, names.get(slug, slug)) for slug in channels]
        self.fields["canal"] = forms.ChoiceField(label="Canal", required=False, choices=[("", "Todos"), *offered])
        for field in self.fields.values():
            field.error_messages |= {
                "invalid": "Escribí la fecha así: 24/11/2026.",
                "invalid_choice": "Elegí otra opción.",
            }

    def clean_desde(self) -> date | None:
        """A date of the calendar of four digits."""
        return _sensible(self.cleaned_data["desde"])

    def clean_hasta(self) -> date | None:
        """The same, and not before the other."""
        until = _sensible(self.cleaned_data["hasta"])
        since = self.cleaned_data.get("desde")
        if since and until and since > until:
            raise forms.ValidationError("La fecha «Hasta» tiene que ser igual o posterior a «Desde».")
        return until

    @property
    def chosen(self) -> HistoryFilter:
        """What was chosen, leaving out what is wrong."""
        self.is_valid()
        data = self.cleaned_data
        return HistoryFilter(
            since=data.get("desde"),
            until=data.get("hasta"),
            channel=data.get("canal", ""),
            state=data.get("estado", ""),
            kind=data.get("tipo", ""),
        )


class PaymentHistoryForm(HistoryForm):
    """Payments: also how they stand."""

    estado = forms.ChoiceField(label="Estado", required=False, choices=[("", "Todos"), *STATE_WORDS.items()])


class PaidBillForm(HistoryForm):
    """Paid bills: also of which kind."""

    tipo = forms.ChoiceField(label="Tipo", required=False, choices=[("", "Todos"), *InvoiceKind.choices])


def _sensible(day: date | None) -> date | None:
    if day and not 1900 <= day.year <= 2999:
        raise forms.ValidationError("Revisá el año de la fecha.")
    return day
