"""How fast the histories of an account of thousands of rows are shown, exported and printed, in a utility of any size.

Each act is told beside the bare reading of the same rows in SQL, and each page beside an empty view, in the same run.
"""

import resource
import statistics
import time
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import override_settings
from django.utils import timezone
from tqdm import tqdm

from accounts.enums import LinkEvidence
from accounts.models import AccountLink, ServiceAccount, User
from benchmarks import pages
from benchmarks.imports import import_file
from benchmarks.utility_files import (
    ACCOUNT,
    BUSY_SINCE,
    INVOICE,
    PAYMENT,
    PERIODS,
    account_number,
    account_rows,
    busy_invoice_rows,
    busy_payment_rows,
    invoice_rows,
    payment_rows,
    write_file,
)
from billing.listings.drawing import PRINTED_AT_ONCE, draw_long, draw_short
from billing.listings.histories import HISTORIES, History
from billing.listings.history_filter import HistoryFilter
from billing.models import LateInterestPolicy
from billing.views.history import PAGE_SIZE, history_address
from oficina.shared.spreadsheets import spreadsheet

_BUSY: Final = 5_000
"""Bills of the account that is measured, each with its payment."""

_FAR_TOO_MANY: Final = 1_000
"""Rows of a tagged document that nobody would wait for: what row by row is spared."""

_TIMES: Final = 3
_EVERYTHING: Final = HistoryFilter()
_MONTH: Final = {"desde": "2020-03-01", "hasta": "2020-03-31"}
_CHANNEL: Final = {"canal": "pago-facil"}


def run(folder: Path, *, accounts: int) -> None:
    """Imports a utility with one busy account, and measures the histories of that account."""
    link = _import_utility(folder, accounts=accounts)
    _say(f"{accounts * PERIODS + _BUSY} facturas; la cuenta medida tiene {_BUSY}, con un pago cada una.")
    for kind, history in HISTORIES.items():
        _say(f"\n{kind.label:<34}{'filas':>8}{'tiempo':>13}{'filas/s':>10}{'/ SQL':>8}")
        _measure_acts(history, link)
    _say(f"\nMemoria máxima de este proceso: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB\n")
    _measure_pages(link)


def _import_utility(folder: Path, *, accounts: int) -> AccountLink:
    """All of it through the imports, so that the ledger is whole; gives a link to the account of `_BUSY` bills."""
    call_command("migrate", verbosity=0)
    LateInterestPolicy.objects.create(
        valid_from=date(2010, 1, 1), daily_rate=Decimal("0.0007"), monthly_cap=Decimal("0.0300")
    )
    busy = range(accounts * PERIODS, accounts * PERIODS + _BUSY)
    for name, header, rows in (
        ("accounts", ACCOUNT, account_rows(accounts + 1)),
        ("invoices", INVOICE, invoice_rows(accounts)),
        ("payments", PAYMENT, payment_rows(accounts)),
        ("busy_invoices", INVOICE, busy_invoice_rows(accounts, busy)),
        ("busy_payments", PAYMENT, busy_payment_rows(busy)),
    ):
        path = folder / f"{name}.csv"
        write_file(path, header, rows)
        import_file(path)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum would have done by now
    account = ServiceAccount.objects.get(number=account_number(accounts))
    user = User.objects.create_user("consorcio@correo.example", first_name="Consorcio", last_name="Las Heras")
    return AccountLink.objects.create(user=user, account=account, alias="Torre", evidence=LinkEvidence.OFFICE)


def _measure_acts(history: History[Any], link: AccountLink) -> None:
    """The median of a few times of each, per row beside the bare reading of a row."""
    floor = None
    for name, rows, act in (
        ("SQL: las mismas filas, sin más", _BUSY, partial(_read_bare, history.of(link, _EVERYTHING))),
        ("leídas y dichas en palabras", _BUSY, lambda: _exhaust(history.rows(link, _EVERYTHING))),
        ("CSV", _BUSY, partial(_export, history, link)),
        ("PDF, fila por fila", _BUSY, partial(_draw_long, history, link)),
        ("PDF etiquetado", PRINTED_AT_ONCE, partial(_draw_short, history, link, PRINTED_AT_ONCE)),
        ("PDF etiquetado", _FAR_TOO_MANY, partial(_draw_short, history, link, _FAR_TOO_MANY)),
    ):
        taken = statistics.median(_seconds(act) for _ in range(_TIMES))
        floor = floor or taken / rows
        _say(f"{name:<34}{rows:>8}{taken * 1000:>10.0f} ms{rows / taken:>10.0f}{taken / rows / floor:>8.0f}")


def _read_bare(rows: QuerySet[Any]) -> None:
    """The statement of the history, its rows fetched and thrown away."""
    sql, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        cursor.fetchall()


def _export(history: History[Any], link: AccountLink) -> None:
    headings = [heading for heading, _ in history.exported]
    _exhaust(spreadsheet(headings, history.exported_rows(link, _EVERYTHING)))


def _draw_long(history: History[Any], link: AccountLink) -> None:
    draw_long(history, link, _EVERYTHING, at=timezone.now(), tell=lambda drawn: None)  # noqa: ARG005  nobody watches


def _draw_short(history: History[Any], link: AccountLink, rows: int) -> None:
    chosen = HistoryFilter(until=BUSY_SINCE + timedelta(days=rows))
    draw_short(history, link, chosen, at=timezone.now())


def _exhaust(rows: Iterable[object]) -> None:
    for _ in rows:
        pass


def _seconds(act: Callable[[], None]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _measure_pages(link: AccountLink) -> None:
    last = {"pagina": str(_BUSY // PAGE_SIZE)}
    with override_settings(ROOT_URLCONF="benchmarks.pages"):
        client = pages.logged_in(link.user.email)
        pages.tell_headings()
        floor = pages.measure("vista vacía", client, pages.NOTHING)
        for kind in HISTORIES:
            address = history_address(link, kind)
            for name, chosen in (("primera", {}), ("última", last), ("un mes", _MONTH), ("un canal", _CHANNEL)):
                pages.measure(f"{kind.label}, {name}", client, address, floor, chosen)


def _say(line: str) -> None:
    tqdm.write(line)
