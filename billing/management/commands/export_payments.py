"""`manage.py export_payments --since DATE [--until DATE] [--output FILE]`."""

import csv
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction

from billing.export import ExportedMovement, export_rows
from oficina.shared.dates import today
from oficina.shared.money import ZERO, pesos

_NOT_WRITTEN = 1
_NOT_UNDERSTOOD = 2


class _Stream(Protocol):
    def write(self, text: str, /) -> object: ...


class Command(BaseCommand):
    """Exit status 0 when the file is whole, 1 when it could not be written, 2 when the dates make no sense."""

    help = "Exporta cada movimiento de dinero entre dos fechas, inclusive: imputaciones, créditos y devoluciones."

    def add_arguments(self, parser: CommandParser) -> None:
        """The days, and where to write."""
        parser.add_argument("--since", required=True, metavar="AAAA-MM-DD", help="primer día")
        parser.add_argument("--until", metavar="AAAA-MM-DD", help="último día; hoy si no se dice")
        parser.add_argument("--output", metavar="ARCHIVO.csv", type=Path, help="si no, a la salida estándar")

    def handle(self, *, since: str, until: str | None, output: Path | None, **_options: object) -> None:
        """Writes the file, and on the standard error how many lines it has and what they add up to."""
        first, last = _day(since), today() if until is None else _day(until)
        if last < first:
            raise CommandError(f"{last} es anterior a {first}.", returncode=_NOT_UNDERSTOOD)
        try:
            if output is None:
                lines, total = _write(self.stdout, first, last)
            else:
                with _whole_file(output) as stream:
                    lines, total = _write(stream, first, last)
        except (OSError, DatabaseError) as error:
            reason = next(iter(str(error).splitlines()), type(error).__name__)
            raise CommandError(f"No se pudo exportar: {reason}", returncode=_NOT_WRITTEN) from error
        self.stderr.write(f"{'1 línea' if lines == 1 else f'{lines} líneas'}, {pesos(total)}.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"«{text}» no es una fecha: escribila AAAA-MM-DD.", returncode=_NOT_UNDERSTOOD) from None


def _write(stream: _Stream, since: date, until: date) -> tuple[int, Decimal]:
    """How many lines were written, and their sum in pesos."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(ExportedMovement._fields)
    lines, total = 0, ZERO
    with transaction.atomic():  # so that rows come as they are read
        for row in export_rows(since, until):
            writer.writerow(row)
            lines += 1
            total += row.amount
    return lines, total


@contextmanager
def _whole_file(path: Path) -> Iterator[_Stream]:
    """A file that has its name only once it is whole: whoever finds it never finds a part of it."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.chmod(0o640)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
