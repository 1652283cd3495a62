"""What a person of the office must look at."""

from datetime import datetime
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from billing.enums import (
    OPEN_DISCREPANCIES,
    DiscrepancyKind,
    DiscrepancyResolution,
    DiscrepancyState,
    DiscrepancyStep,
)
from billing.models.invoice import Invoice
from billing.models.payment import Payment
from billing.models.webhook import WebhookEvent
from billing.transitions import DISCREPANCY_TRANSITIONS
from billing.triggers import discrepancies
from oficina.shared.append_only import AppendOnly
from oficina.shared.legal_moves import legal_moves


class DiscrepancyQuerySet(models.QuerySet["Discrepancy"]):
    """The words in which discrepancies are asked for."""

    def open(self) -> Self:
        """Those that somebody has still to look at."""
        return self.filter(resolved_at=None)

    def assigned(self, user: User) -> Self:
        """Those that wait for this person of the office."""
        return self.open().filter(assigned_to=user)

    def unassigned(self) -> Self:
        """Those that wait and that nobody has taken."""
        return self.open().filter(assigned_to=None)

    def older(self, *, than: datetime) -> Self:
        """Those that were found before this instant."""
        return self.filter(opened_at__lt=than)


class Discrepancy(models.Model):
    """Something about money that a rule cannot decide. `key` keeps one finding one row, however often it is found.

    The finding itself never changes. Who looks at it, and how it was resolved, is here as it is now; everything that
    was done about it is in its `entries`.
    """

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
    state = models.CharField(
        "situación",
        max_length=8,
        choices=DiscrepancyState,
        default=DiscrepancyState.OPEN,
        db_default=DiscrepancyState.OPEN,  # the rule of allocation, in SQL, finds some itself
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="asignada a",
    )
    resolved_at = models.DateTimeField("resuelta", null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="resuelta por",
    )
    resolved_as = models.CharField(
        "cómo se resolvió", max_length=13, choices=DiscrepancyResolution, blank=True, default="", db_default=""
    )
    resolution = models.TextField("resolución", blank=True)

    objects = DiscrepancyQuerySet.as_manager()

    class Meta:
        verbose_name = "diferencia"
        verbose_name_plural = "diferencias"
        permissions = [("resolve_discrepancy", "Puede tomar, anotar, resolver y reabrir diferencias")]
        indexes = [
            models.Index(fields=["opened_at"], name="discrepancy_open", condition=Q(resolved_at=None)),
            models.Index(
                fields=["assigned_to", "opened_at"], name="discrepancy_of_somebody", condition=Q(resolved_at=None)
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DiscrepancyKind.values), name="discrepancy_kind_known"),
            models.CheckConstraint(
                condition=Q(
                    state__in=OPEN_DISCREPANCIES, resolved_at=None, resolved_by=None, resolved_as="", resolution=""
                )
                | (
                    Q(
                        state=DiscrepancyState.RESOLVED,
                        resolved_at__isnull=False,
                        resolved_by__isnull=False,
                        resolved_as__in=DiscrepancyResolution.values,
                    )
                    & ~Q(resolution="")
                ),
                name="discrepancy_resolved_with_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="finding_stays", fields=["key", "kind", "payment", "invoice", "event", "detail", "opened_at"]
            ),
            discrepancies.begins_open(),
            legal_moves("discrepancy", DISCREPANCY_TRANSITIONS),
            discrepancies.assigned_within_the_office(),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.pk})"

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to look."""
        return self.state in OPEN_DISCREPANCIES


class DiscrepancyEntry(AppendOnly):
    """One thing that somebody of the office did about a discrepancy. `at` is UTC."""

    discrepancy = models.ForeignKey(
        Discrepancy, on_delete=models.PROTECT, related_name="entries", verbose_name="diferencia"
    )
    step = models.CharField("qué hizo", max_length=8, choices=DiscrepancyStep)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="quién")
    at = models.DateTimeField("cuándo", default=timezone.now, editable=False)
    text = models.TextField("qué escribió", max_length=2000, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="a quién"
    )
    resolved_as = models.CharField("cómo se resolvió", max_length=13, choices=DiscrepancyResolution, blank=True)

    class Meta(AppendOnly.Meta):
        verbose_name = "movimiento de una diferencia"
        verbose_name_plural = "movimientos de las diferencias"
        constraints = [
            models.CheckConstraint(condition=Q(step__in=DiscrepancyStep.values), name="discrepancy_entry_step_known"),
            models.CheckConstraint(
                condition=Q(step__in=[DiscrepancyStep.ASSIGNED, DiscrepancyStep.LET_GO]) | ~Q(text=""),
                name="discrepancy_entry_says_something",
            ),
            models.CheckConstraint(
                condition=Q(step=DiscrepancyStep.ASSIGNED, assignee__isnull=False)
                | (~Q(step=DiscrepancyStep.ASSIGNED) & Q(assignee=None)),
                name="discrepancy_entry_names_the_assignee",
            ),
            models.CheckConstraint(
                condition=Q(step=DiscrepancyStep.RESOLVED, resolved_as__in=DiscrepancyResolution.values)
                | (~Q(step=DiscrepancyStep.RESOLVED) & Q(resolved_as="")),
                name="discrepancy_entry_resolved_somehow",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} ({self.discrepancy_id})"
