"""Who held an account before."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.service_account import ServiceAccount
from oficina.shared.append_only import AppendOnly


class HolderChange(AppendOnly):
    """An account has another holder since an instant (UTC): that of the import that told it.

    The rest is what the account told of its holder until then, as bills of that time show it.
    """

    account = models.ForeignKey(
        ServiceAccount, on_delete=models.PROTECT, related_name="holder_changes", verbose_name="cuenta", db_index=False
    )
    changed_at = models.DateTimeField("cambió", default=timezone.now)
    holder_name = models.CharField("titular anterior", max_length=200)
    holder_document = models.CharField("documento del titular anterior", max_length=11)
    holder_vat_condition = models.CharField("condición de IVA del titular anterior", max_length=60, blank=True)

    class Meta(AppendOnly.Meta):
        verbose_name = "cambio de titular"
        verbose_name_plural = "cambios de titular"
        constraints = [
            models.UniqueConstraint(fields=["account", "changed_at"], name="holder_change_once_at_a_time"),
            models.CheckConstraint(condition=~Q(holder_document=""), name="holder_change_of_a_known_holder"),
        ]

    def __str__(self) -> str:
        return f"Cambio de titular {self.pk}"
