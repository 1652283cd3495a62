"""The proof of a payment, issued once."""

from django.db import models

from billing.models.payment import Payment
from billing.models.stored_document import StoredDocument
from billing.triggers import payments
from billing.triggers.documents import issued_once


class Receipt(StoredDocument):
    """One receipt per payment, issued when it settles."""

    NUMBER_PREFIX = "R"

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="receipt", verbose_name="pago")
    mailed_at = models.DateTimeField("enviado por mail", null=True, blank=True, editable=False)

    class Meta(StoredDocument.Meta):
        verbose_name = "recibo"
        verbose_name_plural = "recibos"
        triggers = [*issued_once("mailed_at"), payments.proves_a_settled_payment()]
