"""The comprobante of a charge that was invoiced."""

from django.db import models

from billing.models.charge import Charge
from billing.models.stored_document import StoredDocument
from billing.triggers.charges import shows_an_invoiced_charge
from billing.triggers.documents import issued_once


class ChargeVoucher(StoredDocument):
    """One comprobante a charge, issued with its invoice. Holder and address are as they were then."""

    NUMBER_PREFIX = "C"

    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, related_name="voucher", verbose_name="cargo")
    holder_name = models.CharField("titular", max_length=200)
    holder_document = models.CharField("documento del titular", max_length=11, blank=True)
    holder_vat_condition = models.CharField("condición de IVA", max_length=60, blank=True)
    service_address = models.CharField("servicio en", max_length=200)
    locality = models.CharField("localidad", max_length=100)

    class Meta(StoredDocument.Meta):
        verbose_name = "comprobante de cargo"
        verbose_name_plural = "comprobantes de cargos"
        triggers = [*issued_once(), shows_an_invoiced_charge()]
