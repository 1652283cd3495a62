"""That the bills of an account are mailed to an address."""

from typing import Self

from django.conf import settings
from django.db import models

from accounts.models import ServiceAccount, TermsAcceptance
from adhesions.models.adhesion import Adhesion, AdhesionQuerySet, ends_with_reason
from adhesions.triggers import made_once
from oficina.shared.ids import public_id


class DigitalBillingQuerySet(AdhesionQuerySet["DigitalBilling"]):
    """The words in which adhesions to the digital bill are asked for."""

    def receiving(self) -> Self:
        """Those to which bills are mailed now."""
        return self.live().filter(paused_at=None)


class DigitalBilling(Adhesion):
    """New bills of `account` are mailed to `email`, from `started_at` until `ended_at`. Ended ones stay as history.

    Every person who has the account linked may have one. `ended_by` is empty when no person of the portal ended it: the
    mail's own link did, or a change of holder. While `paused_at` is set nothing is mailed: the mails came back. At
    `resumed_at` its maker said for the last time that they arrive.
    """

    public_id = models.CharField("referencia", max_length=20, unique=True, default=public_id, editable=False)
    account = models.ForeignKey(
        ServiceAccount, on_delete=models.PROTECT, related_name="digital_billings", verbose_name="cuenta"
    )
    email = models.EmailField("mail", help_text="En minúsculas.")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="digital_billings",
        verbose_name="quien la hizo",
    )
    acceptance = models.OneToOneField(
        TermsAcceptance, on_delete=models.PROTECT, related_name="digital_billing", verbose_name="aceptación"
    )
    reminds_before_due = models.BooleanField("recordar antes del vencimiento", default=False)
    reminds_when_overdue = models.BooleanField("avisar si queda vencida", default=False)
    paused_at = models.DateTimeField("en pausa por rebotes", null=True, blank=True)
    resumed_at = models.DateTimeField("reactivada", null=True, blank=True)

    objects = DigitalBillingQuerySet.as_manager()

    class Meta(Adhesion.Meta):
        verbose_name = "factura digital"
        verbose_name_plural = "facturas digitales"
        indexes = [models.Index(fields=["email"], name="digital_billing_by_mail")]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "email"], condition=models.Q(ended_at=None), name="digital_billing_one_live"
            ),
            models.UniqueConstraint(
                fields=["account", "made_by"], condition=models.Q(ended_at=None), name="digital_billing_one_a_person"
            ),
            models.CheckConstraint(
                condition=models.Q(email=models.functions.Lower("email")), name="digital_billing_mail_lower"
            ),
            ends_with_reason("digital_billing_ends_with_reason"),
        ]
        triggers = [
            *made_once("reminds_before_due", "reminds_when_overdue", "paused_at", "resumed_at"),
            *Adhesion.Meta.triggers,
        ]

    def __str__(self) -> str:
        return f"FD-{self.pk:08d}"
