"""Everything payable is an invoice: a service bill, an invoiced charge, an instalment of a plan."""

from datetime import date
from decimal import Decimal
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from accounts.models import AccountLink, ServiceAccount
from billing.enums import DocumentCode, InvoiceKind, InvoiceStatus, ServiceKind
from billing.pricing import AmountDue
from billing.triggers import cover, ledger, series
from oficina.shared.dates import period_name
from oficina.shared.ids import public_id
from oficina.shared.money import ZERO, MoneyField

_UNPAID = Q(status=InvoiceStatus.OPEN) & Q(applied__lt=F("amount") + F("surcharge") - F("covered"))
_NOTHING_LEFT = Q(status=InvoiceStatus.OPEN) & Q(applied=F("amount") + F("surcharge") - F("covered"))


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    """The words in which bills are asked for. Dates are local dates."""

    def of(self, link: AccountLink) -> Self:
        """The bills that the holder of this link may see."""
        return self.filter(account=link.account_id)

    def payable(self) -> Self:
        """In force and neither wholly paid nor covered by a payment plan: money may be put on them."""
        return self.filter(_UNPAID)

    def owed(self) -> Self:
        """Payable, and no mere offer: what an account owes, each debt once."""
        return self.payable().filter(offered=False)

    def paid(self) -> Self:
        """In force and wholly paid, by money of their own or by the instalments of a plan."""
        return self.filter(_NOTHING_LEFT, financed=0)

    def in_plan(self) -> Self:
        """Nothing is owed of them because instalments of a plan in force are."""
        return self.filter(_NOTHING_LEFT, financed__gt=0)

    def overdue(self, *, on: date) -> Self:
        """Owed, and their first due date has passed."""
        return self.owed().filter(due_on__lt=on)

    def not_yet_due(self, *, on: date) -> Self:
        """Owed, and their first due date has not passed."""
        return self.owed().filter(due_on__gte=on)

    def with_amount_due(self, *, on: date) -> Self:
        """Each bill with `amount_due`: what pays it wholly on that date, in pesos."""
        return self.annotate(amount_due=AmountDue(on=on))


class Invoice(models.Model):
    """One document to pay. Identity: document code and number, since series A and B repeat numbers.

    `amount` is the price until `due_on`. `later_due_on` and `later_amounts` are the other dates printed on the bill
    with their prices, in order; after the last one `billing.pricing` adds interest. `applied` and `surcharge`, what
    payments fixed above `amount`, are sums that the trigger of Allocation keeps; the one of Cover keeps `covered`, what
    payment plans took up, and `financed`, what of that their instalments have still to pay. The bill is paid when
    applied + covered = amount + surcharge and nothing is financed, and later prices never reopen it.

    An invoice that is `offered` can be paid and is not owed: the instalments of a plan before it begins.
    """

    public_id = models.CharField("identificador", max_length=20, unique=True, default=public_id, editable=False)
    account = models.ForeignKey(
        ServiceAccount, on_delete=models.PROTECT, related_name="invoices", verbose_name="cuenta"
    )
    kind = models.CharField("tipo", max_length=10, choices=InvoiceKind, default=InvoiceKind.SERVICE)
    service_kind = models.CharField("medición", max_length=10, choices=ServiceKind, blank=True)
    document_code = models.PositiveSmallIntegerField("código de documento", choices=DocumentCode)
    invoice_number = models.CharField("número", max_length=20)
    description = models.CharField("concepto", max_length=120, blank=True)
    period = models.DateField("período", null=True, blank=True, help_text="Primer día del primer mes facturado.")
    issued_on = models.DateField("emisión")
    amount = MoneyField("importe")
    due_on = models.DateField("vencimiento")
    later_due_on = ArrayField(models.DateField(), verbose_name="otros vencimientos", default=list, blank=True)
    later_amounts = ArrayField(
        models.DecimalField(max_digits=14, decimal_places=2),
        verbose_name="importes de los otros vencimientos",
        default=list,
        blank=True,
    )
    consumption_m3 = models.DecimalField("consumo (m³)", max_digits=12, decimal_places=3, null=True, blank=True)
    previous_reading = models.DecimalField("lectura anterior", max_digits=12, decimal_places=3, null=True, blank=True)
    previous_reading_on = models.DateField("fecha de la lectura anterior", null=True, blank=True)
    current_reading = models.DecimalField("lectura actual", max_digits=12, decimal_places=3, null=True, blank=True)
    current_reading_on = models.DateField("fecha de la lectura actual", null=True, blank=True)
    other_taxes = MoneyField("otros impuestos", default=ZERO)
    payment_code = models.CharField("código de pago electrónico", max_length=30, unique=True, null=True, blank=True)
    authorization_code = models.CharField("código de autorización", max_length=20, blank=True)
    authorization_due_on = models.DateField("vencimiento de la autorización", null=True, blank=True)
    status = models.CharField("estado", max_length=5, choices=InvoiceStatus, default=InvoiceStatus.OPEN)
    applied = MoneyField("pagado", default=ZERO, editable=False)
    surcharge = MoneyField("recargo cobrado", default=ZERO, editable=False)
    covered = MoneyField("cubierto por planes de pago", default=ZERO, db_default=ZERO, editable=False)
    financed = MoneyField("en plan de pago", default=ZERO, db_default=ZERO, editable=False)
    offered = models.BooleanField("ofrecida", default=False, db_default=False, editable=False)
    settled_at = models.DateTimeField("saldada", null=True, blank=True, editable=False)
    created_at = models.DateTimeField("cargada", db_default=Now(), editable=False)
    updated_at = models.DateTimeField("actualizada", db_default=Now(), editable=False)

    amount_due: Decimal
    """What pays the bill wholly, in pesos; only on bills that were loaded with `with_amount_due`."""

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "factura"
        verbose_name_plural = "facturas"
        indexes = [
            models.Index(fields=["account", "-issued_on"], name="invoice_by_account"),
            models.Index(fields=["account", "due_on"], name="invoice_payable_by_account", condition=_UNPAID),
            models.Index(fields=["invoice_number"], name="invoice_by_number"),
            models.Index(fields=["id"], name="invoice_void", condition=Q(status=InvoiceStatus.VOID)),
            models.Index(fields=["kind", "id"], name="invoice_of_rare_kind", condition=~Q(kind=InvoiceKind.SERVICE)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["document_code", "invoice_number"], name="invoice_identity"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="invoice_amount_not_negative"),
            models.CheckConstraint(condition=Q(surcharge__gte=0), name="invoice_surcharge_not_negative"),
            models.CheckConstraint(
                condition=Q(applied__gte=0) & Q(applied__lte=F("amount") + F("surcharge") - F("covered")),
                name="invoice_applied_within_payable",
            ),
            models.CheckConstraint(
                condition=Q(financed__gte=0) & Q(financed__lte=F("covered")), name="invoice_financed_within_covered"
            ),
            models.CheckConstraint(
                condition=Q(status=InvoiceStatus.OPEN) | Q(applied=0, covered=0), name="invoice_void_holds_no_money"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None) | (_NOTHING_LEFT & Q(financed=0) & (Q(applied__gt=0) | Q(covered__gt=0))),
                name="invoice_settled_when_paid",
            ),
            models.CheckConstraint(
                condition=Q(offered=False) | Q(kind=InvoiceKind.INSTALMENT), name="invoice_only_instalments_offered"
            ),
            models.CheckConstraint(
                condition=Q(later_due_on__len=F("later_amounts__len")), name="invoice_later_dates_have_amounts"
            ),
            models.CheckConstraint(
                condition=Func(
                    F("due_on"), F("later_due_on"), function="billing_ascending", output_field=models.BooleanField()
                ),
                name="invoice_due_dates_ascend",
            ),
            models.CheckConstraint(condition=Q(kind__in=InvoiceKind.values), name="invoice_kind_known"),
            models.CheckConstraint(condition=Q(status__in=InvoiceStatus.values), name="invoice_status_known"),
            models.CheckConstraint(
                condition=~Q(kind=InvoiceKind.SERVICE)
                | (Q(period__isnull=False) & Q(service_kind__in=ServiceKind.values)),
                name="invoice_service_has_period_and_kind",
            ),
            models.CheckConstraint(
                condition=Q(period__isnull=True) | Q(period__day=1), name="invoice_period_is_a_month"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="identity_stays", fields=["public_id", "account", "kind", "document_code", "invoice_number"]
            ),
            ledger.starts_unpaid(),
            ledger.moved_by_ledger(),
            ledger.price_stays_once_paid(),
            series.own_document_stays_as_issued(),
            cover.owed_for_good(),
        ]

    def __str__(self) -> str:
        return f"{self.document_letter} {self.invoice_number}"

    @property
    def payable_amount(self) -> Decimal:
        """What has to be held for the bill to be paid: the amount and the surcharge fixed so far, in pesos."""
        return self.amount + self.surcharge

    def surcharge_when_paid(self, amount_due: Decimal) -> Decimal:
        """What a payment item freezes: the surcharge, in all, that the bill has once `amount_due` pays it wholly."""
        return max(self.surcharge, self.held + amount_due - self.amount)

    def surcharge_freed(self, *, amount: Decimal, surcharge: Decimal) -> Decimal:
        """What of a surcharge that was fixed with `amount` pesos the bill no longer needs once these leave it."""
        return min(surcharge, self.surcharge - max(ZERO, self.held - amount - self.amount))

    @property
    def held(self) -> Decimal:
        """What the bill needs no more: the money on it and what plans cover of it, in pesos."""
        return self.applied + self.covered

    @property
    def is_paid(self) -> bool:
        """In force and wholly paid, by money of its own or by the instalments of a plan."""
        return self._has_nothing_left and not self.financed

    @property
    def is_in_plan(self) -> bool:
        """Nothing is owed of it because instalments of a plan in force are."""
        return self._has_nothing_left and self.financed > 0

    @property
    def _has_nothing_left(self) -> bool:
        return self.status == InvoiceStatus.OPEN and self.held == self.payable_amount

    @property
    def document_letter(self) -> str:
        """`A` or `B`."""
        return "A" if self.document_code == DocumentCode.SERVICE_A else "B"

    @property
    def subject(self) -> str:
        """What the bill is about: its period in words, or its concept."""
        if self.period is not None:
            return period_name(self.period, settings.BILLING_PERIOD_MONTHS)
        return self.description


class InvoiceLine(models.Model):
    """One line of a bill. `amount` and `vat_amount` in pesos; `vat_rate` in per cent."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines", verbose_name="factura")
    position = models.PositiveSmallIntegerField("posición")
    concept = models.CharField("concepto", max_length=120)
    quantity = models.DecimalField("cantidad", max_digits=14, decimal_places=3)
    unit = models.CharField("unidad", max_length=20, blank=True)
    unit_price = models.DecimalField("precio unitario", max_digits=16, decimal_places=4)
    amount = MoneyField("importe")
    vat_rate = models.DecimalField("alícuota de IVA", max_digits=5, decimal_places=2)
    vat_amount = MoneyField("IVA")

    class Meta:
        verbose_name = "renglón"
        verbose_name_plural = "renglones"
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position")]

    def __str__(self) -> str:
        return f"{self.position}. {self.concept}"
