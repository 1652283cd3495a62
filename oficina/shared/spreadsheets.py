"""Tables that people open with a spreadsheet (docs/decisions/0092).

UTF-8 with a byte order mark, semicolons, decimal commas and local dates: what a spreadsheet set to Argentina reads
without asking. Files for machines are written otherwise (docs/data-formats.md).
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from io import StringIO
from itertools import chain
from typing import Final

from oficina.shared.dates import short_date

MEDIA_TYPE: Final = "text/csv; charset=utf-8"

type Cell = str | Decimal | date

_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def spreadsheet(headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, at_once: int = 200) -> Iterator[bytes]:
    """The file, some rows at a time. Texts that a spreadsheet would take for a formula are kept from it (OWASP, CSV
    injection); amounts are numbers.
    """
    written = StringIO()
    writer = csv.writer(written, delimiter=";")
    written.write(_MARK)
    for number, row in enumerate(chain([headings], rows), start=1):
        writer.writerow([_cell(value) for value in row])
        if number % at_once == 0:
            yield _taken(written)
    yield _taken(written)


def _cell(value: Cell) -> str:
    match value:
        case Decimal():
            return f"{value:f}".replace(".", ",")
        case date():
            return short_date(value)
    return f"'{value}" if value.startswith(_BEGINS_A_FORMULA) else value


def _taken(written: StringIO) -> bytes:
    text = written.getvalue()
    written.seek(0)
    written.truncate()
    return text.encode()
