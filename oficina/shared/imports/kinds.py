"""What a kind of file is: its columns, how a row finds the rows it speaks of, and how the good rows are written."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from psycopg.sql import Composable

from oficina.shared.imports.columns import Check, Column
from oficina.shared.imports.refusals import FileRefusedError

if TYPE_CHECKING:
    from oficina.shared.imports.staging import StagedFile


@dataclass(frozen=True)
class Counts:
    """How many good rows were new, changed something, or said what was known."""

    inserted: int
    updated: int
    unchanged: int


@dataclass(frozen=True)
class Resolved:
    """A value that a row gets from the portal's own tables: `expression` over the staged row `s` and `joins`."""

    name: str
    expression: Composable


@dataclass(frozen=True, kw_only=True)
class ImportKind:
    """One kind of file.

    `checks` look at one row, after those of its columns; `joins` are LEFT JOINs to the staged row `s`, at most one row
    each. `merge` refuses what only shows beside other rows or in the portal's tables, writes the good rows, and counts;
    what it calls now and then stops the import by raising. Of the groups of columns in `either` a file needs one whole.
    """

    name: str
    label: str
    columns: tuple[Column, ...]
    merge: Callable[["StagedFile", Callable[[], None]], Counts]
    checks: tuple[Check, ...] = ()
    joins: Composable | None = None
    resolved: tuple[Resolved, ...] = ()
    either: tuple[frozenset[str], ...] = field(default=())

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in the documented order."""
        return tuple(column.name for column in self.columns)

    def missing(self, header: Iterable[str]) -> list[str]:
        """The columns that a file with this header lacks."""
        present = set(header)
        optional = {column.name for column in self.columns if column.may_be_absent}.union(*self.either)
        lacking = [name for name in self.column_names if name not in present and name not in optional]
        if self.either and not any(group <= present for group in self.either):
            nearest = max(self.either, key=lambda group: (len(group & present), -len(group)))
            lacking += [name for name in self.column_names if name in nearest - present]
        return lacking


def recognise(header: Sequence[str], kinds: Sequence[ImportKind]) -> ImportKind:
    """The kind of a file, by its header. Raises FileRefusedError, naming unknown, missing and repeated columns."""
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise FileRefusedError(f"Hay columnas repetidas: {_names(repeated)}.")

    def unlike(kind: ImportKind) -> int:
        return len(set(header) ^ set(kind.column_names))

    kind = min(kinds, key=unlike)
    if not set(header) & set(kind.column_names):
        raise FileRefusedError(f"El encabezado no es de ningún archivo conocido: {_names(header)}.")
    faults = []
    unknown = [name for name in header if name not in kind.column_names]
    if unknown:
        faults.append(f"columnas desconocidas: {_names(unknown)}")
    missing = kind.missing(header)
    if missing:
        faults.append(f"faltan columnas: {_names(missing)}")
    if faults:
        raise FileRefusedError(f"El encabezado no es el de un archivo de {kind.label}: {'; '.join(faults)}.")
    return kind


def _names(names: Iterable[str]) -> str:
    return ", ".join((name[:60] or "(sin nombre)") for name in names)
