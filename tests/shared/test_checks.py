"""The check of the database role, against real roles."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from oficina.shared.checks import database_role, role_problems
from oficina.shared.grants import append_only_models

pytestmark = pytest.mark.django_db


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """The rest of the transaction with the rights of another role."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        yield
        cursor.execute("RESET ROLE")


def test_superuser_is_an_error() -> None:
    (problem,) = role_problems("default")

    assert problem.id == "oficina.E001"


def test_runtime_role_is_clean() -> None:
    with acting_as("oficina_runtime"):
        assert role_problems("default") == []


def test_role_that_may_rewrite_an_append_only_table_is_told_by_its_name() -> None:
    table = append_only_models()[0]._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE oficina_careless IN ROLE oficina_runtime")
        cursor.execute(f"GRANT TRUNCATE ON {table} TO oficina_careless")

    with acting_as("oficina_careless"):
        (problem,) = role_problems("default")

    assert problem.id == "oficina.W001"
    assert problem.msg == f"The database role may rewrite what is written once: {table}."


def test_nothing_is_asked_outside_production() -> None:
    assert database_role(None, ["default"]) == []
