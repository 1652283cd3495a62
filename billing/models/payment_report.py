"""What customers tell of money that they paid elsewhere, and what the office found."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import AccountLink
from billing.enums import ASKING_CHANNELS, PaymentReportState, PaymentState
from billing.models.invoice import Invoice
from billing.models.payment import Payment, PaymentItem
from billing.triggers import payment_reports
from oficina.shared.ids import public_id
from oficina.shared.models import PrivateFile
from oficina.shared.money import MoneyField

_UNDECIDED = Q(state=PaymentReportState.SUBMITTED, decided_at=None, decided_by=None, payment=None, answer="")
_ACCEPTED = Q(state=PaymentReportState.ACCEPTED, decided_at__isnull=False, payment__isnull=False, answer="")
_REJECTED = Q(state=PaymentReportState.REJECTED, decided_at__isnull=False, decided_by__isnull=False, payment=None) & ~Q(
    answer=""
)
_WITHDRAWN = Q(
    state=PaymentReportState.WITHDRAWN,
    decided_at__isnull=False,
    decided_by__isnull=False,  # for nothing equals NULL, and a CHECK lets that pass
    decided_by=F("reported_by"),
    payment=None,
    answer="",
)


class PaymentReportQuerySet(models.QuerySet["PaymentReport"]):
    """The words in which reports are asked for."""

    def of(self, link: AccountLink) -> Self:
        """Those that the holder of this link made about its account. Nobody else's: a proof may show their data."""
        return self.filter(invoice__account=link.account_id, reported_by=link.user_id)

    def under_review(self) -> Self:
        """Nobody has decided them yet."""
        return self.filter(state=PaymentReportState.SUBMITTED)

    def told_by_their_channel(self) -> Self:
        """Under review, while the ledger has the operation from its channel, with money for the same bill."""
        told = PaymentItem.objects.filter(
            invoice=OuterRef("invoice"),
            payment__channel=OuterRef("channel"),
            payment__operation_number=OuterRef("operation_number"),
            payment__state=PaymentState.SUCCEEDED,
        )
        return self.under_review().exclude(operation_number="").filter(Exists(told))


class PaymentReport(models.Model):
    """A customer says that a bill was paid elsewhere: where, when, how much, and what proves it.

    `amount` is in pesos, `paid_on` a local date; both, like `channel` and `operation_number`, are what the customer
    wrote. What the office found is in `payment`. The row is its own history: what was told stays, and it is decided
    once. `decided_by` is empty when the channel itself told of the operation; `answer` is why it was rejected.
    """

    NUMBER_PREFIX = "A"

    public_id = models.CharField("identificador", max_length=20, unique=True, default=public_id, editable=False)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="payment_reports", verbose_name="factura"
    )
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="payment_reports",
        verbose_name="quien avisó",
    )
    channel = models.SlugField("dónde pagó", max_length=40)
    operation_number = models.CharField("número de operación", max_length=64, blank=True)
    amount = MoneyField("importe")
    paid_on = models.DateField("fecha del pago")
    note = models.CharField("comentario", max_length=500, blank=True)
    proof = models.OneToOneField(
        PrivateFile, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="comprobante"
    )
    reported_at = models.DateTimeField("avisado", default=timezone.now, editable=False)
    state = models.CharField("estado", max_length=9, choices=PaymentReportState, default=PaymentReportState.SUBMITTED)
    decided_at = models.DateTimeField("resuelto", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="quien lo resolvió",
    )
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="reports", null=True, blank=True, verbose_name="pago"
    )
    answer = models.CharField("motivo del rechazo", max_length=500, blank=True)

    objects = PaymentReportQuerySet.as_manager()

    class Meta:
        verbose_name = "aviso de pago"
        verbose_name_plural = "avisos de pago"
        permissions = [("decide_paymentreport", "Puede aceptar y rechazar avisos de pago")]
        indexes = [
            models.Index(
                fields=["reported_at"], name="payment_report_queue", condition=Q(state=PaymentReportState.SUBMITTED)
            ),
            models.Index(
                fields=["channel", "operation_number"],
                name="payment_report_operation",
                condition=~Q(operation_number=""),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "reported_by"],
                condition=Q(state=PaymentReportState.SUBMITTED),
                name="payment_report_one_open",
            ),
            models.UniqueConstraint(
                fields=["invoice", "channel", "operation_number"],
                condition=Q(state=PaymentReportState.SUBMITTED) & ~Q(operation_number=""),
                name="payment_report_operation_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_report_of_some_money"),
            models.CheckConstraint(
                condition=~Q(operation_number="") | Q(proof__isnull=False), name="payment_report_can_be_checked"
            ),
            models.CheckConstraint(condition=~Q(channel__in=ASKING_CHANNELS), name="payment_report_of_another_channel"),
            models.CheckConstraint(
                condition=_UNDECIDED | _ACCEPTED | _REJECTED | _WITHDRAWN, name="payment_report_decided_whole"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="what_was_told_stays",
                fields=[
                    "public_id",
                    "invoice",
                    "reported_by",
                    "channel",
                    "operation_number",
                    "amount",
                    "paid_on",
                    "note",
                    "proof",
                    "reported_at",
                ],
            ),
            payment_reports.begins_under_review(),
            payment_reports.decided_for_good(),
            payment_reports.accepted_with_money_of_its_bill(),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that people see: `A-00000412`."""
        return f"{self.NUMBER_PREFIX}-{self.pk:08d}"
