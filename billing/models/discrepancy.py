"""What a person of the office must look at."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone

from billing.enums import DiscrepancyKind
from billing.models.invoice import Invoice
from billing.models.payment import Payment
from billing.models.webhook import WebhookEvent


class Discrepancy(models.Model):
    """Something about money that a rule cannot decide. `key` keeps one finding one row, however often it is found."""

    key = models.CharField("clave", max_length=200, unique=True, editable=False)
    kind = models.CharField("tipo", max_length=30, choices=DiscrepancyKind)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="discrepancies", null=True, blank=True, verbose_name="pago"
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="discrepancies", null=True, blank=True, verbose_name="factura"
    )
    event = models.ForeignKey(
        WebhookEvent,
        on_delete=models.PROTECT,
        related_name="discrepancies",
        null=True,
        blank=True,
        verbose_name="evento",
    )
    detail = models.JSONField("detalle", default=dict, blank=True)
    opened_at = models.DateTimeField("abierta", default=timezone.now, editable=False)
    resolved_at = models.DateTimeField("resuelta", null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="resuelta por",
    )
    resolution = models.TextField("resolución", blank=True)

    class Meta:
        verbose_name = "diferencia"
        verbose_name_plural = "diferencias"
        indexes = [
            models.Index(fields=["opened_at"], name="discrepancy_open", condition=models.Q(resolved_at=None)),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=DiscrepancyKind.values), name="discrepancy_kind_known"),
            models.CheckConstraint(
                condition=models.Q(resolved_at=None, resolved_by=None)
                | (models.Q(resolved_at__isnull=False, resolved_by__isnull=False) & ~models.Q(resolution="")),
                name="discrepancy_resolved_with_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="finding_stays", fields=["key", "kind", "payment", "invoice", "event", "detail", "opened_at"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.pk})"
