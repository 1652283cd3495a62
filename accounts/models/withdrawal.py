"""What people ended from outside, with a code by mail and without logging in."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from oficina.shared.append_only import AppendOnly
from oficina.shared.ids import grouped_code, verification_code


class Withdrawal(AppendOnly):
    """The receipt of one withdrawal (Disposición 954/2025): each thing that ended, in the words of the receipt.

    `number` is what the person quotes. It outlives the user, who may have been closed by it, and who is empty when the
    mail is of nobody who has a user and only received bills.
    """

    number = models.CharField("operación", max_length=12, unique=True, default=verification_code, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="withdrawals",
        null=True,
        blank=True,
        verbose_name="usuario",
    )
    ended = ArrayField(models.CharField(max_length=200), verbose_name="qué terminó")
    made_at = models.DateTimeField("fecha", default=timezone.now)
    ip_address = models.GenericIPAddressField("dirección IP", null=True, blank=True)

    class Meta(AppendOnly.Meta):
        verbose_name = "baja sin ingresar"
        verbose_name_plural = "bajas sin ingresar"
        constraints = [models.CheckConstraint(condition=Q(ended__len__gt=0), name="withdrawal_ends_something")]

    def __str__(self) -> str:
        return grouped_code(self.number)
