"""Plans for triggers and functions that look up single rows, hundreds of thousands of times in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def by_index() -> Iterator[None]:
    """Within: whatever PostgreSQL plans anew looks rows up by their index.

    Functions and triggers keep their plans for the session. One that was made while a table was still empty would read
    the whole table for each row of a first import: a quadratic time that was measured, not feared.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_seqscan', 'off', true)")
        cursor.execute("DISCARD PLANS")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_seqscan', 'on', true)")
