"""What must be true of payment plans: that a debt is in one place at a time, whole."""

from django.db import connection

from tests.soak.violations import Violation

_CAPITAL = """
    WITH documents AS (
        SELECT plan_id, invoice_id, capital FROM payment_plans_planinstalment
        UNION ALL SELECT plan_id, invoice_id, capital FROM payment_plans_planpayoff
    ), capital AS (
        SELECT plan_id,
            COALESCE(SUM(capital) FILTER (WHERE invoice.settled_at IS NOT NULL), 0) AS paid,
            COALESCE(SUM(capital) FILTER (
                WHERE invoice.settled_at IS NULL AND invoice.status = 'open' AND NOT invoice.offered
            ), 0) AS owed,
            COALESCE(bool_or(invoice.settled_at IS NULL AND invoice.status = 'open'), false) AS any_payable,
            COALESCE(bool_or(invoice.status = 'open' AND NOT invoice.offered), false) AS any_owed
        FROM documents JOIN billing_invoice AS invoice ON invoice.id = documents.invoice_id GROUP BY 1
    ), covered AS (
        SELECT plan, COALESCE(SUM(amount) FILTER (WHERE paid), 0) AS paid,
            COALESCE(SUM(amount) FILTER (WHERE NOT paid), 0) AS meanwhile
        FROM billing_cover GROUP BY 1
    )
    SELECT plan.id, plan.state, plan.debt, capital.paid, capital.owed, covered.paid, covered.meanwhile
    FROM payment_plans_paymentplan AS plan
    JOIN capital ON capital.plan_id = plan.id
    LEFT JOIN covered ON covered.plan = plan.public_id
    WHERE
"""
TRUTHS_OF_PLANS = {
    "a plan in force covers its whole debt, and its documents owe what of it is not paid": _CAPITAL
    + """
        plan.state = 'in_force' AND (
            covered.meanwhile IS DISTINCT FROM plan.debt OR covered.paid <> 0
            OR capital.paid + capital.owed <> plan.debt
        )
    """,
    "a plan that was paid covers its whole debt for good": _CAPITAL
    + """
        plan.state = 'completed'
        AND (covered.paid IS DISTINCT FROM plan.debt OR covered.meanwhile <> 0 OR capital.paid <> plan.debt)
    """,
    "a plan that ended covers the capital that was paid": _CAPITAL
    + """
        plan.state IN ('lapsed', 'cancelled')
        AND (covered.paid IS DISTINCT FROM capital.paid OR covered.meanwhile <> 0)
    """,
    "a plan that did not begin covers nothing and owes nothing": _CAPITAL
    + """
        plan.state IN ('waiting', 'ended')
        AND (COALESCE(covered.paid + covered.meanwhile, 0) <> 0 OR capital.any_owed)
    """,
    "nobody pays the documents of a plan that is over": _CAPITAL
    + """
        plan.state IN ('completed', 'lapsed', 'cancelled', 'ended') AND capital.any_payable
    """,
}


def check_plans() -> None:
    """What one snapshot of the database says. Raises Violation."""
    for truth, query in TRUTHS_OF_PLANS.items():
        with connection.cursor() as cursor:
            cursor.execute(query)
            if rows := cursor.fetchall():
                raise Violation(truth, rows)
