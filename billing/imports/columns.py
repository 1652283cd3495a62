"""Columns that several files of bills share."""

from psycopg.sql import SQL

from billing.enums import DocumentCode
from oficina.shared.imports.columns import Choice, Number, Patterned

_CODES = {str(code.value): str(code.value) for code in DocumentCode}
NUMBER_PATTERN = r"^[0-9A-Za-z][0-9A-Za-z-]*$"
NUMBER_REASON = "Solo puede tener letras, números y guiones."


def document_code(*, required: bool = True) -> Choice:
    """The document's code at ARCA."""
    return Choice(name="document_code", required=required, values=_CODES)


def invoice_number(*, required: bool = True) -> Patterned:
    """The number that is printed on the bill, kept as written."""
    return Patterned(name="invoice_number", required=required, length=20, pattern=NUMBER_PATTERN, reason=NUMBER_REASON)


def payment_code() -> Patterned:
    """The bill's own payment code, kept as written; no value when the bill has none."""
    return Patterned(name="payment_code", length=30, empty_is_null=True, pattern=NUMBER_PATTERN, reason=NUMBER_REASON)


def money(name: str, *, required: bool = True, signed: bool = False) -> Number:
    """Pesos with at most two decimals."""
    return Number(name=name, required=required, signed=signed)


BILL_OF_ROW = SQL(
    "LEFT JOIN billing_invoice bill ON bill.invoice_number = s.invoice_number AND s.invoice_number <> ''"
    " AND bill.document_code::text = s.document_code"
)
"""The bill that a staged row names by document code and number."""
