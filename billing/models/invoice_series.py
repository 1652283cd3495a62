"""How far the portal's own numbering of documents has come."""

import pgtrigger
from django.db import models
from django.db.models import Q

from billing.enums import DocumentCode
from billing.triggers import series

POINT_OF_SALE_DIGITS = 5
NUMBER_DIGITS = 8


class InvoiceSeries(models.Model):
    """The numbers of one kind of document at one point of sale: 1 to `last_number` are used, each by one invoice.

    RG 1415: numbers are consecutive. A number is taken under the lock of its row by the transaction that makes the
    invoice (`billing.invoice_numbers`); the database refuses a step other than one, and a number without its invoice.
    """

    document_code = models.PositiveSmallIntegerField("código de documento", choices=DocumentCode)
    point_of_sale = models.PositiveIntegerField("punto de venta")
    last_number = models.PositiveIntegerField("último número", default=0)

    class Meta:
        verbose_name = "serie de facturas"
        verbose_name_plural = "series de facturas"
        constraints = [
            models.UniqueConstraint(fields=["document_code", "point_of_sale"], name="series_identity"),
            models.CheckConstraint(
                condition=Q(point_of_sale__gte=1, point_of_sale__lt=10**POINT_OF_SALE_DIGITS),
                name="series_point_of_sale_fits",
            ),
            models.CheckConstraint(condition=Q(last_number__lt=10**NUMBER_DIGITS), name="series_number_fits"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="identity_stays", fields=["document_code", "point_of_sale"]),
            series.begins_at_zero(),
            series.one_number_after_the_other(),
            series.every_number_is_an_invoice(),
        ]

    def __str__(self) -> str:
        return f"{self.get_document_code_display()}, punto de venta {self.point_of_sale:0{POINT_OF_SALE_DIGITS}d}"

    @property
    def last_invoice_number(self) -> str:
        """The last number as printed: `00005-00000001`."""
        return f"{self.point_of_sale:0{POINT_OF_SALE_DIGITS}d}-{self.last_number:0{NUMBER_DIGITS}d}"
