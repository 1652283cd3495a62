"""Places of payment: where a bill is paid besides this portal."""

from typing import Final, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import Case, F, FloatField, Q, Value, When
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt

from oficina.shared.outlines import Position
from tramites.departments import Department
from tramites.enums import PlaceBills, PlaceKind, PlaceMeans
from tramites.places.hours import NOTATION

CODE_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9-]*$"
CODE_WORDS: Final = "Usá letras sin tilde, números y guiones."
WEBSITE_PATTERN: Final = r"^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[^\s<>\"']*)?$"
_EARTH_DIAMETER_KM: Final = 2 * 6371.0088


class PaymentPlaceQuerySet(models.QuerySet["PaymentPlace"]):
    """The words in which places are asked for."""

    def shown(self) -> Self:
        """Those that are enabled to take payments."""
        return self.filter(is_open=True)

    def with_distance_from(self, position: Position) -> Self:
        """Each with `distance_km` from a point, as the crow flies (haversine); null for those that are nowhere."""
        longitude, latitude = position
        here, there = Radians(Value(latitude)), Radians("latitude")
        across = Power(Sin((there - here) / 2), 2)
        along = Cos(here) * Cos(there) * Power(Sin((Radians("longitude") - Radians(Value(longitude))) / 2), 2)
        arc = ASin(Sqrt(Least(across + along, Value(1.0))), output_field=FloatField()) * Value(_EARTH_DIAMETER_KM)
        return self.annotate(distance_km=Case(When(latitude__isnull=False, then=arc)))

    def nearest_first(self) -> Self:
        """After `with_distance_from`; those that are nowhere come last."""
        return self.order_by(F("distance_km").asc(nulls_last=True), "name", "pk")

    def by_department(self) -> Self:
        """As a list on paper has them: by department, kind and name; those that are nowhere come last."""
        nowhere = Case(When(department="", then=1), default=0)
        return self.order_by(nowhere, "department", _position_of_kind(), "name", "pk")


class PaymentPlace(models.Model):
    """A place or channel where bills are paid. One by internet is nowhere: it has no address, department or position.

    `code` is its name in files and never changes. `hours` are in the notation of `tramites.places.hours`, empty when
    they are not known. A place that is not open to payments any more stays, unseen.
    """

    code = models.CharField(
        "código",
        max_length=40,
        unique=True,
        validators=[RegexValidator(CODE_PATTERN, CODE_WORDS)],
        help_text="Con él la encuentra el archivo que se importa; no se cambia más.",
    )
    kind = models.CharField("tipo", max_length=10, choices=PlaceKind)
    name = models.CharField("nombre", max_length=120)
    address = models.CharField("dirección", max_length=200, blank=True)
    locality = models.CharField("localidad", max_length=100, blank=True)
    department = models.CharField("departamento", max_length=20, choices=Department, blank=True)
    latitude = models.DecimalField("latitud", max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("longitud", max_digits=9, decimal_places=6, null=True, blank=True)
    phone = models.CharField("teléfono", max_length=40, blank=True)
    website = models.CharField(
        "sitio",
        max_length=300,
        blank=True,
        validators=[URLValidator(["https"]), RegexValidator(WEBSITE_PATTERN, "Tiene que ser una dirección https://…")],
    )
    accepts = ArrayField(models.TextField(choices=PlaceMeans), verbose_name="acepta")
    bills = models.CharField("facturas que cobra", max_length=12, choices=PlaceBills, default=PlaceBills.ALL)
    hours = models.CharField("horario", max_length=400, blank=True)
    note = models.CharField("aclaración", max_length=300, blank=True, help_text="Qué hay que llevar, topes, recargos.")
    is_open = models.BooleanField("se muestra", default=True)
    updated_at = models.DateTimeField("actualizado", auto_now=True)

    objects = PaymentPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = "lugar de pago"
        verbose_name_plural = "lugares de pago"
        permissions = [("import_paymentplaces", "Puede importar lugares de pago")]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE_PATTERN), name="place_code_fits"),
            models.CheckConstraint(condition=~Q(name=""), name="place_has_a_name"),
            models.CheckConstraint(condition=Q(kind__in=PlaceKind.values), name="place_kind_known"),
            models.CheckConstraint(condition=Q(bills__in=PlaceBills.values), name="place_bills_known"),
            models.CheckConstraint(
                condition=Q(kind=PlaceKind.ONLINE, address="", locality="", department="", latitude=None)
                | (Q(department__in=Department.values) & ~Q(kind=PlaceKind.ONLINE) & ~Q(address="") & ~Q(locality="")),
                name="place_is_somewhere_or_online",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False, longitude__isnull=False,
                    latitude__range=(-90, 90), longitude__range=(-180, 180),
                ),
                name="place_position_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(website="") | Q(website__regex=WEBSITE_PATTERN), name="place_website_is_https"
            ),
            models.CheckConstraint(
                condition=Q(accepts__contained_by=PlaceMeans.values) & ~Q(accepts=[]), name="place_accepts_something"
            ),
            models.CheckConstraint(condition=Q(hours="") | Q(hours__regex=NOTATION), name="place_hours_can_be_read"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


def _position_of_kind() -> Case:
    cases = [When(kind=kind, then=Value(place)) for place, kind in enumerate(PlaceKind.values)]
    return Case(*cases, output_field=models.IntegerField())
