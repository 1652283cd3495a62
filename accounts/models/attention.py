"""Whoever came to the counter about an account, and what was done for them."""

from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.enums import AttentionDeed, DocumentKind, Relation
from accounts.models.service_account import ServiceAccount
from accounts.triggers import deeds_only_while_attending
from oficina.shared.append_only import AppendOnly
from oficina.shared.ids import public_id


class AttentionQuerySet(models.QuerySet["Attention"]):
    """The words in which attentions are asked for."""

    def open(self) -> Self:
        """Those of people who are at the counter now."""
        return self.filter(ended_at=None)


class Attention(models.Model):
    """Somebody came to the counter about an account and was attended from `began_at` until `ended_at` (UTC).

    `document` is as it was read from what they showed. `phone` has digits only. `outcome` is what the office wrote when
    it ended. `key` names the form that began it, so that a form which is sent twice begins one.
    """

    NUMBER_PREFIX: ClassVar[str] = "AT"

    account = models.ForeignKey(
        ServiceAccount, on_delete=models.PROTECT, related_name="attentions", db_index=False, verbose_name="cuenta"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="quién atendió"
    )
    visitor_name = models.CharField("quién vino", max_length=160)
    document_kind = models.CharField("documento que mostró", max_length=8, choices=DocumentKind)
    document = models.CharField("número de documento", max_length=20)
    phone = models.CharField("teléfono", max_length=20, blank=True)
    relation = models.CharField("relación con el titular", max_length=8, choices=Relation)
    reason = models.CharField("a qué vino", max_length=200)
    outcome = models.TextField("qué se hizo", max_length=1000, blank=True)
    began_at = models.DateTimeField("empezó", default=timezone.now)
    ended_at = models.DateTimeField("terminó", null=True, blank=True)
    key = models.CharField("clave", max_length=20, unique=True, default=public_id, editable=False)

    objects = AttentionQuerySet.as_manager()

    class Meta:
        verbose_name = "atención en el mostrador"
        verbose_name_plural = "atenciones en el mostrador"
        permissions: ClassVar = [("attend_customer", "Puede atender a quien viene al mostrador")]
        indexes: ClassVar = [
            models.Index(fields=["account", "-began_at"], name="attention_by_account"),
            models.Index(fields=["document"], name="attention_by_document"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(visitor_name=""), name="attention_of_somebody"),
            models.CheckConstraint(condition=~Q(document=""), name="attention_document_shown"),
            models.CheckConstraint(condition=~Q(reason=""), name="attention_for_a_reason"),
            models.CheckConstraint(
                condition=Q(document_kind__in=DocumentKind.values), name="attention_document_kind_known"
            ),
            models.CheckConstraint(condition=Q(relation__in=Relation.values), name="attention_relation_known"),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="") | Q(ended_at__isnull=False, ended_at__gte=F("began_at")),
                name="attention_ends_after_it_begins",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.ReadOnly(name="who_came_stays", exclude=["outcome", "ended_at"]),
            pgtrigger.Protect(
                name="ended_for_good", operation=pgtrigger.Update, condition=pgtrigger.Q(old__ended_at__isnull=False)
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that people see: `AT-00000412`."""
        return f"{self.NUMBER_PREFIX}-{self.pk:08d}"


class AttentionStep(AppendOnly):
    """One thing that was done in an attention, at an instant (UTC), in words: `said`."""

    attention = models.ForeignKey(Attention, on_delete=models.PROTECT, related_name="steps", verbose_name="atención")
    deed = models.CharField("gestión", max_length=11, choices=AttentionDeed)
    said = models.CharField("detalle", max_length=200, blank=True)
    at = models.DateTimeField("momento", default=timezone.now)

    class Meta(AppendOnly.Meta):
        verbose_name = "gestión en el mostrador"
        verbose_name_plural = "gestiones en el mostrador"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(deed__in=AttentionDeed.values), name="attention_step_deed_known"),
        ]
        triggers: ClassVar = [*AppendOnly.Meta.triggers, deeds_only_while_attending()]

    def __str__(self) -> str:
        return f"{self.get_deed_display()} {self.said}".strip()
