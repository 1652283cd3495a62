"""Locks for what an import changes, by sets, in the order that every act keeps: accounts by id, then bills by id."""

from django.db import connection
from psycopg.sql import SQL, Composable, Identifier


def lock_accounts(account_ids: Composable) -> None:
    """The accounts that the query names, as `billing.locks.lock_account` does for one."""
    lock_rows("accounts_serviceaccount", account_ids)


def lock_bills(invoice_ids: Composable) -> None:
    """The bills that the query names, as `billing.locks.lock_invoices` does for some. Accounts come first."""
    lock_rows("billing_invoice", invoice_ids)


def lock_rows(table: str, ids: Composable) -> None:
    """The rows of a table that the query names. Their accounts come first."""
    query = SQL("SELECT 1 FROM {} WHERE id IN ({}) ORDER BY id FOR NO KEY UPDATE").format(Identifier(table), ids)
    with connection.cursor() as cursor:
        cursor.execute(SQL("SELECT count(*) FROM ({}) AS locked").format(query))
