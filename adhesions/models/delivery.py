"""That a bill is mailed, or was, to one address."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from adhesions.enums import DELIVERED_ONCE, DeliveryKind, DeliveryState
from adhesions.models.digital import DigitalBilling
from adhesions.triggers import legal_delivery_moves
from billing.models import Invoice
from oficina.shared.ids import public_id


class BillDeliveryQuerySet(models.QuerySet["BillDelivery"]):
    """The words in which deliveries are asked for."""

    def queued(self) -> Self:
        """Those that are still to be sent."""
        return self.filter(state=DeliveryState.QUEUED)


class BillDelivery(models.Model):
    """One mail with a bill. The mail's Message-ID is made of `public_id`, so that every try sends the same mail.

    A bill goes once to an address as new, once as a reminder and once as overdue, and each time that a person asks for
    it (`requested_by`). `reason` says why it did not go out, or why it bounced.
    """

    public_id = models.CharField("referencia", max_length=20, unique=True, default=public_id, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="deliveries", verbose_name="factura")
    email = models.EmailField("mail")
    kind = models.CharField("tipo", max_length=10, choices=DeliveryKind)
    adhesion = models.ForeignKey(
        DigitalBilling,
        on_delete=models.PROTECT,
        related_name="deliveries",
        null=True,
        blank=True,
        verbose_name="adhesión",
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="bill_deliveries",
        null=True,
        blank=True,
        verbose_name="quien la pidió",
    )
    state = models.CharField("estado", max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    reason = models.CharField("motivo", max_length=300, blank=True)
    queued_at = models.DateTimeField("en cola", default=timezone.now)
    sent_at = models.DateTimeField("enviado", null=True, blank=True)

    objects = BillDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "envío de factura"
        verbose_name_plural = "envíos de facturas"
        indexes = [
            models.Index(fields=["email", "-queued_at"], name="bill_delivery_by_mail"),
            models.Index(fields=["queued_at"], condition=Q(state="queued"), name="bill_delivery_queued"),
            models.Index(fields=["state", "id"], condition=~Q(state=DeliveryState.SENT), name="bill_delivery_not_sent"),
            models.Index(fields=["kind", "id"], condition=~Q(kind=DeliveryKind.NEW), name="bill_delivery_of_rare_kind"),
            BrinIndex(fields=["queued_at"], name="bill_delivery_by_day", autosummarize=True),
            models.Index(
                fields=["state", "queued_at"],
                condition=Q(state__in=[DeliveryState.FAILED, DeliveryState.BOUNCED]),
                name="bill_delivery_not_arrived",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "email", "kind"], condition=Q(kind__in=DELIVERED_ONCE), name="bill_delivery_once"
            ),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="bill_delivery_state_known"),
            models.CheckConstraint(
                condition=Q(kind=DeliveryKind.ON_REQUEST, requested_by__isnull=False)
                | Q(kind__in=DELIVERED_ONCE, requested_by=None, adhesion__isnull=False),
                name="bill_delivery_caused_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[DeliveryState.SENT, DeliveryState.BOUNCED], sent_at__isnull=False)
                | (~Q(state__in=[DeliveryState.SENT, DeliveryState.BOUNCED]) & Q(sent_at=None)),
                name="bill_delivery_sent_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[DeliveryState.FAILED, DeliveryState.BOUNCED]) | ~Q(reason=""),
                name="bill_delivery_failed_for_a_reason",
            ),
        ]
        triggers = [*legal_delivery_moves()]

    def __str__(self) -> str:
        return f"Envío {self.pk}"
