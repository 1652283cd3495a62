"""What must be true of the money of the whole database at any moment, told by SQL that shares nothing with our code."""

from django.db import connection

from billing.enums import PaymentState
from billing.models import PaymentEvent
from billing.transitions import BEGINNINGS, TRANSITIONS

LEDGER_TRUTHS = {
    "what a payment received is on its bills, is credit, or left by a refund or a dispute": """
        SELECT payment.id, payment.amount_received, allocated.total, credited.total, refunded.total, disputed.total
        FROM billing_payment AS payment
        LEFT JOIN (SELECT payment_id, SUM(amount) AS total FROM billing_allocation GROUP BY 1) AS allocated
            ON allocated.payment_id = payment.id
        LEFT JOIN (SELECT payment_id, SUM(amount) AS total FROM billing_creditentry GROUP BY 1) AS credited
            ON credited.payment_id = payment.id
        LEFT JOIN (
            SELECT payment_id, SUM(amount) AS total FROM billing_refund WHERE state <> 'failed' GROUP BY 1
        ) AS refunded ON refunded.payment_id = payment.id
        LEFT JOIN (SELECT payment_id, SUM(amount_taken) AS total FROM billing_dispute GROUP BY 1) AS disputed
            ON disputed.payment_id = payment.id
        WHERE COALESCE(amount_received, 0) <> COALESCE(allocated.total, 0) + COALESCE(credited.total, 0)
                + COALESCE(refunded.total, 0) + COALESCE(disputed.total, 0)
            OR credited.total < 0 OR allocated.total < 0 OR disputed.total < 0
    """,
    "no more is refunded than was received": """
        SELECT payment.id, payment.amount_received, SUM(refund.amount)
        FROM billing_refund AS refund JOIN billing_payment AS payment ON payment.id = refund.payment_id
        WHERE refund.state <> 'failed'
        GROUP BY payment.id HAVING SUM(refund.amount) > COALESCE(payment.amount_received, 0)
    """,
    "a dispute takes all that was withdrawn, or all that refunds and other disputes left": """
        SELECT dispute.id FROM billing_dispute AS dispute
        JOIN billing_payment AS payment ON payment.id = dispute.payment_id
        WHERE dispute.amount_taken > dispute.amount_withdrawn - dispute.amount_reinstated
            OR (
                dispute.amount_taken < dispute.amount_withdrawn - dispute.amount_reinstated
                AND payment.amount_received <> (
                    SELECT COALESCE(SUM(amount), 0) FROM billing_refund
                    WHERE payment_id = payment.id AND state <> 'failed'
                ) + (SELECT SUM(amount_taken) FROM billing_dispute WHERE payment_id = payment.id)
            )
    """,
    "credit that was used arrived on bills of its account": """
        SELECT used.id, used.amount, spent.total, arrived.total FROM billing_credituse AS used
        LEFT JOIN (SELECT credit_use_id, -SUM(amount) AS total FROM billing_creditentry GROUP BY 1) AS spent
            ON spent.credit_use_id = used.id
        LEFT JOIN (SELECT credit_use_id, SUM(amount) AS total FROM billing_allocation GROUP BY 1) AS arrived
            ON arrived.credit_use_id = used.id
        WHERE spent.total IS DISTINCT FROM used.amount OR arrived.total IS DISTINCT FROM used.amount
    """,
    "what a bill has is the sum of its allocations and of its cover": """
        SELECT invoice.id, invoice.applied, allocated.total, invoice.covered, covering.total, invoice.financed,
            covering.unpaid, invoice.surcharge, allocated.surcharge, covering.surcharge
        FROM billing_invoice AS invoice
        LEFT JOIN (
            SELECT invoice_id, SUM(amount) AS total, SUM(surcharge) AS surcharge FROM billing_allocation GROUP BY 1
        ) AS allocated ON allocated.invoice_id = invoice.id
        LEFT JOIN (
            SELECT invoice_id, SUM(amount) AS total, SUM(surcharge) AS surcharge,
                SUM(amount) FILTER (WHERE NOT paid) AS unpaid
            FROM billing_cover GROUP BY 1
        ) AS covering ON covering.invoice_id = invoice.id
        WHERE invoice.applied <> COALESCE(allocated.total, 0)
            OR invoice.covered <> COALESCE(covering.total, 0)
            OR invoice.financed <> COALESCE(covering.unpaid, 0)
            OR invoice.surcharge <> COALESCE(allocated.surcharge, 0) + COALESCE(covering.surcharge, 0)
    """,
    "a bill takes no more than it costs, and a void one nothing": """
        SELECT id, status, amount, surcharge, applied, covered FROM billing_invoice
        WHERE applied < 0 OR covered < 0 OR applied + covered > amount + surcharge
            OR (status = 'void' AND applied + covered <> 0)
    """,
    "a bill is settled exactly when it is paid": """
        SELECT id, settled_at, amount, surcharge, applied, covered, financed FROM billing_invoice
        WHERE (settled_at IS NOT NULL)
            <> (applied + covered > 0 AND applied + covered = amount + surcharge AND financed = 0)
    """,
    "no plan takes back more of a bill than it covered, and none covers an instalment": """
        SELECT cover.plan, cover.invoice_id, SUM(cover.amount)
        FROM billing_cover AS cover JOIN billing_invoice AS invoice ON invoice.id = cover.invoice_id
        GROUP BY 1, 2, invoice.kind HAVING SUM(cover.amount) < 0 OR invoice.kind = 'instalment'
    """,
    "only instalments are offers, and nobody is covered by two plans in force": """
        SELECT invoice.id, invoice.kind FROM billing_invoice AS invoice
        WHERE (invoice.offered AND invoice.kind <> 'instalment') OR (
            SELECT COUNT(*) FROM (
                SELECT plan FROM billing_cover WHERE invoice_id = invoice.id AND NOT paid
                GROUP BY plan HAVING SUM(amount) > 0
            ) AS in_force
        ) > 1
    """,
    "a payment that succeeded has one receipt, and no other has any": """
        SELECT payment.id, payment.state, COUNT(receipt.id)
        FROM billing_payment AS payment LEFT JOIN billing_receipt AS receipt ON receipt.payment_id = payment.id
        GROUP BY payment.id
        HAVING COUNT(receipt.id) <> CASE payment.state WHEN 'succeeded' THEN 1 ELSE 0 END
    """,
    "a bill has at most one live attempt, and its items say so": """
        SELECT item.invoice_id, COUNT(*)
        FROM billing_paymentitem AS item JOIN billing_payment AS payment ON payment.id = item.payment_id
        GROUP BY item.invoice_id
        HAVING COUNT(*) FILTER (WHERE payment.state IN ('created', 'open', 'processing')) > 1
            OR bool_or(item.live <> (payment.state IN ('created', 'open', 'processing')))
    """,
    "a checkout asks for what its items add up to": """
        SELECT payment.id, payment.amount_asked, SUM(item.amount)
        FROM billing_payment AS payment LEFT JOIN billing_paymentitem AS item ON item.payment_id = payment.id
        WHERE payment.channel = 'checkout'
        GROUP BY payment.id HAVING payment.amount_asked IS DISTINCT FROM SUM(item.amount)
    """,
    "a settled payment received what was asked": """
        SELECT id, amount_asked, amount_received FROM billing_payment
        WHERE state = 'succeeded' AND amount_received <> amount_asked
    """,
    "a payment puts on a bill no more than was chosen": """
        SELECT item.payment_id, item.invoice_id, item.amount, SUM(allocation.amount)
        FROM billing_allocation AS allocation
        LEFT JOIN billing_paymentitem AS item
            ON item.payment_id = allocation.payment_id AND item.invoice_id = allocation.invoice_id
        WHERE allocation.reason = 'paid'
        GROUP BY item.id HAVING item.id IS NULL OR SUM(allocation.amount) > item.amount
    """,
    "money stays with its account and its currency": """
        SELECT payment.id FROM billing_payment AS payment
        LEFT JOIN billing_allocation AS allocation ON allocation.payment_id = payment.id
        LEFT JOIN billing_invoice AS invoice ON invoice.id = allocation.invoice_id
        LEFT JOIN billing_creditentry AS credit ON credit.payment_id = payment.id
        WHERE payment.currency <> 'ARS' OR invoice.account_id <> payment.account_id
            OR credit.account_id <> payment.account_id
    """,
    "the office is told of money for bills that were paid, in a plan or void": """
        SELECT credit.payment_id, credit.reason FROM billing_creditentry AS credit
        WHERE credit.reason IN ('already_paid', 'void_invoice', 'in_plan', 'invoice_voided') AND NOT EXISTS (
            SELECT 1 FROM billing_discrepancy AS finding WHERE finding.payment_id = credit.payment_id
            AND finding.kind IN ('paid_twice', 'void_invoice_paid', 'paid_in_plan')
        )
    """,
}

THE_LOG = "the log of a payment tells each of its moves"


def ledger_invariants() -> None:
    """Assert all of them. Names the violated one with the rows that violate it."""
    for truth in LEDGER_TRUTHS:
        rows = rows_against(truth)
        assert not rows, f"not true that {truth}: {rows}"
    the_log_tells_every_move()


def rows_against(truth: str) -> list[tuple[object, ...]]:
    """The rows that violate one of `LEDGER_TRUTHS`."""
    with connection.cursor() as cursor:
        cursor.execute(LEDGER_TRUTHS[truth])
        rows: list[tuple[object, ...]] = cursor.fetchall()
        return rows


def the_log_tells_every_move() -> None:
    """Assert that the log of each payment leads, by legal moves, from a beginning to the state that it has."""
    moves: dict[int, list[tuple[str, str]]] = {}
    states: dict[int, str] = {}
    events = PaymentEvent.objects.order_by("id").values_list("payment_id", "from_state", "to_state", "payment__state")
    for payment_id, before, after, state in events:
        moves.setdefault(payment_id, []).append((before, after))
        states[payment_id] = state
    for payment_id, steps in moves.items():
        told = f"not true that {THE_LOG}: payment {payment_id} ({states[payment_id]}): {steps}"
        assert steps[0][0] == "", told
        assert PaymentState(steps[0][1]) in BEGINNINGS, told
        assert all((PaymentState(before), PaymentState(after)) in TRANSITIONS for before, after in steps[1:]), told
        assert [before for before, _ in steps[1:]] == [after for _, after in steps[:-1]], told
        assert steps[-1][1] == states[payment_id], told
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM billing_payment EXCEPT SELECT payment_id FROM billing_paymentevent")
        assert not cursor.fetchall(), f"not true that {THE_LOG}: it has none"
