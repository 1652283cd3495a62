"""What payment plans cover of bills."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.models.invoice import Invoice
from billing.triggers import cover
from oficina.shared.append_only import AppendOnly
from oficina.shared.money import ZERO, MoneyField


class Cover(AppendOnly):
    """Pesos of a bill in whose place the instalments of a plan are, and the surcharge that this fixed on it. A reversal
    is a row of its own: it takes back the whole amount of an earlier one, and of its surcharge what the bill no longer
    needs.

    `plan` is the public id of the plan, which this app does not read. `paid`: instalments have paid it; otherwise it
    stands in the place of the bill while they are to be paid.

    Its insert trigger moves `Invoice.covered`, `Invoice.financed` and `Invoice.surcharge`, and with the row lock that
    this takes, one row after another.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="covers", verbose_name="factura")
    amount = MoneyField("importe")
    surcharge = MoneyField("recargo fijado", default=ZERO)
    plan = models.CharField("plan de pago", max_length=20)
    paid = models.BooleanField("pagado por las cuotas")
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="reversed_by", null=True, blank=True, verbose_name="anula a"
    )
    created_at = models.DateTimeField("momento", default=timezone.now, editable=False)

    class Meta(AppendOnly.Meta):
        verbose_name = "cobertura por un plan"
        verbose_name_plural = "coberturas por planes"
        indexes = [models.Index(fields=["plan"], name="cover_by_plan")]
        constraints = [
            models.CheckConstraint(condition=~Q(plan=""), name="cover_names_its_plan"),
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0, surcharge__gte=0)
                | Q(reverses__isnull=False, amount__lt=0, surcharge__lte=0),
                name="cover_negative_only_to_reverse",
            ),
        ]
        triggers = [
            *AppendOnly.Meta.triggers,
            cover.reversal_mirrors_its_cover(),
            cover.cover_moves_its_invoice(),
        ]

    def __str__(self) -> str:
        return f"Cobertura {self.pk}"
