"""That the bills of an account are mailed to an address."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import AccountLink, ServiceAccount, TermsAcceptance
from adhesions.enums import AdhesionEnd
from adhesions.triggers import ended_for_good, made_once
from oficina.shared.ids import public_id


class DigitalBillingQuerySet(models.QuerySet["DigitalBilling"]):
    """The words in which adhesions to the digital bill are asked for."""

    def live(self) -> Self:
        """Those that hold now."""
        return self.filter(ended_at=None)

    def of(self, link: AccountLink) -> Self:
        """Those of the account of this link, whoever made them."""
        return self.filter(account=link.account_id)

    def receiving(self) -> Self:
        """Those to which bills are mailed now."""
        return self.live().filter(paused_at=None)


class DigitalBilling(models.Model):
    """New bills of `account` are mailed to `email`, from `started_at` until `ended_at`. Ended ones stay as history.

    Every person who has the account linked may make one. `ended_by` is empty when no person of the portal ended it: the
    mail's own link did, or a change of holder. While `paused_at` is set nothing is mailed: the mails came back.
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
    started_at = models.DateTimeField("desde", default=timezone.now)
    ended_at = models.DateTimeField("hasta", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="quien la canceló",
    )
    end_reason = models.CharField("motivo del fin", max_length=20, choices=AdhesionEnd, blank=True)

    objects = DigitalBillingQuerySet.as_manager()

    class Meta:
        verbose_name = "factura digital"
        verbose_name_plural = "facturas digitales"
        indexes = [models.Index(fields=["email"], name="digital_billing_by_mail")]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "email"], condition=models.Q(ended_at=None), name="digital_billing_one_live"
            ),
            models.CheckConstraint(
                condition=models.Q(email=models.functions.Lower("email")), name="digital_billing_mail_lower"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by=None, end_reason="")
                | models.Q(
                    ended_at__isnull=False, ended_at__gte=models.F("started_at"), end_reason__in=AdhesionEnd.values
                ),
                name="digital_billing_ends_with_reason",
            ),
        ]
        triggers = [*made_once("reminds_before_due", "reminds_when_overdue", "paused_at"), ended_for_good()]

    def __str__(self) -> str:
        return f"FD-{self.pk:08d}"
