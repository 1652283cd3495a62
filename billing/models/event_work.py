"""What the office does about stored events: one by one, or many in a job."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.enums import EventAction, ReprocessingState, WebhookStatus
from billing.models.webhook import WebhookEvent
from billing.transitions import REPROCESSING_TRANSITIONS
from oficina.shared.append_only import AppendOnly
from oficina.shared.legal_moves import legal_moves


class Reprocessing(models.Model):
    """Many events that somebody asked to have acted on again: which, is settled when it is asked. Moments are UTC.

    `chosen_by` says in words how they were chosen. What came of each is in its `actions`.
    """

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="quién lo pidió"
    )
    asked_at = models.DateTimeField("pedido", default=timezone.now, editable=False)
    chosen_by = models.CharField("cuáles", max_length=300)
    event_ids = ArrayField(models.BigIntegerField(), verbose_name="eventos", editable=False)
    state = models.CharField("estado", max_length=7, choices=ReprocessingState, default=ReprocessingState.QUEUED)
    ended_at = models.DateTimeField("terminado", null=True, blank=True)

    class Meta:
        verbose_name = "reproceso de eventos"
        verbose_name_plural = "reprocesos de eventos"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[ReprocessingState.QUEUED, ReprocessingState.RUNNING], ended_at=None)
                | Q(state__in=[ReprocessingState.DONE, ReprocessingState.STOPPED], ended_at__isnull=False),
                name="reprocessing_ends_once",
            ),
            models.CheckConstraint(condition=Q(event_ids__len__gt=0), name="reprocessing_of_some_event"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="what_was_asked_stays", fields=["asked_by", "asked_at", "chosen_by", "event_ids"]),
            legal_moves("reprocessing", REPROCESSING_TRANSITIONS),
        ]

    def __str__(self) -> str:
        return f"Reproceso {self.pk}"


class OfficeEventAction(AppendOnly):
    """One thing that somebody of the office did about a stored event, and what the event was after it. `at` is UTC.

    `words` is the error of a try that failed, or why the event was ignored.
    """

    event = models.ForeignKey(
        WebhookEvent, on_delete=models.PROTECT, related_name="office_actions", verbose_name="evento"
    )
    action = models.CharField("qué hizo", max_length=11, choices=EventAction)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="quién")
    at = models.DateTimeField("cuándo", default=timezone.now, editable=False)
    outcome = models.CharField("cómo quedó", max_length=10, choices=WebhookStatus)
    words = models.TextField("detalle", blank=True)
    reprocessing = models.ForeignKey(
        Reprocessing, on_delete=models.PROTECT, related_name="actions", null=True, verbose_name="reproceso"
    )

    class Meta(AppendOnly.Meta):
        verbose_name = "acción sobre un evento"
        verbose_name_plural = "acciones sobre eventos"
        constraints = [
            models.UniqueConstraint(fields=["reprocessing", "event"], name="event_reprocessed_once_a_run"),
            models.CheckConstraint(
                condition=Q(action=EventAction.REPROCESSED)
                | (Q(action=EventAction.IGNORED, outcome=WebhookStatus.IGNORED, reprocessing=None) & ~Q(words="")),
                name="event_action_ignored_for_a_reason",
            ),
            models.CheckConstraint(condition=Q(outcome__in=WebhookStatus.values), name="event_action_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} ({self.event_id})"
