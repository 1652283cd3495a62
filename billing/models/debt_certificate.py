"""The certificate that an account owes nothing (libre deuda)."""

from typing import Self

from django.conf import settings
from django.db import models

from accounts.models import AccountLink, ServiceAccount
from billing.models.stored_document import StoredDocument
from billing.triggers.documents import certifies_no_debt, issued_once


class DebtCertificateQuerySet(models.QuerySet["DebtCertificate"]):
    """The words in which certificates are asked for."""

    def of(self, link: AccountLink) -> Self:
        """Those of the account of this link, whoever asked for them."""
        return self.filter(account=link.account_id)


class DebtCertificate(StoredDocument):
    """One certificate: at `issued_at` the account had no unpaid bill, due or not, no charge to be invoiced, and no
    payment that was contested before the bank.

    Holder and address are as they were then.
    """

    NUMBER_PREFIX = "LD"

    account = models.ForeignKey(
        ServiceAccount,
        on_delete=models.PROTECT,
        related_name="debt_certificates",
        db_index=False,
        verbose_name="cuenta",
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="debt_certificates",
        verbose_name="quien lo pidió",
    )
    holder_name = models.CharField("titular", max_length=200)
    service_address = models.CharField("servicio en", max_length=200)
    locality = models.CharField("localidad", max_length=100)

    objects = DebtCertificateQuerySet.as_manager()

    class Meta(StoredDocument.Meta):
        verbose_name = "libre deuda"
        verbose_name_plural = "libres deuda"
        indexes = [models.Index(fields=["account", "-issued_at"], name="debt_certificate_by_account")]
        triggers = [*issued_once(), certifies_no_debt()]
