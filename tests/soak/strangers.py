"""Somebody who can write plain SQL and should not be able to do this. Each attempt commits unless it is refused."""

from django.db import DatabaseError, connection, transaction

from tests.soak.violations import NothingToDoError, Violation
from tests.soak.world import World

ATTEMPTS = {
    "money from nowhere": """
        INSERT INTO billing_creditentry (account_id, payment_id, amount, reason, created_at)
        SELECT account_id, id, 1, 'unassigned', now() FROM billing_payment WHERE state = 'succeeded' LIMIT 1
    """,
    "credit spent on nothing": """
        INSERT INTO billing_creditentry (account_id, payment_id, amount, reason, created_at)
        SELECT account_id, payment_id, -amount, 'spent', now() FROM billing_creditentry WHERE amount > 0 LIMIT 1
    """,
    "credit put on a bill that is paid": """
        WITH credit AS (
            SELECT account_id, payment_id, SUM(amount) AS amount FROM billing_creditentry
            GROUP BY 1, 2 HAVING SUM(amount) > 0 LIMIT 1
        ), on_bill AS (
            INSERT INTO billing_allocation (payment_id, invoice_id, amount, surcharge, created_at)
            SELECT credit.payment_id, bill.id, credit.amount, 0, now()
            FROM credit JOIN billing_invoice bill USING (account_id)
            WHERE bill.settled_at IS NOT NULL LIMIT 1 RETURNING payment_id, amount
        )
        INSERT INTO billing_creditentry (account_id, payment_id, amount, reason, created_at)
        SELECT account_id, payment_id, -on_bill.amount, 'spent', now() FROM on_bill JOIN credit USING (payment_id)
    """,
    "an allocation rewritten": "UPDATE billing_allocation SET amount = amount + 1",
    "credit deleted": "DELETE FROM billing_creditentry",
    "a bill paid by hand": "UPDATE billing_invoice SET applied = amount + surcharge WHERE applied < amount + surcharge",
    "a settled payment undone": """
        UPDATE billing_payment SET state = 'open', amount_received = NULL, settled_at = NULL WHERE state = 'succeeded'
    """,
    "a second receipt": """
        INSERT INTO billing_receipt (payment_id, verification_code, issued_at)
        SELECT payment_id, 'SECOND' || payment_id, now() FROM billing_receipt LIMIT 1
    """,
    "an event stored again": """
        INSERT INTO billing_webhookevent (source, event_id, event_type, body, received_at, status, attempts, last_error)
        SELECT source, event_id, event_type, body, now(), 'received', 0, '' FROM billing_webhookevent LIMIT 1
    """,
    "the log of a payment deleted": "DELETE FROM billing_paymentevent",
}


def write_without_asking(world: World) -> None:
    """All of them, one after the other. Raises NothingToDoError when there is nothing yet that one could touch."""
    if not sum([is_refused(attempt) for attempt in ATTEMPTS]):
        raise NothingToDoError
    world.strikes["stray writes refused"] += 1


def is_refused(attempt: str) -> bool:
    """Whether the database refuses it; not when there is nothing to touch. Raises Violation when it was written."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ATTEMPTS[attempt])
            touched = cursor.rowcount
    except DatabaseError:
        return True
    if touched:
        raise Violation(f"the database refuses {attempt}", f"{touched} rows written")
    return False
