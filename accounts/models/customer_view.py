"""The portal as a customer sees it, opened by somebody of the office."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.enums import ViewEnd

VIEW_MINUTES = 30


class CustomerViewQuerySet(models.QuerySet["CustomerView"]):
    """The words in which views are asked for."""

    def open(self) -> Self:
        """Views that nobody ended; their time may be over."""
        return self.filter(ended_at=None)


class CustomerView(models.Model):
    """Somebody of the office looks at the portal as a customer sees it, from `began_at` until it ends, for thirty
    minutes at most (UTC). Nothing can be changed meanwhile. `reason` is what it was opened for.
    """

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="quién miró"
    )
    seen = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="views_of_me", verbose_name="cliente"
    )
    reason = models.CharField("motivo", max_length=200)
    began_at = models.DateTimeField("empezó", default=timezone.now)
    ended_at = models.DateTimeField("terminó", null=True, blank=True)
    end = models.CharField("cómo terminó", max_length=12, choices=ViewEnd, blank=True)

    objects = CustomerViewQuerySet.as_manager()

    class Meta:
        verbose_name = "vista como cliente"
        verbose_name_plural = "vistas como cliente"
        permissions: ClassVar = [("view_as_customer", "Puede ver el portal como lo ve un cliente")]
        indexes: ClassVar = [models.Index(fields=["seen", "-began_at"], name="customer_view_of_person")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["by"], condition=Q(ended_at=None), name="customer_view_one_open"),
            models.CheckConstraint(condition=~Q(by=F("seen")), name="customer_view_of_somebody_else"),
            models.CheckConstraint(condition=~Q(reason=""), name="customer_view_for_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_at=None, end="")
                | Q(ended_at__isnull=False, ended_at__gte=F("began_at"), end__in=ViewEnd.values),
                name="customer_view_ends_somehow",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.ReadOnly(name="view_stays", fields=["by", "seen", "reason", "began_at"]),
            pgtrigger.Protect(
                name="ended_for_good", operation=pgtrigger.Update, condition=pgtrigger.Q(old__ended_at__isnull=False)
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Vista {self.pk}"

    @property
    def runs_out_at(self) -> datetime:
        """The instant (UTC) from which it shows nothing more."""
        return self.began_at + timedelta(minutes=VIEW_MINUTES)
