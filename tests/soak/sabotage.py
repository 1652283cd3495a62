"""How a bug is put in for the length of a block: a function, a trigger or a constraint of the project is taken away."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection


@contextmanager
def swapped[**P, R](right: Callable[P, R], wrong: Callable[P, R]) -> Iterator[None]:
    """A function of billing is another one, in every module that knows it by its name, of billing or of plans.

    Raises LookupError when none does: a bug that is not really in would prove nothing.
    """
    name = right.__name__
    knowing = [
        module
        for path, module in sys.modules.items()
        if path.startswith(("billing", "payment_plans")) and getattr(module, name, None) is right
    ]
    if not knowing:
        raise LookupError(name)
    with pytest.MonkeyPatch.context() as patch:
        for module in knowing:
            patch.setattr(module, name, wrong)
        yield


@contextmanager
def without_trigger(name: str) -> Iterator[None]:
    """The triggers of this name do nothing, on whatever table they are. Raises LookupError when there are none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE %s", [f"pgtrigger_{name}_%"]
        )
        found = cursor.fetchall()
    if not found:
        raise LookupError(name)
    run_sql(*[f'ALTER TABLE {table} DISABLE TRIGGER "{trigger}"' for table, trigger in found])
    try:
        yield
    finally:
        run_sql(*[f'ALTER TABLE {table} ENABLE TRIGGER "{trigger}"' for table, trigger in found])


@contextmanager
def without_constraint(table: str, name: str) -> Iterator[None]:
    """The table without one of its unique rules. The table is emptied at the end, since it may have twins by then."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        (definition,) = cursor.fetchone() or ("",)
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = %s)", [name])
        (is_constraint,) = cursor.fetchone() or (False,)
    run_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}" if is_constraint else f"DROP INDEX {name}")
    try:
        yield
    finally:
        run_sql(f"TRUNCATE {table} CASCADE", definition)


def run_sql(*statements: str) -> None:
    """Runs each, committed at once."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
