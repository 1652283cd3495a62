"""Who collects for the utility and tells us of it, with which secrets, and every operation they told of."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from billing.enums import OperationHold, OperationState, PaymentChannel
from billing.models.payment import Payment
from billing.models.refund import Refund
from billing.models.webhook import WebhookEvent
from billing.triggers import payments
from oficina.shared.money import ZERO, MoneyField
from oficina.shared.webhooks.secret_model import (
    WebhookSecret,
    WebhookSecretQuerySet,
    kept_secret,
    retired_by_somebody,
)
from oficina.shared.webhooks.sender_model import WebhookSender, kept_sender, slug_fits_an_address

SOURCE_PREFIX = "cobranzas-"
"""With a channel's slug it names the source of an event, so that no channel can pass for a provider."""

_PERHAPS_UNFINISHED = (OperationState.HELD, OperationState.REVERSED)


class CollectionChannel(WebhookSender):
    """A third party that receives payments for the utility and tells them as they come (`docs/integrators.md`).

    `slug` is the channel of its payments, also in the files of `payments.csv`. What a `sandbox` channel tells is
    checked and answered like any other's and never reaches the ledger, so a channel stays what it was made as.
    """

    sandbox = models.BooleanField("de prueba", default=False, help_text="Se revisa y se contesta, y no imputa nada.")

    class Meta(WebhookSender.Meta):
        verbose_name = "canal de cobranza"
        verbose_name_plural = "canales de cobranza"
        constraints = [
            models.CheckConstraint(
                condition=~Q(slug=PaymentChannel.CHECKOUT) & ~Q(slug__startswith="direct-debit"),
                name="channel_is_not_our_own",
                violation_error_message="Ese nombre es de un canal de la Oficina Virtual.",
            ),
            slug_fits_an_address("channel_slug_fits_an_address"),
        ]
        triggers = [*kept_sender("sandbox")]

    @property
    def source(self) -> str:
        """Whose events these are, in the inbox."""
        return f"{SOURCE_PREFIX}{self.slug}"


class ChannelSecretQuerySet(WebhookSecretQuerySet["ChannelSecret"]):
    """The words in which secrets of channels are asked for."""


class ChannelSecret(WebhookSecret):
    """A secret with which a channel signs."""

    channel = models.ForeignKey(
        CollectionChannel, on_delete=models.PROTECT, related_name="secrets", verbose_name="canal"
    )

    objects = ChannelSecretQuerySet.as_manager()

    class Meta(WebhookSecret.Meta):
        verbose_name = "secreto del canal"
        verbose_name_plural = "secretos del canal"
        constraints = [retired_by_somebody("channel_secret_retired_by_somebody")]
        triggers = [*kept_secret("channel")]


class CollectionOperationQuerySet(models.QuerySet["CollectionOperation"]):
    """The words in which operations are asked for."""

    def unfinished(self) -> Self:
        """Money, or its return, that a channel told and the ledger does not have."""
        refunds = Refund.objects.standing().filter(payment=OuterRef("pk")).order_by().values("payment")
        returned = Coalesce(Subquery(refunds.annotate(total=Sum("amount")).values("total")), ZERO)
        kept = Payment.objects.filter(
            channel=OuterRef("channel__slug"),
            operation_number=OuterRef("operation_number"),
            amount_received__gt=returned,
        )
        return self.filter(state__in=_PERHAPS_UNFINISHED).filter(Q(state=OperationState.HELD) | Exists(kept))


class CollectionOperation(models.Model):
    """An operation that a channel told, once for good, whether or not its money found a bill.

    `bills` is what was told of each bill: how it was named, and its amount in pesos as text. `amount`, `paid_at` and
    `bills` are empty when only the reversal was told, which may overtake its payment, or undo one that a file brought.
    Its money is in the payments of this channel and operation number: one for each account, none while it is held, and
    none ever of a sandbox.
    """

    channel = models.ForeignKey(
        CollectionChannel, on_delete=models.PROTECT, related_name="operations", verbose_name="canal"
    )
    operation_number = models.CharField("número de operación", max_length=64)
    state = models.CharField("estado", max_length=10, choices=OperationState)
    held_because = models.CharField("en espera por", max_length=20, choices=OperationHold, blank=True)
    amount = MoneyField("importe", null=True, blank=True)
    paid_at = models.DateTimeField("pagada", null=True, blank=True)
    bills = models.JSONField("facturas", null=True, blank=True)
    event = models.ForeignKey(
        WebhookEvent, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="aviso del pago"
    )
    reversed_at = models.DateTimeField("anulada", null=True, blank=True)
    reversal_reason = models.CharField("motivo de la anulación", max_length=200, blank=True)
    reversal_event = models.ForeignKey(
        WebhookEvent,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="aviso de la anulación",
    )
    created_at = models.DateTimeField("avisada", default=timezone.now, editable=False)

    objects = CollectionOperationQuerySet.as_manager()

    class Meta:
        verbose_name = "operación de un canal"
        verbose_name_plural = "operaciones de los canales"
        indexes = [
            models.Index(
                fields=["created_at"], name="operation_unfinished", condition=Q(state__in=_PERHAPS_UNFINISHED)
            ),
            models.Index(fields=["operation_number"], name="operation_by_number"),
            models.Index(fields=["held_because", "id"], name="operation_held", condition=~Q(held_because="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["channel", "operation_number"], name="operation_told_once"),
            models.CheckConstraint(condition=Q(state__in=OperationState.values), name="operation_state_known"),
            models.CheckConstraint(
                condition=Q(state=OperationState.HELD, held_because__in=OperationHold.values)
                | (~Q(state=OperationState.HELD) & Q(held_because="")),
                name="operation_held_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(amount=None, paid_at=None, bills__isnull=True, event=None)
                | Q(
                    amount__gt=0, amount__isnull=False, paid_at__isnull=False, bills__isnull=False, event__isnull=False
                ),
                name="operation_told_whole",
            ),
            models.CheckConstraint(
                condition=Q(reversed_at=None, reversal_event=None, reversal_reason="")
                | Q(reversed_at__isnull=False, reversal_event__isnull=False),
                name="operation_reversal_told_whole",
            ),
            models.CheckConstraint(
                condition=Q(state=OperationState.HELD)
                | Q(state=OperationState.SETTLED, amount__isnull=False, reversed_at=None)
                | Q(state=OperationState.REVERSED, reversed_at__isnull=False),
                name="operation_state_as_told",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="identity_stays", fields=["channel", "operation_number", "created_at"]),
            payments.written_once(["amount", "paid_at", "bills", "event_id", "reversed_at", "reversal_event_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.operation_number}"
