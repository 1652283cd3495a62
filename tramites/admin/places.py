"""The office's places of payment: edited one by one, or brought by a file."""

from decimal import Decimal
from functools import partial
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import URLPattern, path
from unfold.widgets import INPUT_CLASSES

from oficina.shared.dates import WEEKDAYS
from oficina.shared.office.records import OfficeAdmin
from oficina.shared.outlines import Box
from tramites.admin import place_importing
from tramites.enums import PlaceKind, PlaceMeans
from tramites.models import PaymentPlace
from tramites.places.hours import Hours, read_hours, read_spans, write_hours
from tramites.places.presentation import span_words

_ALL_DAY: Final = ((0, 24 * 60),)
_LOCATED: Final = ("address", "locality", "department")


class DayHoursField(forms.CharField):
    """The spans of one day as people type them; an empty one is closed."""

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            max_length=60,
            widget=forms.TextInput({"class": " ".join(INPUT_CLASSES), "placeholder": "cerrado"}),
        )

    def clean(self, value: Any) -> Any:
        """Raises ValidationError for what is no span."""
        typed = super().clean(value)
        try:
            return read_spans(typed)
        except ValueError:
            raise forms.ValidationError("Escribilo así: 8 a 13 y 17 a 20:30.", code="no_span") from None


_DAYS: Final = tuple(f"day_{number}" for number in range(len(WEEKDAYS)))


class PlaceForm(forms.ModelForm[PaymentPlace]):
    """A place, with a line for the hours of each day. Without any line its hours are not known."""

    accepts = forms.MultipleChoiceField(
        label="Acepta", choices=PlaceMeans.choices, widget=forms.CheckboxSelectMultiple()
    )
    always = forms.BooleanField(label="Las 24 horas, todos los días", required=False)
    day_0, day_1, day_2, day_3, day_4, day_5, day_6 = (DayHoursField(day.capitalize()) for day in WEEKDAYS)
    holidays = DayHoursField("Feriados")

    class Meta:
        model = PaymentPlace
        fields = (
            "code", "kind", "name", *_LOCATED, "latitude", "longitude", "phone", "website", "accepts", "bills", "note",
            "is_open",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hours = read_hours(self.instance.hours)
        if hours is not None and hours.always:
            self.initial["always"] = True
        elif hours is not None:
            for name, spans in zip((*_DAYS, "holidays"), (*hours.week, hours.holidays), strict=True):
                self.initial[name] = " y ".join(map(span_words, spans))

    def clean(self) -> dict[str, Any] | None:
        """A place is somewhere, inside of where the utility serves; a channel by internet is nowhere."""
        data = super().clean() or self.cleaned_data
        if data.get("kind") == PlaceKind.ONLINE:
            for name in (*_LOCATED, "latitude"):
                if data.get(name):
                    self.add_error(name, "Un canal por internet no está en ningún lado: dejalo vacío.")
        elif "kind" in data:
            for name in _LOCATED:
                if name in data and not data[name]:
                    self.add_error(name, "Falta: un lugar está en alguna parte.")
        self._clean_position(data.get("latitude"), data.get("longitude"))
        self._clean_hours(data)
        return data

    def _clean_position(self, latitude: Decimal | None, longitude: Decimal | None) -> None:
        if (latitude is None) != (longitude is None):
            self.add_error("longitude", "La latitud y la longitud van las dos o ninguna.")
        elif latitude is not None and longitude is not None:
            served = Box(*settings.UTILITY.service_area)
            if not served.contains((float(longitude), float(latitude))):
                self.add_error(
                    "latitude", "Queda fuera de la zona de servicio. ¿Están al revés la latitud y la longitud?"
                )

    def _clean_hours(self, data: dict[str, Any]) -> None:
        week, holidays = tuple(data.get(name) or () for name in _DAYS), data.get("holidays") or ()
        if data.get("always"):
            hours: Hours | None = Hours(week=(_ALL_DAY,) * len(_DAYS), holidays=_ALL_DAY)
        elif any(week):
            hours = Hours(week=week, holidays=holidays)
        else:
            hours = None
            if holidays:
                self.add_error("holidays", "Falta el horario de algún día de la semana.")
        self.instance.hours = write_hours(hours)


@admin.register(PaymentPlace)
class PaymentPlaceAdmin(OfficeAdmin[PaymentPlace]):
    """A place that takes no payments any more is not shown; nothing of it is lost."""

    form = PlaceForm
    list_display = ("name", "kind", "department", "locality", "address", "is_open")
    list_filter = ("kind", "department", "is_open")
    search_help_text = "Nombre, dirección o código"
    list_before_template = "admin/payment_places.html"
    fieldsets = (
        ("Qué es", {"fields": ("code", "kind", "name", "is_open")}),
        ("Dónde está", {"fields": (*_LOCATED, ("latitude", "longitude"), "phone", "website")}),
        ("Qué cobra", {"fields": ("accepts", "bills", "note")}),
        (
            "Horario",
            {
                "fields": ("always", *_DAYS, "holidays"),
                "description": "Así: 8 a 13 y 17 a 20:30. Un día vacío está cerrado; si todos lo están, el horario"
                " no se conoce y la gente lee «Consultalo antes de ir».",
            },
        ),
    )

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        """As in a list on paper."""
        return ("department", "kind", "name", "pk")

    def found_by(self, typed: str) -> Q:
        return Q(name__icontains=typed) | Q(address__icontains=typed) | Q(code__iexact=typed)

    def get_readonly_fields(self, request: HttpRequest, obj: PaymentPlace | None = None) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        """Files find it by its code."""
        return ("code",) if obj else ()

    def get_urls(self) -> list[URLPattern]:
        """With the page that brings a file."""
        page = self.admin_site.admin_view(partial(place_importing.import_places, self))
        return [path("importar/", page, name="tramites_paymentplace_import"), *super().get_urls()]
