"""Tells the rest of the portal what an import did to bills: a batch at a time, in the import's transaction."""

from collections.abc import Iterator

from django.db import connection
from procrastinate.contrib.django import app
from psycopg.sql import SQL, Composable

from billing.expiring_checkouts import EXPIRE_CHECKOUTS_TASK
from billing.hooks import InvoiceChange, registered_handlers, tell_invoices

_BATCH = 1000


def tell(change: InvoiceChange, invoice_ids: Composable) -> None:
    """Calls the handlers of this change with the bills that the query gives, in ascending order of id."""
    if registered_handlers()[change]:
        for batch in in_batches(invoice_ids, _BATCH):
            tell_invoices(change, batch)


def expire_checkouts(invoice_ids: Composable) -> None:
    """Has the checkouts closed that are open on these bills: they were paid elsewhere, or are not what was quoted."""
    held = SQL("SELECT DISTINCT invoice_id FROM billing_paymentitem WHERE live AND invoice_id IN ({})").format(
        invoice_ids
    )
    for batch in in_batches(held, _BATCH):
        app.configure_task(EXPIRE_CHECKOUTS_TASK).defer(invoice_ids=[*batch])


def in_batches(ids: Composable, size: int) -> Iterator[list[int]]:
    """The ids that the query gives, in ascending order, so many at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(SQL("SELECT id FROM ({}) AS told(id) ORDER BY id").format(ids))
        while rows := cursor.fetchmany(size):
            yield [int(row[0]) for row in rows]
