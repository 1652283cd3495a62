"""The zones of the utility, and what people say of a map that is wrong: what waits for an answer on top."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html
from unfold.widgets import TEXTAREA_CLASSES

from accounts.admin.search import accounts_named, people_found_by
from oficina.shared.maps import map_link
from oficina.shared.office.columns import NOTHING, linked_column
from oficina.shared.office.records import OfficeAdmin, ReadOnlyAdmin
from oficina.shared.outlines import NotAnOutline, outline_in_service_area
from tramites.admin import location_answering
from tramites.models import LocationReport, Zone
from tramites.property_location.plans import zone_plan

_OUTLINE_HELP = (
    "Un polígono en GeoJSON, con longitud y latitud en ese orden, como lo dan los programas de mapas. Cada borde"
    " termina donde empezó."
)


class ZoneForm(forms.ModelForm[Zone]):
    """A zone whose outline is one, inside of where the utility serves."""

    localities = forms.CharField(
        label="Localidades que abarca enteras",
        required=False,
        help_text="Una por línea, como las escribe el sistema de la empresa. Sirve para los inmuebles sin coordenadas.",
        widget=forms.Textarea({"class": " ".join(TEXTAREA_CLASSES), "rows": 4}),
    )
    outline = forms.JSONField(
        label="Contorno",
        help_text=_OUTLINE_HELP,
        widget=forms.Textarea({"class": " ".join(TEXTAREA_CLASSES), "rows": 8}),
        error_messages={"invalid": "Tiene que ser un polígono en GeoJSON."},
    )

    class Meta:
        model = Zone
        fields = ("name", "department", "localities", "outline")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["localities"] = "\n".join(self.instance.localities)

    def clean_localities(self) -> list[str]:
        """Each once, in the order in which they were typed."""
        lines = [line.strip() for line in self.cleaned_data["localities"].splitlines()]
        return list(dict.fromkeys(filter(None, lines)))

    def clean_outline(self) -> object:
        """Raises ValidationError for what is no polygon, or lies elsewhere."""
        given = self.cleaned_data["outline"]
        try:
            inside = outline_in_service_area(given)
        except NotAnOutline:
            raise forms.ValidationError(
                "Tiene que ser un polígono en GeoJSON, y cada borde terminar donde empezó.", code="not_an_outline"
            ) from None
        if not inside:
            raise forms.ValidationError(
                "Queda fuera de la zona de servicio. ¿Están al revés la longitud y la latitud?", code="elsewhere"
            )
        return given


@admin.register(Zone)
class ZoneAdmin(OfficeAdmin[Zone]):
    """The office draws and names zones; who changed what is in its history."""

    form = ZoneForm
    list_display = ("name", "department", "localities_shown")
    list_filter = ("department",)
    search_help_text = "Nombre de la zona o localidad"
    change_form_outer_before_template = "admin/zone_map.html"

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        """By department, and in each by name."""
        return ("department", "name", "pk")

    def has_delete_permission(self, request: HttpRequest, obj: Zone | None = None) -> bool:  # noqa: ARG002  Django's signature
        """Whoever was given it: a zone is no record of anything, and one that the utility gave up goes."""
        return request.user.has_perm("tramites.delete_zone")

    def found_by(self, typed: str) -> Q:
        return Q(name__icontains=typed) | Q(localities__icontains=typed)

    def about(self, request: HttpRequest, row: Zone) -> Mapping[str, object]:  # noqa: ARG002  Django's signature
        """What was drawn, in its department: a mistake is seen at once."""
        return {"zone_map": zone_plan(row)}

    @admin.display(description="localidades")
    def localities_shown(self, zone: Zone) -> str:
        return ", ".join(zone.localities) or NOTHING


class OpenFilter(admin.SimpleListFilter):
    """Whether a report waits for its answer."""

    title = "situación"
    parameter_name = "situacion"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [("abierto", "Sin responder"), ("respondido", "Respondido")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LocationReport]) -> QuerySet[LocationReport]:  # noqa: ARG002  Django's signature
        match self.value():
            case "abierto":
                return queryset.filter(answered_at=None)
            case "respondido":
                return queryset.exclude(answered_at=None)
        return queryset


@admin.register(LocationReport)
class LocationReportAdmin(ReadOnlyAdmin[LocationReport]):
    """Customers report; the office answers each once."""

    ordering = (F("answered_at").asc(nulls_first=True), "pk")  # type: ignore[assignment]  # Django takes expressions too
    list_display = ("__str__", "account_shown", "text_shown", "made_at", "answered_at")
    list_filter = (OpenFilter,)
    search_help_text = "Número de cuenta, o el mail de quien avisó"
    change_form_outer_before_template = "admin/location_report_acts.html"
    fieldsets = (
        ("Aviso", {"fields": ("account_shown", "made_by_shown", "made_at", "text", "point_shown")}),
        ("Respuesta", {"fields": ("answer", "answered_by_shown", "answered_at")}),
    )
    readonly_fields = ("account_shown", "made_by_shown", "point_shown", "answered_by_shown")
    account_shown = linked_column("account", "cuenta")
    made_by_shown = linked_column("made_by", "quien avisa")
    answered_by_shown = linked_column("answered_by", "quien respondió")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LocationReport]:
        """Each with its account, without the outline of the parcel, and its people."""
        loaded = super().get_queryset(request).select_related("account", "made_by", "answered_by")
        return loaded.defer("account__parcel")

    def found_by(self, typed: str) -> Q:
        return Q(account__in=accounts_named(typed)) | Q(made_by__in=people_found_by(typed))

    @admin.display(description="qué cuenta")
    def text_shown(self, report: LocationReport) -> str:
        return report.text if len(report.text) <= 80 else f"{report.text[:79]}…"

    @admin.display(description="el punto que mostraba el mapa")
    def point_shown(self, report: LocationReport) -> str:
        if report.latitude is None or report.longitude is None:
            return NOTHING
        address = map_link((float(report.longitude), float(report.latitude)))
        return format_html(
            '<a class="office-link" href="{}" target="_blank" rel="noopener noreferrer">{}, {}</a>',
            address,
            str(report.latitude),
            str(report.longitude),
        )

    def get_urls(self) -> list[URLPattern]:
        """With the page that answers a report."""
        answer = self.admin_site.admin_view(partial(location_answering.answer, self))
        return [path("<int:pk>/responder/", answer, name="tramites_locationreport_answer"), *super().get_urls()]

    def about(self, request: HttpRequest, row: LocationReport) -> Mapping[str, object]:
        """Whether this person may answer the report."""
        return {"may_answer": row.is_open and request.user.has_perm(location_answering.PERMISSION)}
