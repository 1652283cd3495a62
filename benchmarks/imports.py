"""How fast files are imported, beside a plain COPY of the same file into a table of texts in the same run."""

import resource
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction
from psycopg.sql import SQL, Identifier
from tqdm import tqdm

from benchmarks.utility_files import (
    ACCOUNT,
    INVOICE,
    LINE,
    PAYMENT,
    account_rows,
    invoice_rows,
    line_rows,
    payment_rows,
    write_file,
)
from billing.models import LateInterestPolicy
from oficina.shared.imports.runs import ImportRequest, import_files
from oficina.shared.imports.watching import ImportWatcher
from oficina.staff.imports import IMPORT_KINDS


def run(folder: Path, *, accounts: int) -> None:
    """Imports accounts, six bills each with two lines, and a payment for half of the bills; then all of it again."""
    call_command("migrate", verbosity=0)
    LateInterestPolicy.objects.create(
        valid_from=date(2020, 1, 1), daily_rate=Decimal("0.0007"), monthly_cap=Decimal("0.0300")
    )
    _say(f"{'archivo':<22}{'filas':>10}{'MB':>8}{'COPY':>9}{'import':>9}{'filas/s':>10}{'/ COPY':>12}{'otra vez':>10}")
    for name, header, rows in (
        ("accounts", ACCOUNT, account_rows),
        ("invoices", INVOICE, invoice_rows),
        ("invoice_lines", LINE, line_rows),
        ("payments", PAYMENT, payment_rows),
    ):
        path = folder / f"{name}.csv"
        count = write_file(path, header, rows(accounts))
        copied = _seconds(partial(_copy, path, header))
        imported = _seconds(partial(import_file, path))
        again = _seconds(partial(import_file, path))
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


def import_file(path: Path) -> None:
    """Imports a file. Ends the process when a row of it was refused."""
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
