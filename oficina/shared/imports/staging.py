"""Brings a file into the database as text and finds its bad rows there.

Two temporary tables, which vanish with the transaction: `import_staged` has the texts as read, `import_rows` their
values and, for a bad row, its first `problem`: the column, a bar, and the reason. What follows looks at rows without
problem.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg.sql import SQL, Composable, Identifier, Literal

from oficina.shared.imports.columns import Check
from oficina.shared.imports.files import TrustedFile, read_rows

_ROWS_A_WRITE = 2000
_SHOWN_CHARACTERS = 200


@dataclass(frozen=True)
class BadRow:
    """One line of the report: where, what was there, and why it was not taken."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class StagedFile:
    """A file in the temporary tables of the open transaction."""

    file: TrustedFile
    run_id: int
    rows: int

    def execute(self, statement: Composable) -> int:
        """Runs a statement; gives the number of rows it touched."""
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return int(cursor.rowcount)

    def number(self, statement: Composable) -> int:
        """The one number that a query gives."""
        with connection.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    def refuse(self, check: Check, source: Composable | None = None) -> int:
        """Marks good rows `r` that fail a check, perhaps beside other tables (`source`); gives how many."""
        return self.execute(
            SQL("UPDATE import_rows r SET problem = {} {} WHERE r.problem IS NULL AND {}").format(
                _problem(check), SQL("FROM {}").format(source) if source else SQL(""), check.failing
            )
        )

    def refuse_repeated(self, column: str, key: Sequence[str], reason: str) -> int:
        """Of the good rows with one key the first is taken, the others refused. A key with a NULL repeats nothing."""
        names = SQL(", ").join(Identifier(name) for name in key)
        present = SQL(" AND ").join(SQL("{} IS NOT NULL").format(Identifier(name)) for name in key)
        later = SQL(
            "(SELECT line FROM (SELECT line, row_number() OVER (PARTITION BY {} ORDER BY line) AS place"
            " FROM import_rows WHERE problem IS NULL AND {}) AS places WHERE place > 1) AS later"
        ).format(names, present)
        return self.refuse(Check(column, SQL("r.line = later.line"), reason), later)

    def refused(self) -> int:
        """How many rows are bad."""
        return self.number(SQL("SELECT count(*) FROM import_rows WHERE problem IS NOT NULL"))

    def bad_rows(self) -> Iterator[BadRow]:
        """Every bad row in the order of the file, without holding them all."""
        statement = SQL(
            "SELECT r.line, split_part(r.problem, '|', 1),"
            " left(COALESCE(s.problem_value, to_jsonb(s) ->> split_part(r.problem, '|', 1), ''), {}),"
            " substr(r.problem, strpos(r.problem, '|') + 1)"
            " FROM import_rows r JOIN import_staged s USING (line) WHERE r.problem IS NOT NULL ORDER BY r.line"
        ).format(Literal(_SHOWN_CHARACTERS))
        with connection.chunked_cursor() as cursor:
            cursor.execute(statement)
            while chunk := cursor.fetchmany(_ROWS_A_WRITE):
                yield from (BadRow(*row) for row in chunk)


def stage(file: TrustedFile, run_id: int, on_read: Callable[[int, int], None]) -> StagedFile:
    """Copies the file into the temporary tables and checks each row by itself.

    `on_read` is told, again and again, how many bytes and how many rows were read; it stops the import by raising.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS import_staged, import_rows")
        columns = SQL(", ").join(SQL("{} text DEFAULT ''").format(Identifier(name)) for name in file.kind.column_names)
        cursor.execute(
            SQL(
                "CREATE TEMPORARY TABLE import_staged"
                " (line bigint NOT NULL, problem text, problem_value text, {}) ON COMMIT DROP"
            ).format(columns)
        )
        rows = _copy(cursor, file, on_read)
        cursor.execute("ANALYZE import_staged")
        cursor.execute(_typed_rows(file))
        cursor.execute("ALTER TABLE import_rows ADD PRIMARY KEY (line)")
        cursor.execute("ANALYZE import_rows")
    return StagedFile(file=file, run_id=run_id, rows=rows)


def _copy(cursor: CursorWrapper, file: TrustedFile, on_read: Callable[[int, int], None]) -> int:
    """COPY in its text format, several rows a write; gives the number of records."""
    names = SQL(", ").join(Identifier(name) for name in ("line", "problem", "problem_value", *file.header))
    absent = "\t".join(["\\N"] * len(file.header))
    rows = 0
    lines: list[str] = []
    with cursor.copy(SQL("COPY import_staged ({}) FROM STDIN").format(names)) as copy:
        for row in read_rows(file):
            if row.problem is None:
                values = _escaped("\t".join([value.strip() for value in row.values]))
                lines.append(f"{row.line}\t\\N\t\\N\t{values}\n")
            else:
                column, value, reason = (_escaped(text) for text in row.problem)
                lines.append(f"{row.line}\t{column}|{reason}\t{value}\t{absent}\n")
            if len(lines) == _ROWS_A_WRITE:
                copy.write("".join(lines))
                rows += len(lines)
                lines.clear()
                on_read(row.read, rows)
        copy.write("".join(lines))
        rows += len(lines)
    on_read(file.size, rows)
    return rows


def _typed_rows(file: TrustedFile) -> Composable:
    """Each row with its values, what it speaks of, and its first problem. OFFSET 0 keeps checks from running twice."""
    kind = file.kind
    checks = [*(check for column in kind.columns for check in column.checks()), *kind.checks]
    faults = SQL(", ").join(SQL("CASE WHEN {} THEN {} END").format(check.failing, _problem(check)) for check in checks)
    values = SQL(", ").join(
        SQL("CASE WHEN p.problem IS NULL THEN {} END AS {}").format(column.value(), Identifier(column.name))
        for column in kind.columns
    )
    resolved = SQL("").join(
        SQL(", {} AS {}").format(extra.expression, Identifier(extra.name)) for extra in kind.resolved
    )
    return SQL(
        "CREATE TEMPORARY TABLE import_rows ON COMMIT DROP AS SELECT s.line, p.problem, {}{} FROM import_staged s"
        " CROSS JOIN LATERAL (SELECT COALESCE(s.problem, {}) AS problem OFFSET 0) AS p {}"
    ).format(values, resolved, faults, kind.joins or SQL(""))


def _problem(check: Check) -> Literal:
    return Literal(f"{check.column}|{check.reason}")


def _escaped(text: str) -> str:
    """Text for COPY. Tabs and line ends cannot be in it: a line with control characters was refused."""
    return text.replace("\\", "\\\\")
