"""The files that a utility of any size would hand over: accounts, six bills each with two lines, and payments for half
of the bills; and one account with as many paid bills as wanted.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from accounts.account_numbers import generate_check_digit

PERIODS = 6
_FIRST_ISSUE = date(2025, 1, 5)
BUSY_SINCE = date(2012, 1, 1)
_PLACES = ("rapipago", "pago-facil", "banco-nacion")

ACCOUNT = (
    "account_number", "holder_name", "holder_document", "holder_vat_condition", "service_address", "locality",
    "department", "postal_code", "category", "service", "tariff", "meter_number", "latitude", "longitude", "status",
)  # fmt: skip
INVOICE = (
    "document_code", "invoice_number", "account_number", "kind", "period", "issued_on", "amount", "due_on",
    "second_amount", "second_due_on", "third_amount", "third_due_on", "consumption_m3", "previous_reading",
    "previous_reading_on", "current_reading", "current_reading_on", "other_taxes", "payment_code",
    "authorization_code", "authorization_due_on", "status",
)  # fmt: skip
LINE = (
    "document_code", "invoice_number", "position", "concept", "quantity", "unit", "unit_price", "amount", "vat_rate",
    "vat_amount",
)  # fmt: skip
PAYMENT = ("channel", "operation_number", "payment_code", "paid_at", "amount")


def write_file(path: Path, header: tuple[str, ...], rows: Iterable[str]) -> int:
    """Writes the file; gives how many rows it has."""
    count = 0
    with path.open("w", encoding="utf-8") as stream:
        stream.write(",".join(header) + "\n")
        for count, row in enumerate(rows, start=1):  # noqa: B007  the last number is the count
            stream.write(row + "\n")
    return count


def account_number(index: int) -> str:
    """The number of one of the accounts, digits only."""
    digits = f"082{index:07d}001"
    return f"{digits}{generate_check_digit(digits)}"


def account_rows(accounts: int) -> Iterator[str]:
    """The accounts with an index below this."""
    for index in range(accounts):
        yield (
            f"{account_number(index)},Titular de la cuenta {index},20304128763,Consumidor final,"
            f"Calle Los Aromos {index},Chacras de Coria,Luján de Cuyo,M5505,Residencial,Agua y cloaca,R2,"
            f"{88_000_000 + index},-32.983100,-68.877300,active"
        )


def invoice_rows(accounts: int) -> Iterator[str]:
    """Six bills for each account, two months apart."""
    for period in range(PERIODS):
        for index in range(accounts):
            yield _invoice(period * accounts + index, index, _FIRST_ISSUE + timedelta(days=61 * period))


def line_rows(accounts: int) -> Iterator[str]:
    """Two lines for each of those bills."""
    for bill in range(PERIODS * accounts):
        for position in (1, 2):
            yield f"18,0142-{bill:08d},{position},Servicio de agua,31.500,m³,26.2363,826.45,21,173.55"


def payment_rows(accounts: int) -> Iterator[str]:
    """For every second of those bills: on time, late, in part, and more than was asked."""
    chance = random.Random(42)  # noqa: S311  the same file every time
    for bill in range(0, PERIODS * accounts, 2):
        paid = _FIRST_ISSUE + timedelta(days=61 * (bill // accounts) + chance.randrange(40))
        paid_amount = _amount(bill) + chance.choice((0, 0, 0, 500, 700, -300))
        yield f"rapipago,R-{bill},{7_000_000_000 + bill},{paid}T10:30:00,{paid_amount}"


def busy_invoice_rows(index: int, bills: Sequence[int]) -> Iterator[str]:
    """These bills, all of the account of this index, one a day."""
    for day, bill in enumerate(bills):
        yield _invoice(bill, index, BUSY_SINCE + timedelta(days=day))


def busy_payment_rows(bills: Sequence[int]) -> Iterator[str]:
    """Each of those bills paid the day after its issue, in turn at three places."""
    for day, bill in enumerate(bills):
        paid = BUSY_SINCE + timedelta(days=day + 1)
        yield f"{_PLACES[day % 3]},B-{bill},{7_000_000_000 + bill},{paid}T10:30:00,{_amount(bill)}"


def _invoice(bill: int, index: int, issued: date) -> str:
    due, later = issued + timedelta(days=15), issued + timedelta(days=30)
    return (
        f"18,0142-{bill:08d},{account_number(index)},metered,{issued:%Y-%m},{issued},{_amount(bill)},{due},"
        f"{_amount(bill) + 500},{later},,,31.5,1200,{issued - timedelta(days=61)},1231.5,{issued},12.30,"
        f"{7_000_000_000 + bill},74123456789012,{later},open"
    )


def _amount(bill: int) -> Decimal:
    return Decimal(10_000 + bill % 5_000).quantize(Decimal("0.01"))
