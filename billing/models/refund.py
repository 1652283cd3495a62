"""Money of a payment that is given back."""

from decimal import Decimal
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from billing.enums import RefundRoute, RefundState
from billing.models.payment import Payment
from billing.triggers import ledger, money_back, payments
from oficina.shared.ids import public_id
from oficina.shared.money import ZERO, MoneyField


class RefundQuerySet(models.QuerySet["Refund"]):
    """The words in which refunds are asked for."""

    def standing(self) -> Self:
        """Those whose money has left the payment, or is about to: all but the failed ones."""
        return self.exclude(state=RefundState.FAILED)

    def unfinished(self) -> Self:
        """Those whose end the provider has not told yet."""
        return self.filter(state__in=(RefundState.CREATED, RefundState.PENDING))

    def total(self) -> Decimal:
        """The sum of these, in pesos."""
        total: Decimal = self.aggregate(total=Coalesce(Sum("amount"), ZERO))["total"]
        return total


class Refund(models.Model):
    """Money of one payment given back, wholly or in part. Its amount leaves the ledger when the row is made and comes
    back when the refund fails, even later on.

    Amounts are pesos; instants UTC. Asked for by the office (`requested_by`), or found at the provider or the channel,
    and then by nobody. `request` is the exact request, saved before the provider is called with `idempotency_key`.
    `operation_number` is the number that the office or the channel gives to it.
    """

    public_id = models.CharField("identificador", max_length=20, unique=True, default=public_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds", verbose_name="pago")
    route = models.CharField("por dónde", max_length=10, choices=RefundRoute, default=RefundRoute.PROVIDER)
    state = models.CharField("estado", max_length=10, choices=RefundState, default=RefundState.CREATED)
    amount = MoneyField("importe")
    reason = models.CharField("motivo", max_length=200)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="quien la pidió",
    )
    idempotency_key = models.CharField("clave de idempotencia", max_length=80, unique=True, null=True, blank=True)
    request = models.JSONField("pedido al proveedor", null=True, blank=True)
    provider_refund_id = models.CharField(
        "devolución del proveedor", max_length=255, unique=True, null=True, blank=True
    )
    operation_number = models.CharField("número de operación", max_length=64, blank=True)
    failure_reason = models.CharField("por qué no se pudo hacer", max_length=80, blank=True)
    created_at = models.DateTimeField("pedida", default=timezone.now, editable=False)
    succeeded_at = models.DateTimeField("hecha", null=True, blank=True)
    failed_at = models.DateTimeField("fallida", null=True, blank=True)
    checked_at = models.DateTimeField("consultada al proveedor", null=True, blank=True)

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = "devolución"
        verbose_name_plural = "devoluciones"
        indexes = [
            models.Index(
                fields=["checked_at"],
                name="refund_unfinished",
                condition=Q(state__in=(RefundState.CREATED, RefundState.PENDING)),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "operation_number"],
                condition=~Q(operation_number=""),
                name="refund_operation_unique",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_gives_something"),
            models.CheckConstraint(condition=Q(state__in=RefundState.values), name="refund_state_known"),
            models.CheckConstraint(condition=Q(route__in=RefundRoute.values), name="refund_route_known"),
            models.CheckConstraint(
                condition=~Q(state=RefundState.CREATED)
                | Q(route=RefundRoute.PROVIDER, idempotency_key__isnull=False, request__isnull=False),
                name="refund_saved_its_request",
            ),
            models.CheckConstraint(
                condition=~Q(state=RefundState.SUCCEEDED) | Q(succeeded_at__isnull=False),
                name="refund_succeeded_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(state=RefundState.FAILED, failed_at__isnull=False)
                | (~Q(state=RefundState.FAILED) & Q(failed_at=None, failure_reason="")),
                name="refund_failed_at_some_time",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="what_was_asked_stays",
                fields=[
                    "public_id",
                    "payment",
                    "route",
                    "amount",
                    "reason",
                    "requested_by",
                    "idempotency_key",
                    "request",
                    "operation_number",
                    "created_at",
                ],
            ),
            money_back.legal_refund_transition(),
            money_back.goes_back_as_it_came(),
            payments.written_once(["provider_refund_id", "succeeded_at", "failed_at"]),
            ledger.conservation("NEW.payment_id"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that people see: `D-00000412`."""
        return f"D-{self.pk:08d}"
