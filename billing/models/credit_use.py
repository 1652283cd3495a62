"""Saldo a favor put on bills."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import ServiceAccount
from billing.triggers import credit
from oficina.shared.append_only import AppendOnly
from oficina.shared.money import MoneyField


class CreditUse(AppendOnly):
    """One act of a person who put credit of an account on bills of it.

    Its credit entries (which left) and its allocations (which arrived) both add up to `amount`, in pesos. `key` is that
    of the summary which was confirmed, so that a confirmation that is sent twice is one act.
    """

    account = models.ForeignKey(
        ServiceAccount, on_delete=models.PROTECT, related_name="credit_uses", verbose_name="cuenta"
    )
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="credit_uses", verbose_name="quien lo usó"
    )
    key = models.CharField("clave", max_length=64, unique=True, editable=False)
    amount = MoneyField("importe")
    created_at = models.DateTimeField("momento", default=timezone.now, editable=False)

    class Meta(AppendOnly.Meta):
        verbose_name = "uso de saldo a favor"
        verbose_name_plural = "usos de saldo a favor"
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="credit_use_moves_something")]
        triggers = [*AppendOnly.Meta.triggers, credit.use_moves_what_it_says()]

    def __str__(self) -> str:
        return f"Uso de saldo {self.pk}"
