"""Settles the operations of a staged `payments.csv` in the ledger, by sets where order does not matter.

Each line goes through `billing_allocate_item`, the one home of the rule, in the order in which the money came, so that
the second payment of a bill becomes credit. Receipts are issued and not mailed. Those of accounts that somebody has
linked are drawn by jobs, some at a time and after all other work; the rest when somebody asks: few of thirty million
papers ever are, and together they would be larger than all else in the database.
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import connection
from psycopg.sql import SQL, Composable, Literal

from billing.enums import PaymentState
from billing.hooks import InvoiceChange
from billing.imports.locking import lock_bills
from billing.imports.telling import expire_checkouts, in_batches, tell
from billing.models import Receipt
from billing.stored_documents import AFTER_OTHERS, schedule_drawings
from oficina.shared.enums import ImportAction
from oficina.shared.ids import PUBLIC_ID_LENGTH, VERIFICATION_CODE_LENGTH
from oficina.shared.imports.plans import by_index
from oficina.shared.imports.staging import StagedFile
from oficina.shared.money import CURRENCY

CAUSE = "import"
_LINES_A_STEP = 5000
_RECEIPTS_A_JOB = 20
"""Some seconds of work, so that what people wait for gets its turn soon."""


def settle_staged_operations(
    staged: StagedFile, fresh: Composable, now: datetime, still_going: Callable[[], None]
) -> int:
    """Records the rows `r` that are `fresh`, whose accounts are locked, and gives how many there were.

    `still_going` is called between steps and stops the import by raising.
    """
    _gather(staged, fresh)
    _insert_payments(staged, now)
    lock_bills(SQL("SELECT invoice_id FROM import_lines"))
    lines = staged.number(SQL("SELECT count(*) FROM import_lines"))
    with by_index():
        for first in range(1, lines + 1, _LINES_A_STEP):
            still_going()
            _allocate(staged, first, first + _LINES_A_STEP - 1, now)
    _issue_receipts(staged, now)
    _have_receipts_drawn()
    expire_checkouts(SQL("SELECT invoice_id FROM import_lines"))
    settled = SQL("SELECT DISTINCT invoice_id FROM import_lines WHERE settled")
    tell(InvoiceChange.SETTLED, settled)
    took_some = SQL("SELECT invoice_id FROM import_lines WHERE taken > 0 EXCEPT {}").format(settled)
    tell(InvoiceChange.BALANCE_MOVED, took_some)
    return lines


def _gather(staged: StagedFile, fresh: Composable) -> None:
    """`import_operations`, one a payment, with its id; `import_lines`, one an item, in the order of the money."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS import_operations, import_lines")
    staged.execute(
        SQL(
            "CREATE TEMPORARY TABLE import_operations ON COMMIT DROP AS"
            " SELECT nextval(pg_get_serial_sequence('billing_payment', 'id')) AS payment_id, operation.* FROM ("
            " SELECT channel, operation_number, account_id, paid_at, sum(amount) AS amount FROM import_rows r WHERE {}"
            " GROUP BY channel, operation_number, account_id, paid_at ORDER BY paid_at, min(line)) AS operation"
        ).format(fresh)
    )
    staged.execute(
        SQL(
            "CREATE TEMPORARY TABLE import_lines ON COMMIT DROP AS"
            " SELECT row_number() OVER (ORDER BY r.paid_at, r.line) AS place, operation.payment_id, r.invoice_id,"
            " r.amount, (r.paid_at AT TIME ZONE {})::date AS paid_on, 0.00 AS taken, false AS settled"
            " FROM import_rows r"
            " JOIN import_operations operation USING (channel, operation_number, account_id) WHERE {}"
        ).format(Literal(settings.TIME_ZONE), fresh)
    )
    staged.execute(SQL("ALTER TABLE import_lines ADD PRIMARY KEY (place)"))
    staged.execute(SQL("ANALYZE import_operations, import_lines"))


def _insert_payments(staged: StagedFile, now: datetime) -> None:
    """The payments, succeeded from their beginning as `record_external_payment` makes them, with their log."""
    succeeded, at, run = Literal(PaymentState.SUCCEEDED.value), Literal(now), Literal(staged.run_id)
    staged.execute(
        SQL(
            "INSERT INTO billing_payment (id, public_id, account_id, channel, operation_number, state, currency,"
            " amount_asked, amount_received, checkout_url, means_brand, means_funding, means_last4, failure_code,"
            " created_at, paid_at, settled_at)"
            " SELECT payment_id, lower(shared_random_code({})), account_id, channel, operation_number, {}, {},"
            " amount, amount, '', '', '', '', '', {}, paid_at, {} FROM import_operations ORDER BY payment_id"
        ).format(Literal(PUBLIC_ID_LENGTH), succeeded, Literal(CURRENCY), at, at)
    )
    staged.execute(
        SQL(
            "INSERT INTO billing_paymentevent (payment_id, from_state, to_state, cause, detail, at)"
            " SELECT payment_id, '', {}, {}, jsonb_build_object('import_run', {}::bigint), {}"
            " FROM import_operations ORDER BY payment_id"
        ).format(succeeded, Literal(CAUSE), run, at)
    )
    staged.execute(
        SQL(
            "INSERT INTO shared_importchange (run_id, model, object_id, action)"
            " SELECT {}, 'billing.payment', payment_id, {} FROM import_operations ORDER BY payment_id"
        ).format(run, Literal(ImportAction.INSERTED.value))
    )


def _allocate(staged: StagedFile, first: int, last: int, now: datetime) -> None:
    """Makes the items of these lines and puts their money where it belongs, one line after the other.

    An item freezes the surcharge that its bill has once it is paid on that day, as `Invoice.surcharge_when_paid` does.
    """
    staged.execute(
        SQL("""
            DO $$
            DECLARE
                line import_lines;
                item bigint;
                put record;
            BEGIN
                FOR line IN SELECT * FROM import_lines WHERE place BETWEEN {first} AND {last} ORDER BY place LOOP
                    INSERT INTO billing_paymentitem (payment_id, invoice_id, amount, surcharge, live)
                        SELECT line.payment_id, bill.id, line.amount, GREATEST(
                            bill.surcharge,
                            bill.applied + bill.covered - bill.amount + billing_amount_due(
                                bill.status, bill.amount, bill.surcharge, bill.applied + bill.covered,
                                bill.due_on, bill.later_due_on, bill.later_amounts, line.paid_on
                            )
                        ), false
                        FROM billing_invoice bill WHERE bill.id = line.invoice_id
                        RETURNING id INTO item;
                    SELECT taken, settled INTO put FROM billing_allocate_item(item, line.paid_on, {at});
                    IF put.taken > 0 THEN
                        UPDATE import_lines SET taken = put.taken, settled = put.settled WHERE place = line.place;
                    END IF;
                END LOOP;
            END
            $$
        """).format(first=Literal(first), last=Literal(last), at=Literal(now))
    )


def _issue_receipts(staged: StagedFile, now: datetime) -> None:
    staged.execute(
        SQL(
            "INSERT INTO billing_receipt (payment_id, verification_code, issued_at)"
            " SELECT payment_id, shared_random_code({}), {} FROM import_operations ORDER BY payment_id"
        ).format(Literal(VERIFICATION_CODE_LENGTH), Literal(now))
    )


def _have_receipts_drawn() -> None:
    """Those that somebody can ask for: of the accounts that are linked."""
    linked = SQL(
        "SELECT receipt.id FROM import_operations operation"
        " JOIN billing_receipt receipt ON receipt.payment_id = operation.payment_id"
        " WHERE EXISTS (SELECT FROM accounts_accountlink link"
        " WHERE link.account_id = operation.account_id AND link.unlinked_at IS NULL)"
    )
    for receipt_ids in in_batches(linked, _RECEIPTS_A_JOB):
        schedule_drawings(Receipt._meta.label_lower, receipt_ids, priority=AFTER_OTHERS)
