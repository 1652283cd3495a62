"""Mail servers that report mails which came back, with which secrets they sign, and each report about a bill's mail."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from adhesions.enums import BounceKind
from adhesions.models.delivery import BillDelivery
from billing.models import WebhookEvent
from oficina.shared.append_only import AppendOnly
from oficina.shared.webhooks.secret_model import (
    WebhookSecret,
    WebhookSecretQuerySet,
    kept_secret,
    retired_by_somebody,
)
from oficina.shared.webhooks.sender_model import WebhookSender, kept_sender, slug_fits_an_address

BOUNCES_PREFIX = "rebotes-"
"""With the slug of a source it names the source of an event, so that no mail server can pass for a channel."""

LONGEST_REASON = 300
"""Characters of what a mail server said that are kept beside a delivery; its report is kept whole in the inbox."""


class BounceSource(WebhookSender):
    """A mail server or service that reports mails which came back (`docs/integrators.md`)."""

    class Meta(WebhookSender.Meta):
        verbose_name = "origen de rebotes"
        verbose_name_plural = "orígenes de rebotes"
        constraints = [slug_fits_an_address("bounce_source_slug_fits_an_address")]
        triggers = [*kept_sender()]

    @property
    def source(self) -> str:
        """Whose events these are, in the inbox."""
        return f"{BOUNCES_PREFIX}{self.slug}"


class BounceSecretQuerySet(WebhookSecretQuerySet["BounceSecret"]):
    """The words in which secrets of mail servers are asked for."""


class BounceSecret(WebhookSecret):
    """A secret with which a mail server signs."""

    source = models.ForeignKey(
        BounceSource, on_delete=models.PROTECT, related_name="secrets", verbose_name="origen de rebotes"
    )

    objects = BounceSecretQuerySet.as_manager()

    class Meta(WebhookSecret.Meta):
        verbose_name = "secreto de un origen de rebotes"
        verbose_name_plural = "secretos de los orígenes de rebotes"
        constraints = [retired_by_somebody("bounce_secret_retired_by_somebody")]
        triggers = [*kept_secret("source")]


class BounceReport(AppendOnly):
    """That the mail of a delivery came back at some time, told once however many messages told it."""

    delivery = models.ForeignKey(
        BillDelivery, on_delete=models.PROTECT, related_name="bounces", verbose_name="envío de factura"
    )
    kind = models.CharField("tipo", max_length=10, choices=BounceKind)
    reason = models.CharField("motivo", max_length=LONGEST_REASON)
    bounced_at = models.DateTimeField("volvió")
    event = models.OneToOneField(WebhookEvent, on_delete=models.PROTECT, related_name="+", verbose_name="aviso")
    created_at = models.DateTimeField("anotado", default=timezone.now, editable=False)

    class Meta(AppendOnly.Meta):
        verbose_name = "rebote"
        verbose_name_plural = "rebotes"
        constraints = [
            models.UniqueConstraint(fields=["delivery", "kind", "bounced_at"], name="bounce_told_once"),
            models.CheckConstraint(condition=Q(kind__in=BounceKind.values), name="bounce_kind_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="bounce_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"Rebote {self.pk}"
