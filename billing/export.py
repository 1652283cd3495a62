"""The rendición for accounting: every movement of money in the ledger, each peso on exactly one line.

All lines of a payment add up to what it received, and all lines of a bill to what is applied to it. Lines are dated by
the day on which the ledger took them, which never changes afterwards: the files of two days are together the file of
both.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from accounts.account_numbers import format_account_number
from billing.enums import LEFT_OR_CAME_BACK, AllocationReason
from oficina.shared.exporting import local_instant, midnight

# What a refund or a dispute took from bills and credit at one moment, or gave back to them, is one movement the other
# way: the rows of both have that moment, while a dispute keeps only its totals.
_MOVEMENTS = """
    WITH allocated AS (
        SELECT id, payment_id, invoice_id, reason, amount, created_at FROM billing_allocation
        WHERE created_at >= %(since)s AND created_at < %(until)s
    ), credited AS (
        SELECT id, payment_id, reason, amount, created_at FROM billing_creditentry
        WHERE created_at >= %(since)s AND created_at < %(until)s
    ), movement AS (
        SELECT 'allocation' AS kind, reason, payment_id, invoice_id, amount, created_at, id FROM allocated
        UNION ALL
        SELECT 'credit', reason, payment_id, NULL, amount, created_at, id FROM credited
        UNION ALL
        SELECT 'returned', '', payment_id, NULL, -SUM(amount), created_at, 0
        FROM (
            SELECT payment_id, amount, created_at FROM allocated WHERE reason = %(return)s
            UNION ALL
            SELECT payment_id, amount, created_at FROM credited WHERE reason = ANY (%(left)s)
        ) AS moved
        GROUP BY payment_id, created_at HAVING SUM(amount) <> 0
    )
    SELECT movement.kind, movement.reason, movement.created_at, payment.paid_at, payment.channel,
        COALESCE(NULLIF(payment.operation_number, ''), payment.provider_payment_id, ''), payment.id,
        account.number, invoice.document_code, invoice.invoice_number, movement.amount
    FROM movement
    JOIN billing_payment AS payment ON payment.id = movement.payment_id
    JOIN accounts_serviceaccount AS account ON account.id = payment.account_id
    LEFT JOIN billing_invoice AS invoice ON invoice.id = movement.invoice_id
    ORDER BY movement.created_at, movement.payment_id, movement.kind, movement.id
"""


class ExportedMovement(NamedTuple):
    """One line. Its fields, in this order, are the columns of the file (`docs/data-formats.md`)."""

    movement: str
    reason: str
    recorded_at: str
    paid_at: str
    channel: str
    operation_number: str
    payment_number: str
    account_number: str
    document_code: str
    invoice_number: str
    amount: Decimal


def export_rows(since: date, until: date, *, at_once: int = 2000) -> Iterator[ExportedMovement]:
    """The movements that the ledger took from the local date `since` to `until`, both whole, in the order they came.

    All of them as the ledger is when the first is asked for, whatever is written meanwhile. Inside a transaction they
    come as they are read; outside one PostgreSQL keeps them until the last is fetched. Memory holds `at_once` of them.
    """
    parameters: dict[str, datetime | str | list[str]] = {
        "since": midnight(since),
        "until": midnight(until + timedelta(days=1)),
        "return": AllocationReason.RETURN.value,
        "left": [reason.value for reason in LEFT_OR_CAME_BACK],
    }
    with connection.chunked_cursor() as cursor:
        cursor.execute(_MOVEMENTS, parameters)
        while rows := cursor.fetchmany(at_once):
            yield from map(_exported, rows)


type _Row = tuple[str, str, datetime, datetime, str, str, int, str, int | None, str | None, Decimal]


def _exported(row: _Row) -> ExportedMovement:
    kind, reason, recorded_at, paid_at, channel, operation, payment, account, code, number, amount = row
    return ExportedMovement(
        movement=kind,
        reason=reason,
        recorded_at=local_instant(recorded_at),
        paid_at=local_instant(paid_at),
        channel=channel,
        operation_number=operation,
        payment_number=f"P-{payment:08d}",
        account_number=format_account_number(account),
        document_code="" if code is None else str(code),
        invoice_number=number or "",
        amount=amount,
    )
