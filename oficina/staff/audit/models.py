"""What the office opened."""

from typing import ClassVar

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

from oficina.shared.append_only import AppendOnly


class Visit(AppendOnly):
    """Somebody of the office opened a page or sent a form, at an instant (UTC), and was answered with `status`.

    `who_name` and `roles` are as they were then. `table` and `record` say what the page was about, where it was about
    one table or row. `seen_as` is the customer as whom the portal was looked at. `query` is what came after the `?`,
    also what was searched; what a form brought is not kept here, what it changed is (`oficina.shared.audit`).
    """

    at = models.DateTimeField("momento", default=timezone.now)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name="quién"
    )
    who_name = models.CharField("nombre", max_length=165)
    roles = models.TextField("roles", blank=True)
    ip = models.GenericIPAddressField("desde", null=True, blank=True)
    method = models.CharField("método", max_length=10)
    path = models.TextField("página")
    query = models.TextField("consulta", blank=True)
    status = models.PositiveSmallIntegerField("respuesta")
    table = models.ForeignKey(
        ContentType,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        verbose_name="tabla",
    )
    record = models.BigIntegerField("registro", null=True, blank=True)
    seen_as = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        verbose_name="como cliente",
    )

    class Meta(AppendOnly.Meta):
        verbose_name = "visita"
        verbose_name_plural = "visitas"
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="visit_by_moment"),
            models.Index(fields=["who", "-at", "-id"], name="visit_by_person"),
            models.Index(
                fields=["table", "record", "-at", "-id"],
                name="visit_of_record",
                condition=models.Q(record__isnull=False),
            ),
            models.Index(
                fields=["seen_as", "-at", "-id"], name="visit_as_customer", condition=models.Q(seen_as__isnull=False)
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(record=None) | models.Q(table__isnull=False), name="visit_record_of_a_table"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who_name}: {self.path}"
