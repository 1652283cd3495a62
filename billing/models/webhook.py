"""The inbox: what others told us, stored before anything is done with it."""

import pgtrigger
from django.db import models
from django.utils import timezone

from billing.enums import WebhookStatus
from billing.models.payment import Payment


class WebhookEvent(models.Model):
    """One verified event of one source. Stored and committed first; settled after, as often as it takes."""

    source = models.SlugField("origen", max_length=40)
    event_id = models.CharField("identificador del evento", max_length=255)
    event_type = models.CharField("tipo", max_length=120)
    body = models.BinaryField("cuerpo", editable=False)
    received_at = models.DateTimeField("recibido", default=timezone.now, editable=False)
    status = models.CharField("estado", max_length=10, choices=WebhookStatus, default=WebhookStatus.RECEIVED)
    attempts = models.PositiveIntegerField("intentos", default=0)
    last_error = models.TextField("último error", blank=True)
    finished_at = models.DateTimeField("terminado", null=True, blank=True)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="webhook_events", null=True, blank=True, verbose_name="pago"
    )

    class Meta:
        verbose_name = "evento recibido"
        verbose_name_plural = "eventos recibidos"
        permissions = [
            ("reprocess_webhookevent", "Puede reprocesar eventos recibidos"),
            ("ignore_webhookevent", "Puede descartar eventos recibidos"),
        ]
        indexes = [
            models.Index(fields=["received_at"], name="webhook_by_moment"),
            models.Index(fields=["source", "received_at"], name="webhook_by_source"),
            models.Index(fields=["event_type", "received_at"], name="webhook_by_type"),
            models.Index(fields=["status", "received_at"], name="webhook_by_status"),
            models.Index(
                fields=["received_at"],
                name="webhook_unfinished",
                condition=models.Q(status__in=[WebhookStatus.RECEIVED, WebhookStatus.FAILED]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "event_id"], name="webhook_event_once"),
            models.CheckConstraint(condition=models.Q(status__in=WebhookStatus.values), name="webhook_status_known"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="as_received", fields=["source", "event_id", "event_type", "body", "received_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.event_id}"
