"""Files as the billing system sends them: each row says only what matters in the test."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from accounts.account_numbers import generate_check_digit
from oficina.shared.imports.files import TrustedFile
from oficina.shared.imports.refusals import FilesRefusedError
from oficina.shared.imports.runs import ImportRequest, import_files
from oficina.shared.imports.staging import BadRow
from oficina.shared.imports.watching import ImportOutcome, ImportWatcher
from oficina.staff.imports import IMPORT_KINDS

Row = Mapping[str, str]


def account_number(index: int = 1) -> str:
    """A valid number: `082-0000001-001-5`."""
    digits = f"082{index:07d}001"
    return f"{digits[:3]}-{digits[3:10]}-{digits[10:]}-{generate_check_digit(digits)}"


def account(**values: str) -> dict[str, str]:
    return {
        "account_number": account_number(),
        "holder_name": "Nélida Ñáñez",
        "holder_document": "20-30412876-3",
        "holder_vat_condition": "Consumidor final",
        "service_address": "Calle Los Aromos 120",
        "locality": "Chacras de Coria",
        "department": "Luján de Cuyo",
        "postal_code": "M5505",
        "category": "Residencial",
        "service": "Agua y cloaca",
        "tariff": "R2",
        "meter_number": "88120345",
        "latitude": "-32.983100",
        "longitude": "-68.877300",
        "parcel": "",
        "status": "active",
    } | values


def invoice(**values: str) -> dict[str, str]:
    return {
        "document_code": "18",
        "invoice_number": "0142-00000001",
        "account_number": account_number(),
        "kind": "metered",
        "period": "2026-09",
        "issued_on": "2026-11-01",
        "amount": "1000.00",
        "due_on": "2026-11-20",
        "second_amount": "1050.00",
        "second_due_on": "2026-12-01",
        "third_amount": "",
        "third_due_on": "",
        "consumption_m3": "31.5",
        "previous_reading": "1200",
        "previous_reading_on": "2026-08-31",
        "current_reading": "1231.5",
        "current_reading_on": "2026-10-31",
        "other_taxes": "12.30",
        "payment_code": "7000000001",
        "authorization_code": "",
        "authorization_due_on": "",
        "status": "open",
    } | values


def line(**values: str) -> dict[str, str]:
    return {
        "document_code": "18",
        "invoice_number": "0142-00000001",
        "position": "1",
        "concept": "Servicio de agua",
        "quantity": "31.500",
        "unit": "m³",
        "unit_price": "26.2363",
        "amount": "826.45",
        "vat_rate": "21",
        "vat_amount": "173.55",
    } | values


def charge(**values: str) -> dict[str, str]:
    return {
        "charge_number": "C-000001",
        "account_number": account_number(),
        "concept": "Cambio de medidor",
        "description": "Retiro del medidor y colocación de uno nuevo",
        "amount": "12100.00",
        "raised_on": "2026-11-20",
        "status": "pending",
    } | values


def payment(**values: str) -> dict[str, str]:
    return {
        "channel": "rapipago",
        "operation_number": "R-1",
        "payment_code": "7000000001",
        "paid_at": "2026-11-18T10:30:00",
        "amount": "1000.00",
    } | values


def write(path: Path, *rows: Row, delimiter: str = ",", line_end: str = "\n", encoding: str = "utf-8") -> Path:
    """A file with these rows; its columns are those of the first."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), delimiter=delimiter, lineterminator=line_end)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


class Recorder(ImportWatcher):
    """Remembers the bad rows."""

    def __init__(self) -> None:
        self.bad_rows: list[BadRow] = []

    def refused(self, file: TrustedFile, row: BadRow) -> None:  # noqa: ARG002  the watcher's signature
        self.bad_rows.append(row)


def run(*paths: Path, dry_run: bool = False) -> tuple[list[ImportOutcome], list[BadRow]]:
    """Imports the files; gives what became of them and the bad rows."""
    recorder = Recorder()
    outcomes = import_files(ImportRequest(paths=paths, kinds=IMPORT_KINDS, dry_run=dry_run), recorder)
    return outcomes, recorder.bad_rows


def counts(outcome: ImportOutcome) -> tuple[int, int, int, int]:
    """New, changed, unchanged, refused."""
    return outcome.inserted, outcome.updated, outcome.unchanged, outcome.refused


def why_refused(path: Path) -> str:
    """The reason for which the file as a whole is refused."""
    try:
        run(path)
    except FilesRefusedError as error:
        return error.refused[0][1].reason
    raise AssertionError("the file was trusted")


def places(bad_rows: Sequence[BadRow]) -> list[tuple[int, str]]:
    """Line and column of each bad row."""
    return [(row.line, row.column) for row in bad_rows]
