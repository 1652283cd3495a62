"""A payment that its card's holder contests before the bank."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from billing.enums import DisputeState
from billing.models.payment import Payment
from billing.transitions import OPEN_DISPUTES
from billing.triggers import ledger, money_back
from oficina.shared.money import ZERO, MoneyField


class DisputeQuerySet(models.QuerySet["Dispute"]):
    """The words in which disputes are asked for."""

    def open(self) -> Self:
        """Those that the bank has not decided yet."""
        return self.filter(state__in=OPEN_DISPUTES)


class Dispute(models.Model):
    """One dispute of the provider's. Amounts are pesos; instants UTC.

    `amount` is what is contested and may differ from the payment. `amount_withdrawn` and `amount_reinstated` are what
    the provider took for it and gave back, in all. `amount_taken` is what of it was this payment's money: less, when a
    refund had left less; the rest is the utility's loss, before the office as a discrepancy.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes", verbose_name="pago")
    provider_dispute_id = models.CharField("reclamo del proveedor", max_length=255, unique=True)
    state = models.CharField("estado", max_length=20, choices=DisputeState)
    reason = models.CharField("motivo", max_length=60, blank=True)
    amount = MoneyField("importe reclamado")
    amount_withdrawn = MoneyField("retirado", default=ZERO)
    amount_reinstated = MoneyField("reintegrado", default=ZERO)
    amount_taken = MoneyField("retenido del pago", default=ZERO)
    respond_by = models.DateTimeField("responder hasta", null=True, blank=True)
    opened_at = models.DateTimeField("iniciado", default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField("retirado el", null=True, blank=True)
    reinstated_at = models.DateTimeField("reintegrado el", null=True, blank=True)
    closed_at = models.DateTimeField("cerrado", null=True, blank=True)
    checked_at = models.DateTimeField("consultado al proveedor", default=timezone.now, editable=False)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = "reclamo al banco"
        verbose_name_plural = "reclamos al banco"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DisputeState.values), name="dispute_state_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_contests_something"),
            models.CheckConstraint(
                condition=Q(amount_reinstated__gte=0)
                & Q(amount_taken__gte=0)
                & Q(amount_taken__lte=F("amount_withdrawn") - F("amount_reinstated")),
                name="dispute_takes_what_was_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(amount_withdrawn=0) | Q(withdrawn_at__isnull=False), name="dispute_withdrawn_at_some_time"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="identity_stays", fields=["payment", "provider_dispute_id", "opened_at"]),
            money_back.legal_dispute_transition(),
            money_back.sums_only_grow(),
            ledger.conservation("NEW.payment_id"),
        ]

    def __str__(self) -> str:
        return self.provider_dispute_id

    @property
    def is_open(self) -> bool:
        """Whether the bank has not decided yet."""
        return self.state in OPEN_DISPUTES
