"""Where a property is: the zones that the utility serves, and what people say of a map that is wrong."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import AccountLink, ServiceAccount
from tramites.departments import Department


class ZoneQuerySet(models.QuerySet["Zone"]):
    """The words in which zones are asked for."""

    def of_department(self, department: Department) -> Self:
        """Its zones, always in the same order."""
        return self.filter(department=department).order_by("name", "pk")


class Zone(models.Model):
    """Part of a department, as the utility divides it.

    `outline` is a GeoJSON Polygon or MultiPolygon in WGS 84. `localities` are those that lie in it whole: a property
    without a point on the map is of the zone that names its locality.
    """

    name = models.CharField("nombre", max_length=100)
    department = models.CharField("departamento", max_length=20, choices=Department)
    localities = ArrayField(models.CharField(max_length=100), verbose_name="localidades", default=list, blank=True)
    outline = models.JSONField("contorno")

    objects = ZoneQuerySet.as_manager()

    class Meta:
        verbose_name = "zona"
        verbose_name_plural = "zonas"
        constraints = [
            models.UniqueConstraint(fields=["department", "name"], name="zone_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="zone_has_a_name"),
            models.CheckConstraint(condition=Q(department__in=Department.values), name="zone_department_known"),
            models.CheckConstraint(
                condition=Q(outline__type__isnull=False, outline__type__in=["Polygon", "MultiPolygon"]),
                name="zone_has_an_outline",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_department_display()}"


class LocationReportQuerySet(models.QuerySet["LocationReport"]):
    """The words in which reports are asked for."""

    def of(self, link: AccountLink) -> Self:
        """Those of the holder of this link about its account, the newest first."""
        return self.filter(account=link.account_id, made_by=link.user_id).order_by("-made_at", "-pk")

    def open(self) -> Self:
        """Those that wait for an answer."""
        return self.filter(answered_at=None)


class LocationReport(models.Model):
    """What somebody says of where their property is. It is answered once, for good.

    `latitude` and `longitude`, in degrees, are what the map showed at that moment, if it showed a point.
    """

    account = models.ForeignKey(ServiceAccount, on_delete=models.PROTECT, related_name="+", verbose_name="cuenta")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="quien avisa"
    )
    text = models.TextField("qué cuenta", max_length=1000)
    latitude = models.DecimalField("latitud que mostraba", max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("longitud que mostraba", max_digits=9, decimal_places=6, null=True, blank=True)
    made_at = models.DateTimeField("hecho", default=timezone.now, editable=False)
    answer = models.TextField("respuesta", max_length=1000, blank=True)
    answered_at = models.DateTimeField("respondido", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="quien respondió",
    )

    objects = LocationReportQuerySet.as_manager()

    class Meta:
        verbose_name = "aviso de ubicación"
        verbose_name_plural = "avisos de ubicación"
        permissions = [("answer_locationreport", "Puede responder avisos de ubicación")]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "made_by"], condition=Q(answered_at=None), name="location_report_open_once"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="location_report_says_something"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None) | Q(latitude__isnull=False, longitude__isnull=False),
                name="location_report_point_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="location_report_answered_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="what_was_said_stays", exclude=["answer", "answered_at", "answered_by"]),
            pgtrigger.Protect(
                name="begins_open",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__answered_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="answered_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Aviso {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answered_at is None
