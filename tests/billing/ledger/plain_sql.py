"""Statements as anybody with a connection could write them, and which rule of the database stopped each."""

import json

import psycopg
from django.db import DatabaseError, connection, transaction

from tests.billing.ledger.refusing import run


def copy(table: str, where: str = "true", **changes: object) -> str:
    """The INSERT of a copy of one row, with an id of its own and some columns changed."""
    return f"""
        INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(original) || '{json.dumps(changes)}'
            || jsonb_build_object('id', (SELECT MAX(id) + 1000 FROM {table})))).*
        FROM {table} AS original WHERE {where} LIMIT 1
    """


def stopped_by(statement: str, *, at_commit: bool = True) -> str | None:
    """The name of the constraint, or of the trigger's function, or the words of the refusal; None when nothing did.

    What the statement did is taken back.
    """
    try:
        with transaction.atomic():
            run(statement)
            if at_commit:
                run("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    except DatabaseError as refusal:
        return _rule(refusal)
    return None


def rows(query: str) -> list[tuple[str, ...]]:
    """What a query gives."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: list[tuple[str, ...]] = cursor.fetchall()
    return found


def _rule(refusal: DatabaseError) -> str:
    cause = refusal.__cause__
    if not isinstance(cause, psycopg.Error):
        return str(refusal)
    context = cause.diag.context or ""
    if "PL/pgSQL function pgtrigger_" in context:
        return context.split("PL/pgSQL function ")[1].split("(")[0]
    return cause.diag.constraint_name or str(refusal)
