"""The account's saldo a favor."""

from decimal import Decimal
from typing import Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import AccountLink, ServiceAccount
from billing.enums import LEFT_OR_CAME_BACK, CreditReason
from billing.models.credit_use import CreditUse
from billing.models.payment import Payment
from billing.triggers import ledger
from oficina.shared.append_only import AppendOnly
from oficina.shared.money import ZERO, MoneyField


class CreditEntryQuerySet(models.QuerySet["CreditEntry"]):
    """The words in which credit is asked for."""

    def of(self, link: AccountLink) -> Self:
        """The entries of the account of this link."""
        return self.filter(account=link.account_id)

    def balance(self) -> Decimal:
        """The sum of these entries, in pesos: with the entries of one account, its saldo a favor."""
        total: Decimal = self.aggregate(total=Coalesce(Sum("amount"), ZERO))["total"]
        return total


class CreditEntry(AppendOnly):
    """Money of a payment that belongs to the account and to no invoice; a negative amount is credit that left.

    Credit keeps its original payment for good: spending it takes back from the entry and allocates from that same
    payment.
    """

    account = models.ForeignKey(
        ServiceAccount, on_delete=models.PROTECT, related_name="credit_entries", verbose_name="cuenta"
    )
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="credit_entries", verbose_name="pago de origen"
    )
    amount = MoneyField("importe")
    reason = models.CharField("motivo", max_length=20, choices=CreditReason)
    credit_use = models.ForeignKey(
        CreditUse,
        on_delete=models.PROTECT,
        related_name="entries",
        null=True,
        blank=True,
        db_index=False,
        verbose_name="uso",
    )
    created_at = models.DateTimeField("momento", default=timezone.now, editable=False)

    objects = CreditEntryQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = "saldo a favor"
        verbose_name_plural = "saldos a favor"
        permissions = [("refund_credit", "Puede devolver saldo a favor")]
        indexes = [
            models.Index(fields=["account"], name="credit_by_account"),
            models.Index(fields=["credit_use"], name="credit_by_use", condition=Q(credit_use__isnull=False)),
            BrinIndex(fields=["created_at"], name="credit_by_day", autosummarize=True),
            models.Index(fields=["created_at"], name="credit_returned", condition=Q(reason__in=LEFT_OR_CAME_BACK)),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="credit_moves_something"),
            models.CheckConstraint(
                condition=Q(reason=CreditReason.SPENT, credit_use__isnull=False, amount__lt=0)
                | (~Q(reason=CreditReason.SPENT) & Q(credit_use=None)),
                name="credit_spent_names_its_use",
            ),
        ]
        triggers = [
            *AppendOnly.Meta.triggers,
            ledger.credit_stays_with_the_account(),
            ledger.conservation("NEW.payment_id"),
        ]

    def __str__(self) -> str:
        return f"Saldo a favor {self.pk}"
