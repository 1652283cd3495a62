"""The digits that cash networks read from a bill, as the contract with them lays them out (`BARCODE_LAYOUT`).

In the usual 42 digits: company 4, amount until the first due date 8 (2 of them cents), that date as year 2 and day of
the year 3, client 14 (the account), currency 1 (0, pesos), surcharge at the second due date 6 (2 of them cents), days
from the first to the second due date 2, check 2.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain, cycle

from django.conf import settings

from billing.models import Invoice
from oficina.configuration import BarcodeField, read_barcode_layout
from oficina.shared.money import ZERO

_PESOS = "0"
_CHECK_WEIGHTS = (3, 5, 7, 9)
"""After the first digit, whose weight is 1."""


@dataclass(eq=False)
class DoesNotFit(Exception):  # noqa: N818  a refusal, named by what is wrong
    """A value has more digits than the layout gives its field: there is no such barcode."""

    name: BarcodeField


@dataclass(frozen=True, kw_only=True)
class PaymentSlip:
    """What a cash network is told. Amounts in pesos; `due_on` is the local date until which `amount` pays the bill.

    Until `days_to_second` days later, `surcharge` more pays it; zero days: no second date.
    """

    company: str
    client: str
    amount: Decimal
    due_on: date
    surcharge: Decimal = ZERO
    days_to_second: int = 0


@dataclass(frozen=True)
class PaymentBarcode:
    """The digits of a bill, and the last local date on which a cash network takes them."""

    digits: str
    valid_until: date

    @property
    def grouped(self) -> str:
        """As they are printed, to be typed when the bars cannot be read: in sevens."""
        return " ".join(self.digits[start : start + 7] for start in range(0, len(self.digits), 7))


def payment_barcode(invoice: Invoice) -> PaymentBarcode | None:
    """The barcode of a bill loaded with its account; None when the utility has none, or the amount does not fit.

    A second due date whose surcharge or days do not fit is left out: the code then pays until the first one only.
    """
    company = settings.UTILITY.barcode_company
    if not company:
        return None
    first = PaymentSlip(company=company, client=invoice.account.number, amount=invoice.amount, due_on=invoice.due_on)
    for slip, valid_until in [*_with_second_date(invoice, first), (first, invoice.due_on)]:
        try:
            return PaymentBarcode(barcode_digits(slip, settings.UTILITY.barcode_layout), valid_until)
        except DoesNotFit:
            continue
    return None


def _with_second_date(invoice: Invoice, first: PaymentSlip) -> list[tuple[PaymentSlip, date]]:
    if not invoice.later_due_on or invoice.later_amounts[0] < invoice.amount:
        return []
    second_due_on = invoice.later_due_on[0]
    slip = PaymentSlip(
        company=first.company,
        client=first.client,
        amount=first.amount,
        due_on=first.due_on,
        surcharge=invoice.later_amounts[0] - invoice.amount,
        days_to_second=(second_due_on - invoice.due_on).days,
    )
    return [(slip, second_due_on)]


def barcode_digits(slip: PaymentSlip, layout: str) -> str:
    """The whole number, check digits included. Raises DoesNotFit."""
    values = {
        BarcodeField.COMPANY: slip.company,
        BarcodeField.AMOUNT: _cents(slip.amount),
        BarcodeField.YEAR: f"{slip.due_on:%y}",
        BarcodeField.DAY: f"{slip.due_on:%j}",
        BarcodeField.CLIENT: slip.client,
        BarcodeField.CURRENCY: _PESOS,
        BarcodeField.SURCHARGE: _cents(slip.surcharge),
        BarcodeField.DAYS: str(slip.days_to_second),
    }
    digits = ""
    for name, width in read_barcode_layout(layout):
        if name is BarcodeField.CHECK:
            return with_check_digits(digits, width)
        if len(values[name]) > width:
            raise DoesNotFit(name)
        digits += values[name].zfill(width)
    return digits


def with_check_digits(digits: str, count: int) -> str:
    """The number with `count` check digits, each computed over the number with those before it."""
    for _ in range(count):
        weighted = zip(digits, chain((1,), cycle(_CHECK_WEIGHTS)), strict=False)
        digits += str(sum(int(digit) * weight for digit, weight in weighted) // 2 % 10)
    return digits


def _cents(amount: Decimal) -> str:
    return str(int(amount * 100))
