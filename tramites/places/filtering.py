"""What people choose of the places of payment: kept in the address of the page."""

from datetime import datetime

from django import forms
from django.db.models import Q

from tramites.departments import Department
from tramites.enums import PlaceKind, PlaceMeans
from tramites.models.place import PaymentPlaceQuerySet
from tramites.places.hours import read_hours


class PlaceFilterForm(forms.Form):
    """Which places. What was never offered is an error of its field and filters nothing."""

    tipo = forms.ChoiceField(label="Tipo", required=False, choices=[("", "Todos"), *PlaceKind.choices])
    departamento = forms.ChoiceField(label="Departamento", required=False, choices=[("", "Todos"), *Department.choices])
    acepta = forms.ChoiceField(
        label="Pagás con", required=False, choices=[("", "Cualquier medio"), *PlaceMeans.choices]
    )
    abierto = forms.BooleanField(label="Abierto ahora", required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for field in self.fields.values():
            field.error_messages |= {"invalid_choice": "Elegí otra opción."}

    @property
    def is_filtered(self) -> bool:
        """Whether the address chooses anything."""
        return bool(self.data.keys() & self.fields.keys())

    def chosen_of(self, places: PaymentPlaceQuerySet, *, at: datetime) -> PaymentPlaceQuerySet:
        """Of these the chosen ones. A channel by internet is in every department."""
        self.is_valid()
        data = self.cleaned_data
        if kind := data.get("tipo"):
            places = places.filter(kind=kind)
        if department := data.get("departamento"):
            places = places.filter(Q(department=department) | Q(department=""))
        if means := data.get("acepta"):
            places = places.filter(accepts__contains=[means])
        if data.get("abierto"):
            places = places.filter(hours__in=_open_hours(places, at))
        return places


def _open_hours(places: PaymentPlaceQuerySet, at: datetime) -> list[str]:
    """Of the hours that these places have, those that are open at an instant: shops of a network share theirs."""
    told = places.order_by().values_list("hours", flat=True).distinct()
    return [written for written in told if (hours := read_hours(written)) and hours.open_until(at=at)]
