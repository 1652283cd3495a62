"""What the utility charges an account for outside of its bills, until somebody accepts it and it becomes a bill."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import AccountLink, ServiceAccount
from billing.enums import ChargeStatus
from billing.models.invoice import Invoice
from billing.triggers import charges
from oficina.shared.ids import public_id
from oficina.shared.money import MoneyField


class ChargeQuerySet(models.QuerySet["Charge"]):
    """The words in which charges are asked for."""

    def of(self, link: AccountLink) -> Self:
        """The charges that the holder of this link may see."""
        return self.filter(account=link.account_id)

    def pending(self) -> Self:
        """To be invoiced."""
        return self.filter(status=ChargeStatus.PENDING)

    def invoiced(self) -> Self:
        """Accepted by somebody: there is a bill to pay, or paid."""
        return self.filter(status=ChargeStatus.INVOICED)


class Charge(models.Model):
    """A connection, a new meter, a repair: what `charges.csv` told, and the invoice it became.

    `amount` is in pesos and contains VAT; `raised_on` is a local date. A charge changes while it is pending, by import.
    Once it is invoiced or cancelled its row stays as it is. `cancelled_at`, `cancelled_by` and `cancellation_reason`
    tell of the office's own act; they are empty when the utility's file cancelled it.
    """

    public_id = models.CharField("identificador", max_length=20, unique=True, default=public_id, editable=False)
    charge_number = models.CharField("número", max_length=20, unique=True)
    account = models.ForeignKey(ServiceAccount, on_delete=models.PROTECT, related_name="charges", verbose_name="cuenta")
    concept = models.CharField("concepto", max_length=120)
    description = models.CharField("detalle", max_length=500, blank=True)
    amount = MoneyField("importe")
    raised_on = models.DateField("fecha")
    status = models.CharField("estado", max_length=9, choices=ChargeStatus, default=ChargeStatus.PENDING)
    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, related_name="charge", null=True, blank=True, verbose_name="factura"
    )
    invoiced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="charges_invoiced",
        null=True,
        blank=True,
        verbose_name="quien lo aceptó",
    )
    invoiced_at = models.DateTimeField("aceptado", null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="charges_cancelled",
        null=True,
        blank=True,
        verbose_name="quien lo canceló",
    )
    cancelled_at = models.DateTimeField("cancelado", null=True, blank=True)
    cancellation_reason = models.CharField("motivo de la cancelación", max_length=300, blank=True)
    created_at = models.DateTimeField("cargado", db_default=Now(), editable=False)
    updated_at = models.DateTimeField("actualizado", db_default=Now(), editable=False)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        verbose_name = "cargo"
        verbose_name_plural = "cargos"
        indexes = [models.Index(fields=["account", "status", "-raised_on"], name="charge_by_account")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="charge_amount_positive"),
            models.CheckConstraint(condition=Q(status__in=ChargeStatus.values), name="charge_status_known"),
            models.CheckConstraint(
                condition=(
                    Q(status=ChargeStatus.INVOICED)
                    & Q(invoice__isnull=False, invoiced_by__isnull=False, invoiced_at__isnull=False)
                )
                | (~Q(status=ChargeStatus.INVOICED) & Q(invoice=None, invoiced_by=None, invoiced_at=None)),
                name="charge_invoiced_with_its_invoice",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_by=None, cancelled_at=None, cancellation_reason="")
                | (
                    Q(status=ChargeStatus.CANCELLED, cancelled_by__isnull=False, cancelled_at__isnull=False)
                    & ~Q(cancellation_reason="")
                ),
                name="charge_cancelled_with_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="identity_stays", fields=["public_id", "charge_number", "account"]),
            charges.begins_without_invoice(),
            charges.decided_for_good(),
            charges.becomes_an_invoice_like_itself(),
        ]

    def __str__(self) -> str:
        return f"Cargo {self.charge_number}"
