"""Work that reads and must not write: what it asks of the database runs in a transaction that the database keeps from
changing anything, whatever the code in it does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import InternalError, connection, transaction
from psycopg.errors import ReadOnlySqlTransaction

_reads_only: ContextVar[bool] = ContextVar("reads_only", default=False)


@contextmanager
def reading_only() -> Iterator[None]:
    """What is done inside changes nothing. A statement that would is refused by PostgreSQL (`is_refused_write`)."""
    marked = _reads_only.set(True)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
            yield
            transaction.set_rollback(True)  # a refused statement may have left nothing that could be committed
    finally:
        _reads_only.reset(marked)


def reads_only() -> bool:
    """Whether this is such work. Reading a page keeps a few things by the way (that it was read, a document once it is
    drawn); whatever does so asks here first, and goes without.
    """
    return _reads_only.get()


def is_refused_write(error: BaseException) -> bool:
    """Whether the database refused to write in such work."""
    return isinstance(error, InternalError) and isinstance(error.__cause__, ReadOnlySqlTransaction)
