"""What identifies a document that the portal itself issues: its code, its number, its payment code."""

import secrets

from django.conf import settings

from accounts.models import ServiceAccount
from billing.enums import DocumentCode
from billing.models import Invoice, InvoiceSeries

PAYMENT_CODE_DIGITS = 14
_CUIT_DIGITS = 11


def next_invoice_number(document_code: DocumentCode) -> str:
    """Takes the next number of the portal's point of sale for this kind of document: `00005-00000001`.

    Inside the transaction that makes the invoice, which has locked its account and whatever else it needs: the series
    stays locked until that ends, so that numbers follow each other without a gap, and a transaction that is taken back
    gives its number back. Raises TransactionManagementError outside of one.
    """
    point_of_sale: int = settings.UTILITY.invoice_point_of_sale
    known, _ = InvoiceSeries.objects.get_or_create(document_code=document_code, point_of_sale=point_of_sale)
    series = InvoiceSeries.objects.select_for_update(no_key=True).get(pk=known.pk)
    series.last_number += 1
    series.save(update_fields=["last_number"])
    return series.last_invoice_number


def document_code_for(account: ServiceAccount) -> DocumentCode:
    """Series A, which states VAT apart, for holders whose VAT condition asks for it and who have a CUIT; else B.

    RG 3571/13 for the two series; which conditions get series A is a setting.
    """
    wanted = {condition.casefold() for condition in settings.UTILITY.series_a_vat_conditions}
    has_cuit = len(account.holder_document) == _CUIT_DIGITS
    is_a = has_cuit and account.holder_vat_condition.strip().casefold() in wanted
    return DocumentCode.SERVICE_A if is_a else DocumentCode.SERVICE_B


def new_payment_code() -> str:
    """A payment code that no bill has: random digits, since it proves possession of the bill."""
    while Invoice.objects.filter(payment_code=(code := _random_digits())).exists():
        pass
    return code


def _random_digits() -> str:
    return f"{secrets.randbelow(10**PAYMENT_CODE_DIGITS):0{PAYMENT_CODE_DIGITS}d}"
