"""That the bills of an account are debited, what was announced of each, and every try to collect it."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import ServiceAccount, TermsAcceptance
from adhesions.debit.transitions import DEBIT_BEGINNINGS, DEBIT_TRANSITIONS
from adhesions.enums import DEBIT_UNDECIDED, DebitMeans, DebitState
from adhesions.models.adhesion import Adhesion, AdhesionQuerySet, ends_with_reason
from adhesions.triggers import legal_debit_moves, made_once
from billing.enums import PaymentState
from billing.models import Invoice, Payment
from oficina.shared.append_only import AppendOnly
from oficina.shared.ids import public_id
from oficina.shared.money import MoneyField


class DirectDebitQuerySet(AdhesionQuerySet["DirectDebit"]):
    """The words in which mandates are asked for."""


class DirectDebit(Adhesion):
    """A mandate to collect the bills of `account`, from `started_at` until `ended_at`. Ended ones stay as history.

    From a bank account: `cbu` is its number, encrypted, `bank_code` its first three digits and `holder_document` the
    CUIT or CUIL of whoever holds it. From a card: the provider's names of it, and the last day on which it is good.
    `last4` is all that is shown of either. A bill above `cap` pesos is not debited.
    """

    public_id = models.CharField("referencia", max_length=20, unique=True, default=public_id, editable=False)
    account = models.ForeignKey(
        ServiceAccount, on_delete=models.PROTECT, related_name="direct_debits", verbose_name="cuenta"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="direct_debits", verbose_name="quien la hizo"
    )
    acceptance = models.OneToOneField(
        TermsAcceptance, on_delete=models.PROTECT, related_name="direct_debit", verbose_name="aceptación"
    )
    means = models.CharField("medio", max_length=4, choices=DebitMeans)
    last4 = models.CharField("últimos números", max_length=4)
    cbu = models.TextField("CBU cifrado", blank=True, editable=False)
    bank_code = models.CharField("banco", max_length=3, blank=True)
    holder_document = models.CharField("CUIT o CUIL del titular", max_length=11, blank=True)
    provider_customer_id = models.CharField("cliente en el proveedor", max_length=255, blank=True)
    provider_method_id = models.CharField("tarjeta en el proveedor", max_length=255, blank=True)
    brand = models.CharField("marca", max_length=30, blank=True)
    good_until = models.DateField("vence la tarjeta", null=True, blank=True)
    cap = MoneyField("tope por débito", null=True, blank=True)

    objects = DirectDebitQuerySet.as_manager()

    class Meta(Adhesion.Meta):
        verbose_name = "adhesión al débito automático"
        verbose_name_plural = "adhesiones al débito automático"
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(ended_at=None), name="direct_debit_one_live"),
            models.CheckConstraint(condition=Q(cap=None) | Q(cap__gt=0), name="direct_debit_cap_allows_something"),
            models.CheckConstraint(
                condition=Q(
                    means=DebitMeans.BANK,
                    provider_customer_id="",
                    provider_method_id="",
                    brand="",
                    good_until=None,
                    bank_code__regex="^[0-9]{3}$",
                    holder_document__regex="^[0-9]{11}$",
                )
                & ~Q(cbu="")
                | Q(means=DebitMeans.CARD, cbu="", bank_code="", holder_document="", good_until__isnull=False)
                & ~Q(provider_customer_id="")
                & ~Q(provider_method_id=""),
                name="direct_debit_has_one_means",
            ),
            ends_with_reason("direct_debit_ends_with_reason"),
        ]
        triggers = [*made_once(), *Adhesion.Meta.triggers]

    def __str__(self) -> str:
        return f"DA-{self.pk:08d}"


class ScheduledDebitQuerySet(models.QuerySet["ScheduledDebit"]):
    """The words in which debits are asked for."""

    def undecided(self) -> Self:
        """Those that may still take money."""
        return self.filter(state__in=DEBIT_UNDECIDED)


class ScheduledDebit(models.Model):
    """What a mandate will do about one bill: `amount` pesos, as its notice said, on the local date `debit_on`.

    A bill above the cap has one too, which says that nothing will be debited. `try_on` is the date of the next try
    while there is one.
    """

    public_id = models.CharField("referencia", max_length=20, unique=True, default=public_id, editable=False)
    mandate = models.ForeignKey(
        DirectDebit, on_delete=models.PROTECT, related_name="scheduled", verbose_name="adhesión"
    )
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="scheduled_debits", verbose_name="factura"
    )
    amount = MoneyField("importe avisado")
    debit_on = models.DateField("fecha del débito")
    state = models.CharField("estado", max_length=10, choices=DebitState)
    try_on = models.DateField("próximo intento", null=True, blank=True)
    announced_at = models.DateTimeField("avisado", default=timezone.now, editable=False)
    decided_at = models.DateTimeField("resuelto", null=True, blank=True)

    objects = ScheduledDebitQuerySet.as_manager()

    class Meta:
        verbose_name = "débito"
        verbose_name_plural = "débitos"
        indexes = [
            models.Index(fields=["try_on"], name="debit_by_next_try", condition=Q(try_on__isnull=False)),
            models.Index(fields=["mandate", "-debit_on"], name="debit_of_mandate"),
            models.Index(fields=["state", "id"], name="debit_by_state"),
            models.Index(fields=["debit_on"], name="debit_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(state__in=DEBIT_UNDECIDED), name="debit_one_undecided_per_bill"
            ),
            models.UniqueConstraint(fields=["mandate", "invoice"], name="debit_once_per_mandate"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="debit_takes_something"),
            models.CheckConstraint(condition=Q(state__in=DebitState.values), name="debit_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=[DebitState.ANNOUNCED, DebitState.WAITING], try_on__isnull=False)
                | ~Q(state__in=[DebitState.ANNOUNCED, DebitState.WAITING]) & Q(try_on=None),
                name="debit_waits_for_a_date",
            ),
            models.CheckConstraint(
                condition=Q(state__in=DEBIT_UNDECIDED, decided_at=None)
                | ~Q(state__in=DEBIT_UNDECIDED) & Q(decided_at__isnull=False),
                name="debit_decided_at_some_time",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="what_was_told_stays", exclude=["state", "try_on", "decided_at"]),
            *legal_debit_moves(DEBIT_BEGINNINGS, DEBIT_TRANSITIONS),
        ]

    def __str__(self) -> str:
        return f"D-{self.pk:08d}"


class BankPresentationQuerySet(models.QuerySet["BankPresentation"]):
    """The words in which presentations are asked for."""

    def unanswered(self) -> Self:
        """Those with debits of which the bank has said nothing yet."""
        waiting = DebitTry.objects.filter(payment__state=PaymentState.PROCESSING, presentation__isnull=False)
        return self.filter(pk__in=waiting.values("presentation"))


class BankPresentation(AppendOnly):
    """A file of debits that was made for the bank. It is written anew whenever it is downloaded, since it holds account
    numbers in the clear; `sha256` tells that it is the same one.
    """

    number = models.PositiveIntegerField("número", unique=True)
    debits_on = models.DateField("débitos del")
    count = models.PositiveIntegerField("débitos")
    total = MoneyField("total")
    sha256 = models.CharField("huella", max_length=64)
    made_at = models.DateTimeField("generado", default=timezone.now, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="quien lo generó"
    )

    objects = BankPresentationQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = "presentación al banco"
        verbose_name_plural = "presentaciones al banco"
        permissions = [("present_debits", "Puede presentar débitos al banco y cargar sus respuestas")]
        constraints = [
            models.CheckConstraint(condition=Q(count__gt=0, total__gt=0), name="presentation_of_some_debits")
        ]

    def __str__(self) -> str:
        return f"Presentación {self.number}"


class BankAnswerFile(AppendOnly):
    """A file in which the bank answered a presentation, as it was loaded: once, whatever its name was."""

    presentation = models.ForeignKey(
        BankPresentation, on_delete=models.PROTECT, related_name="answer_files", verbose_name="presentación"
    )
    content = models.BinaryField("contenido")
    sha256 = models.CharField("huella", max_length=64, unique=True)
    loaded_at = models.DateTimeField("cargado", default=timezone.now, editable=False)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="quien lo cargó"
    )

    class Meta(AppendOnly.Meta):
        verbose_name = "respuesta del banco"
        verbose_name_plural = "respuestas del banco"

    def __str__(self) -> str:
        return f"Respuesta {self.pk}"


class DebitTry(AppendOnly):
    """One try to collect a debit: the payment that was made for it. How it ended is the payment's to tell. A debit in a
    bank account was tried in a `presentation`.
    """

    debit = models.ForeignKey(ScheduledDebit, on_delete=models.PROTECT, related_name="tries", verbose_name="débito")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="debit_try", verbose_name="pago")
    number = models.PositiveSmallIntegerField("intento")
    presentation = models.ForeignKey(
        BankPresentation,
        on_delete=models.PROTECT,
        related_name="tries",
        null=True,
        blank=True,
        verbose_name="presentación",
    )
    made_at = models.DateTimeField("momento", default=timezone.now, editable=False)

    class Meta(AppendOnly.Meta):
        verbose_name = "intento de débito"
        verbose_name_plural = "intentos de débito"
        constraints = [
            models.UniqueConstraint(fields=["debit", "number"], name="debit_try_numbered"),
            models.CheckConstraint(condition=Q(number__gt=0), name="debit_try_counted_from_one"),
        ]

    def __str__(self) -> str:
        return f"Intento {self.number}"


class DebitRetry(models.Model):
    """The schedule of tries of a card that was declined: another one this many days after the announced date."""

    days_after = models.PositiveSmallIntegerField("días después de la fecha avisada", unique=True)

    class Meta:
        verbose_name = "reintento de débito"
        verbose_name_plural = "reintentos de débito"
        ordering = ["days_after"]
        constraints = [
            models.CheckConstraint(
                condition=Q(days_after__gte=1, days_after__lte=60), name="debit_retry_within_two_months"
            )
        ]

    def __str__(self) -> str:
        return f"A los {self.days_after} días"
