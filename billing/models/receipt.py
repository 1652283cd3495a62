"""The proof of a payment, issued once."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.models.payment import Payment
from billing.triggers import payments
from oficina.shared.ids import verification_code


class Receipt(models.Model):
    """One receipt per payment, issued when it settles. `pdf` is empty until the worker drew it, and then stays."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="receipt", verbose_name="pago")
    verification_code = models.CharField(
        "código de verificación", max_length=12, unique=True, default=verification_code, editable=False
    )
    issued_at = models.DateTimeField("emitido", default=timezone.now, editable=False)
    pdf = models.BinaryField("PDF", null=True, editable=False)
    rendered_at = models.DateTimeField("dibujado", null=True, blank=True, editable=False)
    mailed_at = models.DateTimeField("enviado por mail", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "recibo"
        verbose_name_plural = "recibos"
        constraints = [
            models.CheckConstraint(
                condition=Q(pdf=None, rendered_at=None) | Q(pdf__isnull=False, rendered_at__isnull=False),
                name="receipt_rendered_with_its_pdf",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="identity_stays", fields=["payment", "verification_code", "issued_at"]),
            payments.written_once(["pdf", "rendered_at", "mailed_at"]),
            payments.proves_a_settled_payment(),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that people see: `R-00418902`."""
        return f"R-{self.pk:08d}"
