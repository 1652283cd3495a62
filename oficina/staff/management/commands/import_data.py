"""`manage.py import_data FILE… [--dry-run] [--report REPORT.csv]`."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Never

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from tqdm import tqdm

from oficina.shared.imports.files import TrustedFile
from oficina.shared.imports.refusals import FilesRefusedError, ImportFailedError
from oficina.shared.imports.reports import ImportReport
from oficina.shared.imports.runs import ImportRequest, import_files
from oficina.shared.imports.staging import BadRow
from oficina.shared.imports.watching import ImportOutcome, ImportStage, ImportWatcher
from oficina.staff.imports import IMPORT_KINDS

_SOME_REFUSED = 1
_NOTHING_IMPORTED = 2
_SHOWN_WITHOUT_REPORT = 20
_WORDS = {ImportStage.READING: "leyendo", ImportStage.MERGING: "revisando y guardando"}


class Command(BaseCommand):
    """Exit status 0 when every row was good, 1 when some were refused, 2 when nothing was imported."""

    help = "Importa archivos del sistema de facturación: cuentas, facturas, renglones, cargos y pagos."

    def add_arguments(self, parser: CommandParser) -> None:
        """The files, and what to do with them."""
        parser.add_argument("files", nargs="+", metavar="ARCHIVO", type=Path, help="CSV; el tipo sale del encabezado")
        parser.add_argument("--dry-run", action="store_true", help="revisa todo y no guarda nada")
        parser.add_argument("--report", metavar="INFORME.csv", type=Path, help="escribe ahí cada fila rechazada")

    def handle(self, *, files: list[Path], dry_run: bool, report: Path | None, **_options: object) -> None:
        """Imports, and says in one line a file what became of it."""
        if report is not None and report.resolve() in {path.resolve() for path in files}:
            raise CommandError(
                f"{report} es uno de los archivos: el informe lo borraría.", returncode=_NOTHING_IMPORTED
            )
        with ExitStack() as open_files:
            try:
                kept_report = open_files.enter_context(ImportReport(report)) if report else None
                watcher = open_files.enter_context(_Console(self, kept_report, dry_run=dry_run))
                outcomes = import_files(ImportRequest(paths=files, kinds=IMPORT_KINDS, dry_run=dry_run), watcher)
            except FilesRefusedError as error:
                lines = [f"{path}: {refusal.reason} No se importó nada." for path, refusal in error.refused]
                raise CommandError("\n".join(lines), returncode=_NOTHING_IMPORTED) from error
            except KeyboardInterrupt:
                raise CommandError("Se canceló: ese archivo no cambió nada.", returncode=_NOTHING_IMPORTED) from None
            except (ImportFailedError, DatabaseError, OSError) as error:
                reason = next(iter(str(error).splitlines()), type(error).__name__)
                raise CommandError(f"No se pudo importar: {reason}", returncode=_NOTHING_IMPORTED) from error
        refused = sum(outcome.refused for outcome in outcomes)
        if refused:
            where = f"el detalle está en {report}" if report else "con --report INFORME.csv queda el detalle completo"
            raise CommandError(f"{_rows(refused)} sin importar: {where}.", returncode=_SOME_REFUSED)


class _Console(ImportWatcher):
    """Shows the import on the console: a bar when it is a terminal, what was refused, a line a file."""

    def __init__(self, command: BaseCommand, report: ImportReport | None, *, dry_run: bool) -> None:
        self._command = command
        self._report = report
        self._dry_run = dry_run
        self._shown = 0
        self._waiting = False
        self._bar: tqdm[Never] | None = None
        self._file: TrustedFile | None = None

    def __enter__(self) -> "_Console":
        return self

    def __exit__(self, *_error: object) -> None:
        self._close_bar()

    def advanced(self, file: TrustedFile | None, stage: ImportStage, bytes_read: int) -> None:
        """Moves the bar; says once that another import is in hand."""
        if file is None:
            if not self._waiting:
                self._waiting = True
                self._command.stderr.write("Hay otra importación en curso: esperando a que termine.")
            return
        if file is not self._file:
            self._close_bar()
            self._file = file
            self._bar = tqdm(
                desc=_doing(file, stage),
                total=file.size,
                unit="B",
                unit_scale=True,
                disable=not sys.stderr.isatty(),
                leave=False,
            )
        if self._bar is not None:
            self._bar.set_description(_doing(file, stage), refresh=False)
            self._bar.update(bytes_read - self._bar.n)

    def refused(self, file: TrustedFile, row: BadRow) -> None:
        """Writes the row to the report; the first ones are shown when there is none."""
        if self._report is not None:
            self._report.add(file.path.name, row)
        elif self._shown < _SHOWN_WITHOUT_REPORT:
            self._shown += 1
            self._close_bar()
            column = f", {row.column}" if row.column else ""
            value = f" «{row.value}»" if row.value else ""
            self._command.stderr.write(f"{file.path.name}, línea {row.line}{column}{value}: {row.reason}")

    def ended(self, outcome: ImportOutcome) -> None:
        """One line for the file."""
        self._close_bar()
        tried = " (de prueba: no se guardó nada)" if self._dry_run else ""
        self._command.stdout.write(
            f"{outcome.file_name}: {outcome.label}, {_rows(outcome.rows)}: {outcome.inserted} nuevas,"
            f" {outcome.updated} cambiadas, {outcome.unchanged} sin cambios, {outcome.refused} rechazadas{tried}."
        )

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _doing(file: TrustedFile, stage: ImportStage) -> str:
    return f"{file.path.name}: {_WORDS[stage]}"


def _rows(count: int) -> str:
    return "1 fila" if count == 1 else f"{count} filas"
