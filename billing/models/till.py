"""The till of the office's counter: shifts of clerks, and what was paid in them."""

from decimal import Decimal
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from billing.enums import TillMeans
from billing.models.payment import Payment
from billing.triggers import till
from oficina.shared.money import ZERO, MoneyField


class TillShiftQuerySet(models.QuerySet["TillShift"]):
    """The words in which shifts are asked for."""

    def still_open(self) -> Self:
        """Those that were not closed yet."""
        return self.filter(closed_at=None)

    def of(self, clerk: User) -> Self:
        """Those of one person."""
        return self.filter(clerk=clerk)


class TillShift(models.Model):
    """The time from which somebody of the office takes money at the counter until they hand the drawer over.

    Amounts are pesos; instants UTC. `opening_cash` is what was in the drawer to give change. What is known at the end:
    `expected_cash`, the opening cash and the cash taken and not annulled; `counted_cash`, what was found; and why the
    two differ. A shift that is closed never changes.
    """

    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="till_shifts", verbose_name="quien cobra"
    )
    opened_at = models.DateTimeField("abierto", default=timezone.now, editable=False)
    opening_cash = MoneyField("fondo inicial")
    closed_at = models.DateTimeField("cerrado", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="quien lo cerró",
    )
    expected_cash = MoneyField("efectivo que tenía que haber", null=True, blank=True)
    counted_cash = MoneyField("efectivo contado", null=True, blank=True)
    difference_reason = models.CharField("motivo de la diferencia", max_length=200, blank=True)

    objects = TillShiftQuerySet.as_manager()

    class Meta:
        verbose_name = "turno de caja"
        verbose_name_plural = "turnos de caja"
        permissions = [("close_others_shift", "Puede cerrar turnos de caja de otros")]
        indexes = [models.Index(fields=["-opened_at"], name="till_shift_by_day")]
        constraints = [
            models.UniqueConstraint(fields=["clerk"], condition=Q(closed_at=None), name="till_shift_one_open"),
            models.CheckConstraint(condition=Q(opening_cash__gte=0), name="till_shift_opening_cash_not_negative"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, expected_cash=None, counted_cash=None, difference_reason="")
                | Q(
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    expected_cash__isnull=False,
                    counted_cash__isnull=False,
                    counted_cash__gte=0,
                ),
                name="till_shift_closed_whole",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(counted_cash=F("expected_cash")) | ~Q(difference_reason=""),
                name="till_shift_difference_explained",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="opening_stays", fields=["clerk", "opened_at", "opening_cash"]),
            till.begins_open(),
            till.closed_for_good(),
            till.closes_with_its_cash(),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that people see: `T-00000412`."""
        return f"T-{self.pk:08d}"

    @property
    def difference(self) -> Decimal | None:
        """How much more was counted than there should be, in pesos; None while the shift is open."""
        if self.counted_cash is None or self.expected_cash is None:
            return None
        return self.counted_cash - self.expected_cash


class TillPaymentQuerySet(models.QuerySet["TillPayment"]):
    """The words in which payments at the counter are asked for."""

    def standing(self) -> Self:
        """Those that were not annulled."""
        return self.filter(annulled_at=None)

    def annulled(self) -> Self:
        """Those that were."""
        return self.exclude(annulled_at=None)


class TillPayment(models.Model):
    """What the counter knows of a payment that it took, beside the payment itself: in which shift, and by what means.

    `amount` in pesos is that of the payment; `number` counts within the shift. Of cash: what was handed over, from
    which the change follows. Of a card: what the terminal printed; a coupon counts once, unless its payment was
    annulled. `key` is that of the form, so that one which is sent twice is one payment.
    """

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="till_payment", verbose_name="pago")
    shift = models.ForeignKey(TillShift, on_delete=models.PROTECT, related_name="payments", verbose_name="turno")
    number = models.PositiveIntegerField("número en el turno")
    key = models.CharField("clave del formulario", max_length=20, unique=True)
    means = models.CharField("medio", max_length=4, choices=TillMeans)
    amount = MoneyField("importe")
    handed_over = MoneyField("efectivo entregado", null=True, blank=True)
    terminal = models.CharField("terminal", max_length=20, blank=True)
    batch = models.CharField("lote", max_length=10, blank=True)
    coupon = models.CharField("cupón", max_length=20, blank=True)
    authorization = models.CharField("autorización", max_length=20, blank=True)
    annulled_at = models.DateTimeField("anulado", null=True, blank=True)
    annulled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="quien lo anuló",
    )
    annulment_reason = models.CharField("motivo de la anulación", max_length=200, blank=True)

    objects = TillPaymentQuerySet.as_manager()

    class Meta:
        verbose_name = "cobro en caja"
        verbose_name_plural = "cobros en caja"
        permissions = [
            ("take_desk_payment", "Puede cobrar en caja"),
            ("annul_desk_payment", "Puede anular cobros en caja"),
        ]
        indexes = [models.Index(fields=["coupon"], name="till_payment_by_coupon", condition=Q(means=TillMeans.CARD))]
        constraints = [
            models.UniqueConstraint(fields=["shift", "number"], name="till_payment_number"),
            models.UniqueConstraint(
                fields=["terminal", "batch", "coupon"],
                condition=Q(means=TillMeans.CARD, annulled_at=None),
                name="till_payment_coupon_once",
            ),
            models.CheckConstraint(condition=Q(means__in=TillMeans.values), name="till_payment_means_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="till_payment_takes_something"),
            models.CheckConstraint(
                condition=Q(
                    means=TillMeans.CASH,
                    handed_over__isnull=False,  # a CHECK lets NULL >= 0 pass
                    handed_over__gte=F("amount"),
                    terminal="",
                    batch="",
                    coupon="",
                    authorization="",
                )
                | (
                    Q(means=TillMeans.CARD, handed_over=None)
                    & ~Q(terminal="")
                    & ~Q(batch="")
                    & ~Q(coupon="")
                    & ~Q(authorization="")
                ),
                name="till_payment_as_its_means",
            ),
            models.CheckConstraint(
                condition=Q(annulled_at=None, annulled_by=None, annulment_reason="")
                | (Q(annulled_at__isnull=False, annulled_by__isnull=False) & ~Q(annulment_reason="")),
                name="till_payment_annulled_for_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="what_was_taken_stays",
                fields=[
                    "payment",
                    "shift",
                    "number",
                    "key",
                    "means",
                    "amount",
                    "handed_over",
                    "terminal",
                    "batch",
                    "coupon",
                    "authorization",
                ],
            ),
            till.as_its_payment(),
            till.in_an_open_shift(),
            till.annulled_once(),
            till.annulled_with_its_money(),
        ]

    def __str__(self) -> str:
        return f"{self.shift_id:06d}-{self.number:04d}"

    @property
    def change(self) -> Decimal:
        """What was given back of the cash, in pesos."""
        return ZERO if self.handed_over is None else self.handed_over - self.amount
