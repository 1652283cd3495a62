"""Locks for what an import changes, by sets, in the order that every act keeps: accounts by id, then bills by id."""

from django.db import connection
from psycopg.sql import SQL, Composable


def lock_accounts(account_ids: Composable) -> None:
    """The accounts that the query names, as `billing.locks.lock_account` does for one."""
    _lock(
        SQL("SELECT 1 FROM accounts_serviceaccount WHERE id IN ({}) ORDER BY id FOR NO KEY UPDATE").format(account_ids)
    )


def lock_bills(invoice_ids: Composable) -> None:
    """The bills that the query names, as `billing.locks.lock_invoices` does for some. Accounts come first."""
    _lock(SQL("SELECT 1 FROM billing_invoice WHERE id IN ({}) ORDER BY id FOR NO KEY UPDATE").format(invoice_ids))


def _lock(query: Composable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SQL("SELECT count(*) FROM ({}) AS locked").format(query))
