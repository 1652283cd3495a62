"""Writes the good rows of a staged file, new or different ones only, and notes each change."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection
from psycopg.sql import SQL, Composable, Identifier, Literal

from oficina.shared.enums import ImportAction
from oficina.shared.imports.kinds import Counts
from oficina.shared.imports.staging import StagedFile

_WRITTEN_BY_PORTAL = ("updated_at",)


def upsert(
    staged: StagedFile,
    *,
    model: tuple[str, str],
    key: Sequence[str],
    values: Mapping[str, Composable],
    only_new: Mapping[str, Composable],
    touched: Mapping[str, datetime],
) -> Counts:
    """Inserts what is new and updates what differs in `values`; a row that says what was known is not even locked.

    `model` is the label and the table. `key` are columns among `values` with a unique constraint. Expressions are over
    the good rows `r`; those of `values` outside the key may also use the row `known` of the portal. `only_new` are
    written with a new row; `touched` with every row that is written.
    """
    label, table = model
    columns = [*values, *only_new, *touched]
    expressions = [*values.values(), *only_new.values(), *(Literal(moment) for moment in touched.values())]
    changing = [*(name for name in values if name not in key), *touched]
    statement = SQL(
        "WITH written AS ("
        " INSERT INTO {table} ({columns}) SELECT {expressions} FROM import_rows r"
        " LEFT JOIN {table} known ON {same_key}"
        " WHERE r.problem IS NULL AND (known.id IS NULL OR {differs}) ORDER BY r.line"
        " ON CONFLICT ({key}) DO UPDATE SET {assignments}"
        " RETURNING new.id, old.id IS NULL AS is_new, CASE WHEN old.id IS NOT NULL THEN {before} END AS before"
        "), noted AS ("
        " INSERT INTO shared_importchange (run_id, model, object_id, action, before)"
        " SELECT {run}, {label}, id, CASE WHEN is_new THEN {inserted} ELSE {updated} END, before FROM written"
        ") SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written"
    ).format(
        table=Identifier(table),
        columns=_list(Identifier(name) for name in columns),
        expressions=_list(expressions),
        same_key=SQL(" AND ").join(SQL("known.{} = {}").format(Identifier(name), values[name]) for name in key),
        differs=differs(values, key),
        key=_list(Identifier(name) for name in key),
        assignments=_list(SQL("{0} = EXCLUDED.{0}").format(Identifier(name)) for name in changing),
        before=_before(),
        run=Literal(staged.run_id),
        label=Literal(label),
        inserted=Literal(ImportAction.INSERTED.value),
        updated=Literal(ImportAction.UPDATED.value),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        inserted, updated = cursor.fetchone() or (0, 0)
    return Counts(inserted, updated, staged.rows - staged.refused() - inserted - updated)


def differs(values: Mapping[str, Composable], key: Sequence[str]) -> Composable:
    """Whether the row `known` of the portal has another value than the good row `r` somewhere outside the key."""
    compared = [name for name in values if name not in key]
    return SQL("ROW({}) IS DISTINCT FROM ROW({})").format(
        _list(SQL("known.{}").format(Identifier(name)) for name in compared), _list(values[name] for name in compared)
    )


def _before() -> Composable:
    """The columns of an updated row that had another value, with that value."""
    return SQL(
        "(SELECT jsonb_object_agg(was.key, was.value) FROM jsonb_each(to_jsonb(old)) AS was"
        " WHERE was.value IS DISTINCT FROM to_jsonb(new) -> was.key AND was.key NOT IN ({}))"
    ).format(_list(Literal(name) for name in _WRITTEN_BY_PORTAL))


def _list(parts: Iterable[Composable]) -> Composable:
    return SQL(", ").join(parts)
