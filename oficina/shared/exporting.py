"""Files that other systems read: rows of some days as CSV, whole or not at all."""

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from io import StringIO
from pathlib import Path
from typing import Protocol

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction
from django.utils import timezone

from oficina.shared.dates import today

_NOT_WRITTEN = 1
_NOT_UNDERSTOOD = 2


class _Stream(Protocol):
    def write(self, text: str, /) -> object: ...


class ExportCommand(BaseCommand):
    """`manage.py export_… --since DATE [--until DATE] [--output FILE]`, both days included and local.

    A command names its `columns` and gives its `rows`; `summary` is what the person at the console reads afterwards.
    Exit status 0 when the file is whole, 1 when it could not be written, 2 when the dates make no sense.
    """

    columns: tuple[str, ...]

    def rows(self, since: date, until: date) -> Iterable[tuple[object, ...]]:
        """The rows of these local days, in the order of the file; read once, in a transaction."""
        raise NotImplementedError

    def summary(self, lines: int) -> str:
        """How much was written, in words."""
        return "1 línea." if lines == 1 else f"{lines} líneas."

    def add_arguments(self, parser: CommandParser) -> None:
        """The days, and where to write."""
        parser.add_argument("--since", required=True, metavar="AAAA-MM-DD", help="primer día")
        parser.add_argument("--until", metavar="AAAA-MM-DD", help="último día; hoy si no se dice")
        parser.add_argument("--output", metavar="ARCHIVO.csv", type=Path, help="si no, a la salida estándar")

    def handle(self, *, since: str, until: str | None, output: Path | None, **_options: object) -> None:
        """Writes the file, and on the standard error how much it has."""
        first, last = _day(since), today() if until is None else _day(until)
        if last < first:
            raise CommandError(f"{last} es anterior a {first}.", returncode=_NOT_UNDERSTOOD)
        try:
            if output is None:
                lines = self._write(self.stdout, first, last)
            else:
                with _whole_file(output) as stream:
                    lines = self._write(stream, first, last)
        except (OSError, DatabaseError) as error:
            reason = next(iter(str(error).splitlines()), type(error).__name__)
            raise CommandError(f"No se pudo exportar: {reason}", returncode=_NOT_WRITTEN) from error
        self.stderr.write(self.summary(lines))

    def _write(self, stream: _Stream, since: date, until: date) -> int:
        rows = Counted(self.rows(since, until))
        with transaction.atomic():  # so that rows come as they are read
            for text in written(self.columns, rows):
                stream.write(text)
        return rows.count


class Counted[Row]:
    """Rows on their way into a file, and how many passed so far."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row


def written(columns: Sequence[str], rows: Iterable[tuple[object, ...]], *, at_once: int = 500) -> Iterator[str]:
    """The file, some rows at a time, each read when it is wanted."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for number, row in enumerate(rows, start=1):
        writer.writerow(row)
        if number % at_once == 0:
            yield _taken(text)
    yield _taken(text)


def _taken(text: StringIO) -> str:
    taken = text.getvalue()
    text.seek(0)
    text.truncate()
    return taken


def midnight(day: date) -> datetime:
    """The instant at which a local day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


def local_instant(moment: datetime) -> str:
    """An instant as these files write it: local, with its offset, `2026-11-24T12:00:00-03:00`."""
    return timezone.localtime(moment).isoformat(timespec="seconds")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"«{text}» no es una fecha: escribila AAAA-MM-DD.", returncode=_NOT_UNDERSTOOD) from None


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
