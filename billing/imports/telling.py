"""Tells the rest of the portal what an import did to bills: a batch at a time, in the import's transaction."""

from collections.abc import Iterator

from django.db import connection
from procrastinate.contrib.django import app
from psycopg.sql import SQL, Composable

from billing.external_payments import EXPIRE_CHECKOUTS_TASK
from billing.hooks import InvoiceChange, registered_handlers, tell_invoices

_BATCH = 1000


def tell(change: InvoiceChange, invoice_ids: Composable) -> None:
    """Calls the handlers of this change with the bills that the query gives, in ascending order of id."""
    if registered_handlers()[change]:
        for batch in _batches(invoice_ids):
            tell_invoices(change, batch)


def expire_checkouts(invoice_ids: Composable) -> None:
    """Has the checkouts closed that are open on these bills: they were paid elsewhere, or are not what was quoted."""
    held = SQL("SELECT DISTINCT invoice_id FROM billing_paymentitem WHERE live AND invoice_id IN ({})").format(
        invoice_ids
    )
    for batch in _batches(held):
        app.configure_task(EXPIRE_CHECKOUTS_TASK).defer(invoice_ids=[*batch])


def _batches(invoice_ids: Composable) -> Iterator[list[int]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(SQL("SELECT id FROM ({}) AS told(id) ORDER BY id").format(invoice_ids))
        while rows := cursor.fetchmany(_BATCH):
            yield [int(row[0]) for row in rows]
