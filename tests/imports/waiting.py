"""Imports that are made to stand still where a test wants them: at a row that somebody else has locked."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from accounts.models import ServiceAccount


@contextmanager
def account_locked(number: str) -> Iterator[None]:
    """Keeps every import waiting that wants to change the account."""
    with transaction.atomic():
        ServiceAccount.objects.select_for_update().get(number=number)
        yield


def wait_until_it_waits_for_the_lock() -> None:
    """Until an import of this database stands at the lock."""
    wait_until(_one_waits)


def wait_until(happened: Callable[[], bool]) -> None:
    """Asks again and again; fails when it takes longer than anything here does."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if happened():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def _one_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees the first answer again
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"  # the server is shared
            " AND wait_event_type = 'Lock' AND query LIKE '%import_rows%'"
        )
        found: bool = cursor.fetchone() == (1,)
    return found
