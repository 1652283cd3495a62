"""Which scenarios (docs/payment-scenarios.md) an example went through, told by what it left behind."""

from django.db import connection

from tests.soak.acts import acts_at_once
from tests.soak.world import World

_CHECKOUT = "payment.channel = 'checkout'"

_SEEN = {
    "02 two events, one session": """
        SELECT 1 FROM billing_webhookevent WHERE payment_id IS NOT NULL AND event_type LIKE '%%completed'
        GROUP BY payment_id HAVING COUNT(*) > 1
    """,
    "04 the event overtakes our answer": """
        SELECT 1 FROM billing_paymentevent WHERE from_state = 'created' AND to_state IN ('succeeded', 'processing')
    """,
    "10 every webhook lost, polling settles": """
        SELECT 1 FROM billing_paymentevent WHERE to_state = 'succeeded' AND cause = 'polling'
    """,
    "11 expired after completed": """
        SELECT 1 FROM billing_webhookevent event JOIN billing_payment payment ON payment.id = event.payment_id
        WHERE event.event_type LIKE '%%expired' AND payment.state = 'succeeded'
    """,
    "12 in process, then paid": """
        SELECT 1 FROM billing_paymentevent WHERE from_state = 'processing' AND to_state = 'succeeded'
    """,
    "12 in process, then failed": """
        SELECT 1 FROM billing_paymentevent WHERE from_state = 'processing' AND to_state = 'failed'
    """,
    "13 the earlier session is expired": """
        SELECT 1 FROM billing_paymentevent WHERE to_state = 'expired' AND cause = 'replaced_by_another_attempt'
    """,
    "13 paid before it could be expired": """
        SELECT 1 FROM billing_paymentevent WHERE to_state = 'succeeded' AND cause = 'replaced_by_another_attempt'
    """,
    "13 both paid, the second is credit and shown": """
        SELECT 1 FROM billing_creditentry credit
        JOIN billing_discrepancy finding ON finding.payment_id = credit.payment_id AND finding.kind = 'paid_twice'
        JOIN billing_paymentitem item ON item.payment_id = credit.payment_id
        JOIN billing_paymentitem other ON other.invoice_id = item.invoice_id AND other.payment_id <> item.payment_id
        JOIN billing_payment payment ON payment.id = other.payment_id
        WHERE credit.reason = 'already_paid' AND payment.channel = 'checkout' AND payment.state = 'succeeded'
    """,
    "14 selections that overlap, both paid": """
        SELECT 1 FROM billing_creditentry credit
        JOIN billing_allocation allocation USING (payment_id)
        JOIN billing_paymentitem item USING (payment_id)
        JOIN billing_paymentitem other ON other.invoice_id = item.invoice_id AND other.payment_id <> item.payment_id
        JOIN billing_payment payment ON payment.id = other.payment_id
        WHERE credit.reason = 'already_paid' AND payment.channel = 'checkout' AND payment.state = 'succeeded'
    """,
    "15 paid elsewhere, session expired": """
        SELECT 1 FROM billing_paymentevent WHERE to_state = 'expired' AND cause = 'paid_elsewhere'
    """,
    "15 paid elsewhere, too late": f"""
        SELECT 1 FROM billing_creditentry credit JOIN billing_payment payment ON payment.id = credit.payment_id
        WHERE {_CHECKOUT} AND credit.reason = 'already_paid'
    """,
    "16 void bill paid": f"""
        SELECT 1 FROM billing_creditentry credit JOIN billing_payment payment ON payment.id = credit.payment_id
        WHERE {_CHECKOUT} AND credit.reason = 'void_invoice'
    """,
    "16 re-issued bill, surplus or remainder": f"""
        SELECT 1 FROM billing_payment payment JOIN billing_paymentitem item ON item.payment_id = payment.id
        JOIN billing_invoice bill ON bill.id = item.invoice_id
        WHERE {_CHECKOUT} AND payment.state = 'succeeded' AND bill.status = 'open'
        AND bill.amount + bill.surcharge <> item.amount AND bill.applied > 0
    """,
    "a plan was paid": "SELECT 1 FROM payment_plans_paymentplan WHERE state = 'completed'",
    "a plan lapsed": "SELECT 1 FROM payment_plans_paymentplan WHERE state = 'lapsed'",
    "a plan ended though a part of it was paid": """
        SELECT 1 FROM payment_plans_paymentplan plan JOIN billing_cover cover ON cover.plan = plan.public_id
        WHERE plan.state IN ('lapsed', 'cancelled') AND cover.paid
    """,
    "17 instalment of a cancelled plan": f"""
        SELECT 1 FROM billing_paymentitem item JOIN billing_payment payment ON payment.id = item.payment_id
        JOIN billing_invoice bill ON bill.id = item.invoice_id
        JOIN billing_creditentry credit ON credit.payment_id = payment.id AND credit.reason = 'void_invoice'
        JOIN billing_discrepancy finding ON finding.payment_id = payment.id AND finding.kind = 'void_invoice_paid'
        WHERE {_CHECKOUT} AND payment.state = 'succeeded' AND bill.kind = 'instalment' AND bill.status = 'void'
    """,
    "18 amount or currency differs": """
        SELECT 1 FROM billing_discrepancy WHERE kind IN ('amount_differs', 'currency_differs')
    """,
    "23 of two refunds in part one failed": """
        SELECT 1 FROM billing_refund WHERE route = 'provider'
        GROUP BY payment_id HAVING COUNT(*) > 1 AND bool_or(state = 'failed') AND NOT bool_and(state = 'failed')
    """,
    "24 dispute after a refund in part": """
        SELECT 1 FROM billing_dispute dispute JOIN billing_refund refund USING (payment_id)
        WHERE refund.state <> 'failed' AND dispute.amount_withdrawn > 0
    """,
    "24 dispute won": "SELECT 1 FROM billing_dispute WHERE state = 'won' AND amount_reinstated > 0",
    "24 dispute lost": "SELECT 1 FROM billing_dispute WHERE state = 'lost' AND amount_taken > 0",
    "credit used alone": """
        SELECT 1 FROM billing_credituse used
        WHERE NOT EXISTS (SELECT 1 FROM billing_payment WHERE idempotency_key = used.key)
    """,
    "credit used before a checkout": """
        SELECT 1 FROM billing_credituse used JOIN billing_payment payment ON payment.idempotency_key = used.key
    """,
    "money that only reconciliation found": """
        SELECT 1 FROM billing_paymentevent WHERE to_state = 'succeeded' AND cause = 'reconciliation'
    """,
    "a channel undid its operation": "SELECT 1 FROM billing_refund WHERE route = 'channel'",
    "a channel told its operation in two ways": """
        SELECT 1 FROM billing_discrepancy WHERE kind = 'operation_differs'
    """,
}
_BY_STRIKE = {
    "one event at once": "01 the same event many times at once",
    "database down": "09 database down during the webhook",
    "answer lost: create": "05 the answer to the creation lost",
    "time out: create": "05 the creation times out",
    "over-refund refused": "23 over-refund refused",
    "double click on a refund": "23 double click on a refund",
    "dispute told in another order": "24 dispute told in another order",
    "changed while it is paid: surcharge": "16 surcharged during the checkout",
    "message and file": "a channel told its operation by message and file at once",
}
_BY_CRASH = {
    "payment saved": "06 killed before the provider was called",
    "checkout made": "06 killed after the session was created",
    "event stored": "07 killed between storing and settling",
    "settling": "08 killed in the middle of settling",
}
_RETURN_PAGE_AND_WEBHOOK = "03 return page and webhook at one moment"
_CAUSES_A_WEBHOOK = {
    "pay",
    "pay_by_voucher",
    "settle",
    "fail",
    "expire",
    "one_event_many_times",
    "redeliver",
    "release",
}

ALL = sorted([*_SEEN, *_BY_STRIKE.values(), *_BY_CRASH.values(), _RETURN_PAGE_AND_WEBHOOK])


def note_scenarios(world: World) -> set[str]:
    """The scenarios that this example went through."""
    seen = {scenario for strike, scenario in _BY_STRIKE.items() if world.strikes[strike]}
    seen |= {scenario for point, scenario in _BY_CRASH.items() if world.ground.crashes.struck[point]}
    if any("return_page" in acts and acts & _CAUSES_A_WEBHOOK for acts in map(acts_at_once, world.steps)):
        seen.add(_RETURN_PAGE_AND_WEBHOOK)
    with connection.cursor() as cursor:
        for scenario, query in _SEEN.items():
            cursor.execute(f"SELECT EXISTS ({query})", [])
            row = cursor.fetchone()
            if row is not None and row[0]:
                seen.add(scenario)
    return seen
