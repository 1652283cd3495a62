"""The provider's books beside ours: every movement of our balance there, what each day came to, what the bank got."""

from decimal import Decimal
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from billing.enums import MovementKind
from billing.models.discrepancy import Discrepancy
from billing.models.payment import Payment
from billing.triggers import payments
from oficina.shared.append_only import AppendOnly
from oficina.shared.money import ZERO, MoneyField


class ProviderMovement(AppendOnly):
    """One movement of our balance at the provider, as it told it. What is undone there is another movement.

    `amount` less `fee` is what the balance gained, in pesos; money that left is negative. `day` is the local date of
    `at`. `object_id` names the charge, refund, dispute or payout. `payment` is ours, where we knew it then.
    """

    source = models.SlugField("proveedor", max_length=40)
    movement_id = models.CharField("identificador", max_length=255)
    kind = models.CharField("tipo", max_length=20, choices=MovementKind)
    day = models.DateField("día")
    at = models.DateTimeField("momento")
    amount = MoneyField("importe")
    fee = MoneyField("comisión")
    currency = models.CharField("moneda", max_length=3)
    object_id = models.CharField("objeto del proveedor", max_length=255, blank=True)
    provider_payment_id = models.CharField("pago del proveedor", max_length=255, blank=True)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="provider_movements", null=True, blank=True, verbose_name="pago"
    )

    class Meta(AppendOnly.Meta):
        verbose_name = "movimiento del proveedor"
        verbose_name_plural = "movimientos del proveedor"
        indexes = [
            models.Index(fields=["source", "day"], name="movement_by_day"),
            models.Index(fields=["object_id"], name="movement_by_object"),
            models.Index(fields=["kind", "id"], name="movement_of_rare_kind", condition=~Q(kind=MovementKind.CHARGE)),
            models.Index(fields=["provider_payment_id"], name="movement_by_provider_payment"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "movement_id"], name="movement_once"),
            models.CheckConstraint(condition=Q(kind__in=MovementKind.values), name="movement_kind_known"),
        ]

    def __str__(self) -> str:
        return self.movement_id

    @property
    def net(self) -> Decimal:
        """What the balance gained; negative when it lost."""
        return self.amount - self.fee


class ProviderDayQuerySet(models.QuerySet["ProviderDay"]):
    """The words in which days are asked for."""

    def differing(self) -> Self:
        """Days on which the two sides do not tell the same, whether somebody explained it or not."""
        return self.exclude(
            gross=F("our_received"),
            refunds=F("our_refunds"),
            refunds_returned=F("our_refunds_returned"),
            disputes=F("our_disputes"),
            disputes_reinstated=F("our_disputes_reinstated"),
        )

    def unexplained(self) -> Self:
        """Days that differ with no finding, or with one that nobody has resolved, or with an open finding besides."""
        open_finding = Q(findings__in=Discrepancy.objects.filter(resolved_at=None))
        without = Q(pk__in=self.differing().filter(findings=None).values("pk"))
        return self.filter(open_finding | without).distinct()


class ProviderDay(models.Model):
    """One local day as it was when both sides were last compared. Pesos; what left us is told as a positive amount.

    `net` is what the balance gained that day, payouts apart: gross - refunds + refunds returned - disputes + disputes
    reinstated - fees + other movements.
    """

    source = models.SlugField("proveedor", max_length=40)
    day = models.DateField("día")
    charges = models.PositiveIntegerField("cobros", default=0)
    gross = MoneyField("cobrado", default=ZERO)
    refunds = MoneyField("devuelto", default=ZERO)
    refunds_returned = MoneyField("devoluciones que volvieron", default=ZERO)
    disputes = MoneyField("desconocido", default=ZERO)
    disputes_reinstated = MoneyField("desconocimientos ganados", default=ZERO)
    fees = MoneyField("comisiones", default=ZERO)
    other = MoneyField("otros movimientos", default=ZERO)
    net = MoneyField("neto", default=ZERO)
    payouts = MoneyField("transferido al banco", default=ZERO)
    our_payments = models.PositiveIntegerField("pagos nuestros", default=0)
    our_received = MoneyField("imputado", default=ZERO)
    our_refunds = MoneyField("devuelto, según nosotros", default=ZERO)
    our_refunds_returned = MoneyField("devoluciones que volvieron, según nosotros", default=ZERO)
    our_disputes = MoneyField("desconocido, según nosotros", default=ZERO)
    our_disputes_reinstated = MoneyField("desconocimientos ganados, según nosotros", default=ZERO)
    findings = models.ManyToManyField(Discrepancy, related_name="provider_days", blank=True, verbose_name="diferencias")
    checked_at = models.DateTimeField("comparado", default=timezone.now)

    objects = ProviderDayQuerySet.as_manager()

    class Meta:
        verbose_name = "día conciliado"
        verbose_name_plural = "días conciliados"
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["source", "day"], name="provider_day_once"),
            models.CheckConstraint(
                condition=Q(
                    net=F("gross")
                    - F("refunds")
                    + F("refunds_returned")
                    - F("disputes")
                    + F("disputes_reinstated")
                    - F("fees")
                    + F("other")
                ),
                name="provider_day_adds_up",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y}"

    @property
    def theirs(self) -> Decimal:
        """What the provider says that our customers' money came to this day, before its fees."""
        return self.gross - self.refunds + self.refunds_returned - self.disputes + self.disputes_reinstated

    @property
    def ours(self) -> Decimal:
        """What the ledger says that it came to."""
        taken = self.our_refunds - self.our_refunds_returned + self.our_disputes - self.our_disputes_reinstated
        return self.our_received - taken

    @property
    def difference(self) -> Decimal:
        """What the provider tells beyond the ledger; negative when the ledger tells more."""
        return self.theirs - self.ours

    @property
    def differs(self) -> bool:
        """Whether any of the amounts that both sides know is not the same; they may differ and their sum be equal."""
        theirs = (self.gross, self.refunds, self.refunds_returned, self.disputes, self.disputes_reinstated)
        return theirs != (
            self.our_received,
            self.our_refunds,
            self.our_refunds_returned,
            self.our_disputes,
            self.our_disputes_reinstated,
        )


class ProviderPayout(models.Model):
    """Money that the provider sent to our bank, what it paid out with it, and what the bank showed.

    `amount` is what the provider says it sent and `content` the net of the movements that it paid out with it, in
    pesos; `content` is empty while the provider does not tell them. `bank_amount` is what a person of the office saw
    on the bank's statement.
    """

    source = models.SlugField("proveedor", max_length=40)
    payout_id = models.CharField("identificador", max_length=255)
    amount = MoneyField("transferido")
    content = MoneyField("neto que contiene", null=True, blank=True)
    sent_at = models.DateTimeField("enviado")
    arrives_on = models.DateField("llega al banco")
    failed = models.BooleanField("la devolvió el banco", default=False)
    checked_at = models.DateTimeField("consultado", default=timezone.now)
    bank_amount = MoneyField("acreditado en el banco", null=True, blank=True)
    bank_on = models.DateField("fecha de acreditación", null=True, blank=True)
    bank_seen_at = models.DateTimeField("anotado", null=True, blank=True)
    bank_seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="quién lo anotó",
    )

    class Meta:
        verbose_name = "transferencia al banco"
        verbose_name_plural = "transferencias al banco"
        ordering = ["-sent_at"]
        indexes = [models.Index(fields=["sent_at"], name="payout_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["source", "payout_id"], name="payout_once"),
            models.CheckConstraint(
                condition=Q(bank_amount=None, bank_on=None, bank_seen_at=None, bank_seen_by=None)
                | Q(
                    bank_amount__isnull=False,
                    bank_on__isnull=False,
                    bank_seen_at__isnull=False,
                    bank_seen_by__isnull=False,
                ),
                name="payout_seen_at_the_bank_whole",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="as_sent", fields=["source", "payout_id", "amount", "sent_at"]),
            payments.written_once(["bank_amount", "bank_on", "bank_seen_at", "bank_seen_by_id"]),
        ]

    def __str__(self) -> str:
        return self.payout_id

    @property
    def differences(self) -> list[str]:
        """In what this payout is not as it should be: `failed`, `content`, `bank`."""
        told = {
            "failed": self.failed,
            "content": self.content is not None and self.content != self.amount,
            "bank": self.bank_amount is not None and self.bank_amount != self.amount,
        }
        return [name for name, differs in told.items() if differs]
