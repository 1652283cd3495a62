"""What somebody says is wrong with a bill, and what the office answered."""

from datetime import date
from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import AccountLink
from billing.enums import CLAIM_ANSWERS, ClaimReason, ClaimState
from billing.models.invoice import Invoice
from billing.triggers import claims
from oficina.shared.ids import public_id
from oficina.shared.models import PrivateFile


class ClaimQuerySet(models.QuerySet["Claim"]):
    """The words in which claims are asked for. Dates are local dates."""

    def of(self, link: AccountLink) -> Self:
        """Those that the holder of this link made about bills of its account: what others wrote is theirs."""
        return self.filter(invoice__account=link.account_id, made_by=link.user_id, claimant_name="")

    def open(self) -> Self:
        """Those that wait for an answer."""
        return self.filter(state=ClaimState.OPEN)

    def overdue(self, *, on: date) -> Self:
        """Those whose answer is late."""
        return self.open().filter(answer_due_on__lt=on)


class Claim(models.Model):
    """One claim on one bill. It is the person's own: others linked to the account see only that the bill is reviewed.

    `claimant_name` is of whoever claimed at the counter and has no user: then `made_by` is who of the office took it.
    `meter_reading` is in m³, what the person read on the local date `meter_read_on`. `presumed_average_m3` is kept when
    the bill was presumed wrong at that moment (`billing.unusual_consumption`): the m³ to which it was compared.
    `answer_due_on` is the local date until which an answer was promised. `ended_at`, UTC, is when it was answered or
    withdrawn; from then on nothing of it changes.
    """

    NUMBER_PREFIX: ClassVar[str] = "RC"

    public_id = models.CharField("identificador", max_length=20, unique=True, default=public_id, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="claims", verbose_name="factura")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="claims", verbose_name="quien reclama"
    )
    claimant_name = models.CharField("a nombre de", max_length=160, blank=True, default="", db_default="")
    reason = models.CharField("motivo", max_length=11, choices=ClaimReason)
    text = models.TextField("qué cuenta", max_length=2000)
    meter_reading = models.DecimalField("lectura del cliente", max_digits=12, decimal_places=3, null=True, blank=True)
    meter_read_on = models.DateField("leída el", null=True, blank=True)
    attachment = models.OneToOneField(
        PrivateFile, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="adjunto"
    )
    presumed_average_m3 = models.DecimalField(
        "promedio con el que se comparó, m³", max_digits=12, decimal_places=3, null=True, blank=True
    )
    state = models.CharField("estado", max_length=13, choices=ClaimState, default=ClaimState.OPEN)
    made_at = models.DateTimeField("hecho", default=timezone.now, editable=False)
    answer_due_on = models.DateField("responder hasta")
    answer = models.TextField("respuesta", max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="quien respondió",
    )
    ended_at = models.DateTimeField("terminado", null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = "reclamo de factura"
        verbose_name_plural = "reclamos de facturas"
        permissions = [("answer_claim", "Puede responder reclamos de facturas")]
        indexes = [
            models.Index(fields=["answer_due_on"], name="claim_open", condition=Q(state=ClaimState.OPEN)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "made_by"],
                condition=Q(state=ClaimState.OPEN, claimant_name=""),
                name="claim_open_once",
            ),
            models.CheckConstraint(condition=Q(reason__in=ClaimReason.values), name="claim_reason_known"),
            models.CheckConstraint(condition=Q(state__in=ClaimState.values), name="claim_state_known"),
            models.CheckConstraint(condition=~Q(text=""), name="claim_says_something"),
            models.CheckConstraint(
                condition=Q(meter_reading=None, meter_read_on=None)
                | Q(meter_reading__isnull=False, meter_reading__gte=0, meter_read_on__isnull=False),
                name="claim_reading_with_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state=ClaimState.OPEN, ended_at=None)
                | (~Q(state=ClaimState.OPEN) & Q(ended_at__isnull=False)),
                name="claim_ends_once",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=CLAIM_ANSWERS, answered_by__isnull=False) & ~Q(answer=""))
                | (~Q(state__in=CLAIM_ANSWERS) & Q(answered_by=None, answer="")),
                name="claim_answered_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="what_was_claimed_stays", exclude=["state", "answer", "answered_by", "ended_at"]),
            claims.begins_open(),
            claims.ended_for_good(),
            claims.attaches_a_file_of_its_maker(),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that people see: `RC-00000412`."""
        return f"{self.NUMBER_PREFIX}-{self.pk:08d}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == ClaimState.OPEN
