"""The report of an import: one line a bad row, as CSV for the office and for whoever made the file."""

import csv
from pathlib import Path
from types import TracebackType
from typing import Self

from oficina.shared.imports.staging import BadRow

HEADER = ("archivo", "linea", "columna", "valor", "motivo")


class ImportReport:
    """A CSV file that is written while the import goes on. Raises OSError when it cannot be."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._stream, lineterminator="\n")
        self._writer.writerow(HEADER)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stream.close()

    def add(self, file_name: str, row: BadRow) -> None:
        """One bad row of a file."""
        self._writer.writerow((file_name, row.line, row.column, row.value, row.reason))
