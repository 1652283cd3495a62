"""That a person reads the mail to which they want bills mailed, when it is not the one of their user."""

from datetime import datetime, timedelta
from typing import Final, Self

from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone

from accounts.codes import CODE_MINUTES, MOST_WRONG_CODES
from accounts.models import AccountLink, TermsVersion
from adhesions.models.digital import DigitalBilling
from adhesions.triggers import used_once
from oficina.shared.ids import public_id

GOOD_FOR: Final = timedelta(minutes=CODE_MINUTES)
OPEN_FOR: Final = timedelta(hours=1)
"""As long as a registration waits for its code; then the terms are shown again."""


class MailProofQuerySet(models.QuerySet["MailProof"]):
    """The words in which proofs are asked for."""

    def open(self, *, now: datetime) -> Self:
        """Those whose code may still be typed or sent again."""
        return self.filter(used_at=None, asked_at__gt=now - OPEN_FOR)


class MailProof(models.Model):
    """A code was mailed to `email` for the person of `link`, who asked at `asked_at` and accepted `terms` from
    `ip_address`. Once typed, at `used_at`, it made or confirmed `adhesion`; until then nobody is mailed a bill by it.

    `code_digest` is of the last code, which counts from `sent_at`. It is a row and not in the session, so that whoever
    reads the code on another device may type it there.
    """

    public_id = models.CharField("referencia", max_length=20, unique=True, default=public_id, editable=False)
    link = models.ForeignKey(AccountLink, on_delete=models.PROTECT, related_name="mail_proofs", verbose_name="vínculo")
    email = models.EmailField("mail", help_text="En minúsculas.")
    terms = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, related_name="+", verbose_name="términos")
    ip_address = models.GenericIPAddressField("dirección IP", null=True, blank=True)
    reminds_before_due = models.BooleanField("recordar antes del vencimiento", default=False)
    reminds_when_overdue = models.BooleanField("avisar si queda vencida", default=False)
    asked_at = models.DateTimeField("pedida", default=timezone.now)
    code_digest = models.CharField("código", max_length=64)
    sent_at = models.DateTimeField("código enviado", default=timezone.now)
    wrong_codes = models.PositiveSmallIntegerField("códigos equivocados", default=0)
    used_at = models.DateTimeField("confirmada", null=True, blank=True)
    adhesion = models.ForeignKey(
        DigitalBilling,
        on_delete=models.PROTECT,
        related_name="mail_proofs",
        null=True,
        blank=True,
        verbose_name="adhesión",
    )

    objects = MailProofQuerySet.as_manager()

    class Meta:
        verbose_name = "confirmación de mail"
        verbose_name_plural = "confirmaciones de mail"
        indexes = [models.Index(fields=["asked_at"], condition=Q(used_at=None), name="mail_proof_unused")]
        constraints = [
            models.CheckConstraint(condition=Q(email=models.functions.Lower("email")), name="mail_proof_mail_lower"),
            models.CheckConstraint(condition=Q(wrong_codes__lte=MOST_WRONG_CODES), name="mail_proof_five_tries"),
            models.CheckConstraint(
                condition=Q(used_at=None, adhesion=None)
                | Q(
                    used_at__isnull=False,  # a CHECK lets NULL <= something pass
                    used_at__lte=F("sent_at") + Value(GOOD_FOR, models.DurationField()),
                    adhesion__isnull=False,
                    wrong_codes__lt=MOST_WRONG_CODES,
                ),
                name="mail_proof_used_in_time",
            ),
        ]
        triggers = [*used_once("code_digest", "sent_at", "wrong_codes")]

    def __str__(self) -> str:
        return f"Confirmación {self.pk}"

    def is_open(self, *, now: datetime) -> bool:
        """Whether its code may still be typed or sent again."""
        return self.used_at is None and self.asked_at > now - OPEN_FOR
