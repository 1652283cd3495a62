"""The ledger spoilt by hand, as no part of the portal could: to see that each truth would notice."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname FROM pg_constraint
    WHERE contype IN ('c', 'f', 'u') AND conrelid::regclass::text ~ '^(billing|procrastinate)_'
    ORDER BY contype = 'u'
"""
_UNIQUE_INDEXES = """
    SELECT indexrelid::regclass::text FROM pg_index
    WHERE indisunique AND NOT indisprimary AND indrelid::regclass::text ~ '^billing_'
"""


@contextmanager
def spoilt(*statements: str) -> Iterator[None]:
    """While the block runs these were carried out, in a transaction without triggers and constraints. Then nothing of
    it was.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_CONSTRAINTS)
        for table, constraint in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
        cursor.execute(_UNIQUE_INDEXES)
        for (index,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {index}")
        for statement in statements:
            cursor.execute(statement)
            if not cursor.rowcount:
                raise LookupError(f"nothing to spoil: {statement}")
        yield
        transaction.set_rollback(True)


def another(table: str, changes: str, *, where: str) -> str:
    """SQL that inserts a row like the first of those that are meant, but for these changes, as JSON."""
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(kept, '{{\"id\": 900001}}'::jsonb || '{changes}')).*"
        f" FROM {table} AS kept WHERE {where} ORDER BY id LIMIT 1"
    )
