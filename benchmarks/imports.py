"""How fast files are imported, beside a plain COPY of the same file into a table of texts in the same run."""

import random
import resource
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction
from psycopg.sql import SQL, Identifier
from tqdm import tqdm

from accounts.account_numbers import generate_check_digit
from billing.models import LateInterestPolicy
from oficina.shared.imports.runs import ImportRequest, import_files
from oficina.shared.imports.watching import ImportWatcher
from oficina.staff.imports import IMPORT_KINDS

_PERIODS = 6
_FIRST_ISSUE = date(2025, 1, 5)


def run(folder: Path, *, accounts: int) -> None:
    """Imports accounts, six bills each with two lines, and a payment for half of the bills; then all of it again."""
    call_command("migrate", verbosity=0)
    LateInterestPolicy.objects.create(
        valid_from=date(2020, 1, 1), daily_rate=Decimal("0.0007"), monthly_cap=Decimal("0.0300")
    )
    _say(f"{'archivo':<22}{'filas':>10}{'MB':>8}{'COPY':>9}{'import':>9}{'filas/s':>10}{'/ COPY':>12}{'otra vez':>10}")
    for name, header, rows in (
        ("accounts", _ACCOUNT, _accounts),
        ("invoices", _INVOICE, _invoices),
        ("invoice_lines", _LINE, _lines),
        ("payments", _PAYMENT, _payments),
    ):
        path = folder / f"{name}.csv"
        count = _write(path, header, rows(accounts))
        copied = _seconds(partial(_copy, path, header))
        imported = _seconds(partial(_import, path))
        again = _seconds(partial(_import, path))
        _say(
            f"{path.name:<22}{count:>10}{path.stat().st_size / 1e6:>8.1f}{copied:>8.2f}s{imported:>8.2f}s"
            f"{count / imported:>10.0f}{imported / copied:>12.1f}{again:>9.2f}s"
        )
    _say(f"Memoria máxima de este proceso: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def _say(line: str) -> None:
    tqdm.write(line)


def _seconds(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _import(path: Path) -> None:
    outcome = import_files(ImportRequest(paths=[path], kinds=IMPORT_KINDS), ImportWatcher())[0]
    if outcome.refused:
        raise SystemExit(f"{path.name}: {outcome.refused} rows refused")


def _copy(path: Path, header: tuple[str, ...]) -> None:
    """What PostgreSQL itself needs to take in the file as texts."""
    with transaction.atomic(), connection.cursor() as cursor:
        columns = SQL(", ").join(SQL("{} text").format(Identifier(name)) for name in header)
        cursor.execute(SQL("CREATE TABLE plain_copy ({})").format(columns))
        with path.open("rb") as stream, cursor.copy("COPY plain_copy FROM STDIN (FORMAT csv, HEADER)") as copy:
            while block := stream.read(1024 * 1024):
                copy.write(block)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE plain_copy")


def _write(path: Path, header: tuple[str, ...], rows: Iterator[str]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as stream:
        stream.write(",".join(header) + "\n")
        for count, row in enumerate(rows, start=1):  # noqa: B007  the last number is the count
            stream.write(row + "\n")
    return count


_ACCOUNT = (
    "account_number", "holder_name", "holder_document", "holder_vat_condition", "service_address", "locality",
    "department", "postal_code", "category", "service", "tariff", "meter_number", "latitude", "longitude", "status",
)  # fmt: skip
_INVOICE = (
    "document_code", "invoice_number", "account_number", "kind", "period", "issued_on", "amount", "due_on",
    "second_amount", "second_due_on", "third_amount", "third_due_on", "consumption_m3", "previous_reading",
    "previous_reading_on", "current_reading", "current_reading_on", "other_taxes", "payment_code",
    "authorization_code", "authorization_due_on", "status",
)  # fmt: skip
_LINE = (
    "document_code", "invoice_number", "position", "concept", "quantity", "unit", "unit_price", "amount", "vat_rate",
    "vat_amount",
)  # fmt: skip
_PAYMENT = ("channel", "operation_number", "payment_code", "paid_at", "amount")


def _number(index: int) -> str:
    digits = f"082{index:07d}001"
    return f"{digits}{generate_check_digit(digits)}"


def _accounts(accounts: int) -> Iterator[str]:
    for index in range(accounts):
        yield (
            f"{_number(index)},Titular de la cuenta {index},20304128763,Consumidor final,Calle Los Aromos {index},"
            f"Chacras de Coria,Luján de Cuyo,M5505,Residencial,Agua y cloaca,R2,{88_000_000 + index},"
            "-32.983100,-68.877300,active"
        )


def _invoices(accounts: int) -> Iterator[str]:
    for period in range(_PERIODS):
        issued = _FIRST_ISSUE + timedelta(days=61 * period)
        due, later = issued + timedelta(days=15), issued + timedelta(days=30)
        for index in range(accounts):
            bill = period * accounts + index
            yield (
                f"18,0142-{bill:08d},{_number(index)},metered,{issued:%Y-%m},{issued},{_amount(bill)},{due},"
                f"{_amount(bill) + 500},{later},,,31.5,1200,{issued - timedelta(days=61)},1231.5,{issued},12.30,"
                f"{7_000_000_000 + bill},74123456789012,{later},open"
            )


def _lines(accounts: int) -> Iterator[str]:
    for bill in range(_PERIODS * accounts):
        for position in (1, 2):
            yield f"18,0142-{bill:08d},{position},Servicio de agua,31.500,m³,26.2363,826.45,21,173.55"


def _payments(accounts: int) -> Iterator[str]:
    """On time, late, in part, and for more than was asked."""
    chance = random.Random(42)  # noqa: S311  the same file every time
    for bill in range(0, _PERIODS * accounts, 2):
        paid = _FIRST_ISSUE + timedelta(days=61 * (bill // accounts) + chance.randrange(40))
        paid_amount = _amount(bill) + chance.choice((0, 0, 0, 500, 700, -300))
        yield f"rapipago,R-{bill},{7_000_000_000 + bill},{paid}T10:30:00,{paid_amount}"


def _amount(bill: int) -> Decimal:
    return Decimal(10_000 + bill % 5_000).quantize(Decimal("0.01"))
