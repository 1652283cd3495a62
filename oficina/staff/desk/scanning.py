"""From what is scanned or typed at the till to the account, and the bill of it that is meant."""

from dataclasses import dataclass

from django.conf import settings

from accounts.account_numbers import digit_count, digits_typed
from accounts.models import ServiceAccount
from billing.models import Invoice
from oficina.configuration import BarcodeField, read_barcode_layout

LONGEST = 80


@dataclass(frozen=True, kw_only=True)
class Scanned:
    """Whose bill was meant, and which when it was one."""

    account: ServiceAccount
    invoice: Invoice | None = None


def find_scanned(typed: str) -> Scanned | None:
    """By the barcode or the payment code of a bill, its number as printed, or the number of the account."""
    word = typed.strip()[:LONGEST]
    if not word or "\x00" in word:
        return None
    if invoice := _bill(word):
        return Scanned(account=invoice.account, invoice=invoice)
    digits = digits_typed(word)
    for number in (digits, _account_of_barcode(digits)):
        account = ServiceAccount.objects.defer("parcel").filter(number=number).first() if number else None
        if account is not None:
            return Scanned(account=account, invoice=_bill_of_barcode(account, digits))
    return None


def _bill(word: str) -> Invoice | None:
    bills = Invoice.objects.select_related("account").defer("account__parcel")
    if invoice := bills.filter(payment_code=word).first():
        return invoice
    number = word.rsplit(maxsplit=1)[-1]
    named = list(bills.filter(invoice_number=number)[:2])
    return named[0] if len(named) == 1 else None


def _fields_of_barcode(digits: str) -> dict[BarcodeField, str]:
    """What a whole barcode says, by field; nothing when it has another length."""
    layout = read_barcode_layout(settings.UTILITY.barcode_layout)
    if len(digits) != sum(width for _, width in layout):
        return {}
    said, place = {}, 0
    for name, width in layout:
        said[name] = digits[place : place + width]
        place += width
    return said


def _account_of_barcode(digits: str) -> str:
    return _fields_of_barcode(digits).get(BarcodeField.CLIENT, "")[-digit_count() :]


def _bill_of_barcode(account: ServiceAccount, digits: str) -> Invoice | None:
    """The bill to pay of the account that is due on the day of the barcode."""
    said = _fields_of_barcode(digits)
    year, day = said.get(BarcodeField.YEAR, ""), said.get(BarcodeField.DAY, "")
    for invoice in account.invoices.payable().order_by("pk"):
        if (f"{invoice.due_on:%y}", f"{invoice.due_on:%j}") == (year, day):
            return invoice
    return None
