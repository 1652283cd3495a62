"""Each trigger of the database, by a statement that it alone stops: one that is not named here fails the test."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from accounts.models import User
from billing.models import Invoice
from oficina.shared.audit.tracking import TRIGGER
from tests.billing.ledger.every_table import rows_in_each_table
from tests.billing.ledger.plain_sql import copy, rows, stopped_by
from tests.billing.ledger.refusing import run
from tests.factories.billing import open_checkout

pytestmark = pytest.mark.django_db

_SUCCEEDED = "(SELECT MAX(id) FROM billing_payment WHERE state = 'succeeded' AND channel = 'checkout')"
_OTHERS_INVOICE = "(SELECT MIN(id) FROM billing_invoice WHERE account_id <> billing_payment.account_id)"
_UNPAID = "(SELECT MAX(id) FROM billing_invoice WHERE applied = 0 AND account_id = billing_payment.account_id)"


def _allocate(amount: int, invoice: str, reverses: str = "NULL") -> str:
    return f"""
        INSERT INTO billing_allocation (payment_id, invoice_id, amount, surcharge, reason, reverses_id, created_at)
        SELECT id, {invoice}, {amount}, 0, 'paid', {reverses}, now() FROM billing_payment WHERE id = {_SUCCEEDED}
    """


def _credit(account: str) -> str:
    return f"""
        INSERT INTO billing_creditentry (account_id, payment_id, amount, reason, created_at)
        SELECT {account}, id, 1, 'surplus', now() FROM billing_payment WHERE id = {_SUCCEEDED}
    """


def _choose(invoice: str) -> str:
    return f"""
        INSERT INTO billing_paymentitem (payment_id, invoice_id, amount, surcharge, live)
        SELECT id, {invoice}, 1, 0, false FROM billing_payment WHERE id = {_SUCCEEDED}
    """


_OPEN_SHIFT = "shift_id IN (SELECT id FROM billing_tillshift WHERE closed_at IS NULL)"
_CLOSED_SHIFT = "shift_id IN (SELECT id FROM billing_tillshift WHERE closed_at IS NOT NULL)"

STOPPED = {
    ("billing_payment", "is_in_the_till"): f"""
        {copy("billing_payment", "channel = 'rapipago'", public_id="x", operation_number="x", channel="desk_cash")};
        INSERT INTO billing_creditentry (account_id, payment_id, amount, reason, created_at)
        SELECT account_id, id, amount_received, 'unassigned', now() FROM billing_payment WHERE public_id = 'x'
    """,
    ("billing_tillpayment", "annulled_once"): """
        UPDATE billing_tillpayment SET annulment_reason = 'Otro' WHERE annulled_at IS NOT NULL
    """,
    ("billing_tillpayment", "annulled_with_its_money"): f"""
        UPDATE billing_tillpayment SET annulled_at = now(), annulment_reason = 'x',
            annulled_by_id = (SELECT clerk_id FROM billing_tillshift WHERE id = shift_id)
        WHERE annulled_at IS NULL AND {_OPEN_SHIFT}
    """,
    ("billing_tillpayment", "as_its_payment"): copy("billing_tillpayment", _OPEN_SHIFT, key="x", amount=1),
    ("billing_tillpayment", "in_an_open_shift"): copy("billing_tillpayment", _CLOSED_SHIFT, key="x"),
    ("billing_tillpayment", "what_was_taken_stays"): f"""
        UPDATE billing_tillpayment SET amount = 1 WHERE annulled_at IS NULL AND {_OPEN_SHIFT}
    """,
    ("billing_tillshift", "begins_open"): copy("billing_tillshift", "closed_at IS NOT NULL"),
    ("billing_tillshift", "closed_for_good"): """
        UPDATE billing_tillshift SET difference_reason = 'x' WHERE closed_at IS NOT NULL
    """,
    ("billing_tillshift", "closes_with_its_cash"): """
        UPDATE billing_tillshift SET closed_at = now(), closed_by_id = clerk_id, expected_cash = 0, counted_cash = 0
        WHERE closed_at IS NULL
    """,
    ("billing_tillshift", "opening_stays"): "UPDATE billing_tillshift SET opening_cash = 1 WHERE closed_at IS NULL",
    ("accounts_accountlink", "proof_due_since_a_change"): """
        UPDATE accounts_accountlink SET must_prove_since = '2026-01-01' WHERE must_prove_since IS NULL
    """,
    ("accounts_accountlink", "proof_not_put_off"): """
        UPDATE accounts_accountlink link SET must_prove_since = (
            SELECT MAX(changed_at) FROM accounts_holderchange WHERE account_id = link.account_id
        ) WHERE must_prove_since IS NOT NULL
    """,
    ("accounts_attention", "ended_for_good"): """
        UPDATE accounts_attention SET ended_at = began_at + interval '1 minute';
        UPDATE accounts_attention SET outcome = 'x'
    """,
    ("accounts_attention", "who_came_stays"): "UPDATE accounts_attention SET document = '1'",
    ("accounts_attentionstep", "only_while_attending"): """
        UPDATE accounts_attention SET ended_at = began_at + interval '1 minute';
        INSERT INTO accounts_attentionstep (attention_id, deed, said, at) SELECT id, 'other', 'x', now()
            FROM accounts_attention ORDER BY id LIMIT 1
    """,
    ("accounts_linkinvitation", "ended_for_good"): """
        UPDATE accounts_linkinvitation SET replaced_at = now();
        UPDATE accounts_linkinvitation SET replaced_at = NULL
    """,
    ("accounts_linkinvitation", "invitation_stays"): "UPDATE accounts_linkinvitation SET expires_at = now()",
    ("accounts_customerview", "ended_for_good"): """
        UPDATE accounts_customerview SET ended_at = now() WHERE ended_at IS NOT NULL
    """,
    ("accounts_customerview", "view_stays"): """
        UPDATE accounts_customerview SET reason = 'Otro motivo' WHERE ended_at IS NULL
    """,
    ("adhesions_billdelivery", "begins_queued"): copy("adhesions_billdelivery", public_id="x", state="not_needed"),
    ("adhesions_billdelivery", "identity_stays"): "UPDATE adhesions_billdelivery SET email = 'otra@correo.example'",
    ("adhesions_billdelivery", "legal_move"): """
        UPDATE adhesions_billdelivery SET state = 'sent', sent_at = now();
        UPDATE adhesions_billdelivery SET state = 'queued', sent_at = NULL
    """,
    ("adhesions_bouncesecret", "retired_for_good"): """
        UPDATE adhesions_bouncesecret SET valid_until = valid_from, retired_by_id = created_by_id;
        UPDATE adhesions_bouncesecret SET valid_until = valid_from + interval '1 day'
    """,
    ("adhesions_bouncesecret", "secret_stays"): "UPDATE adhesions_bouncesecret SET encrypted = 'otro'",
    ("adhesions_bouncesource", "identity_stays"): "UPDATE adhesions_bouncesource SET slug = 'otro'",
    ("adhesions_cardsetup", "begins_begun"): copy(
        "adhesions_cardsetup", "state = 'opened'", public_id="x", session_id="x"
    ),
    ("adhesions_cardsetup", "decided_for_good"): """
        UPDATE adhesions_cardsetup SET checked_at = now() WHERE state = 'done'
    """,
    ("adhesions_cardsetup", "legal_move"): """
        UPDATE adhesions_cardsetup SET state = 'done', session_id = 'x', page_address = 'x', decided_at = now(),
            mandate_id = (SELECT MAX(id) FROM adhesions_directdebit) WHERE state = 'begun'
    """,
    ("adhesions_cardsetup", "named_once"): "UPDATE adhesions_cardsetup SET page_address = 'x' WHERE state = 'opened'",
    ("adhesions_cardsetup", "what_was_agreed_stays"): "UPDATE adhesions_cardsetup SET cap = 1 WHERE state = 'opened'",
    ("adhesions_digitalbilling", "ended_for_good"): """
        UPDATE adhesions_digitalbilling SET ended_at = started_at, end_reason = 'office';
        UPDATE adhesions_digitalbilling SET ended_at = NULL, end_reason = ''
    """,
    ("adhesions_mailproof", "stays_as_asked"): """
        UPDATE adhesions_mailproof SET email = 'otra@correo.example' WHERE used_at IS NULL
    """,
    ("adhesions_mailproof", "used_once"): "UPDATE adhesions_mailproof SET wrong_codes = 1 WHERE used_at IS NOT NULL",
    ("adhesions_digitalbilling", "stays_as_made"): """
        UPDATE adhesions_digitalbilling SET email = 'otra@correo.example'
    """,
    ("billing_allocation", "conservation"): _allocate(1, _UNPAID),
    ("billing_allocation", "moves_its_invoice"): _allocate(1, _OTHERS_INVOICE),
    ("billing_allocation", "reversal_mirrors"): _allocate(-1, _UNPAID, "(SELECT MAX(id) FROM billing_allocation)"),
    ("billing_channelsecret", "retired_for_good"): """
        UPDATE billing_channelsecret SET valid_until = valid_from, retired_by_id = created_by_id;
        UPDATE billing_channelsecret SET valid_until = valid_from + interval '1 day'
    """,
    ("billing_channelsecret", "secret_stays"): "UPDATE billing_channelsecret SET encrypted = 'otro'",
    ("adhesions_directdebit", "ended_for_good"): """
        UPDATE adhesions_directdebit SET ended_at = started_at, end_reason = 'office';
        UPDATE adhesions_directdebit SET ended_at = NULL, end_reason = ''
    """,
    ("adhesions_directdebit", "stays_as_made"): "UPDATE adhesions_directdebit SET cap = 1",
    ("adhesions_scheduleddebit", "legal_beginning"): copy(
        "adhesions_scheduleddebit", state="under_way", try_on=None, public_id="x"
    ),
    ("adhesions_scheduleddebit", "legal_transition"): """
        UPDATE adhesions_scheduleddebit SET state = 'rejected', try_on = NULL, decided_at = now()
    """,
    ("adhesions_scheduleddebit", "what_was_told_stays"): "UPDATE adhesions_scheduleddebit SET amount = amount + 1",
    ("billing_charge", "begins_without_invoice"): copy("billing_charge", status="invoiced"),
    ("billing_charge", "decided_for_good"): "UPDATE billing_charge SET amount = 1 WHERE status = 'invoiced'",
    ("billing_charge", "identity_stays"): "UPDATE billing_charge SET charge_number = 'x' WHERE status = 'pending'",
    ("billing_charge", "invoice_like_itself"): """
        UPDATE billing_charge SET invoice_id = (SELECT MIN(id) FROM billing_invoice)
            WHERE status = 'pending'
    """,
    ("billing_chargevoucher", "shows_an_invoiced_charge"): """
        INSERT INTO billing_chargevoucher (charge_id, verification_code, issued_at, holder_name, holder_document,
            holder_vat_condition, service_address, locality)
        SELECT id, 'x', now(), 'x', '', '', 'x', 'x' FROM billing_charge WHERE status = 'pending'
    """,
    ("billing_chargevoucher", "stays_as_issued"): "UPDATE billing_chargevoucher SET holder_name = 'otro'",
    ("billing_chargevoucher", "written_once"): """
        UPDATE billing_chargevoucher SET pdf = 'a', rendered_at = now(); UPDATE billing_chargevoucher SET pdf = 'b'
    """,
    ("billing_claim", "begins_open"): copy("billing_claim", "state = 'upheld'", public_id="x"),
    ("billing_claim", "ended_for_good"): "UPDATE billing_claim SET answer = 'otra' WHERE state = 'upheld'",
    ("billing_claim", "file_of_its_maker"): copy("billing_claim", "state = 'open'", made_by_id=-1),
    ("billing_claim", "what_was_claimed_stays"): "UPDATE billing_claim SET text = 'otro' WHERE state = 'open'",
    ("billing_collectionchannel", "identity_stays"): "UPDATE billing_collectionchannel SET sandbox = NOT sandbox",
    ("billing_collectionoperation", "identity_stays"): "UPDATE billing_collectionoperation SET operation_number = 'x'",
    ("billing_collectionoperation", "written_once"): "UPDATE billing_collectionoperation SET amount = amount + 1",
    ("billing_cover", "moves_its_invoice"): """
        INSERT INTO billing_cover (invoice_id, amount, surcharge, plan, paid, created_at)
        SELECT id, 1, 0, 'plan', false, now() FROM billing_invoice WHERE kind = 'instalment' ORDER BY id LIMIT 1
    """,
    ("billing_cover", "reversal_mirrors"): """
        INSERT INTO billing_cover (invoice_id, amount, surcharge, plan, paid, created_at, reverses_id)
        SELECT invoice_id, -amount, 0, 'another', paid, now(), id FROM billing_cover
            WHERE id = (SELECT MIN(id) FROM billing_cover)
    """,
    ("billing_creditentry", "conservation"): _credit("account_id"),
    ("billing_creditentry", "credit_same_account"): _credit("(SELECT MIN(id) FROM accounts_serviceaccount)"),
    ("billing_credituse", "moves_what_it_says"): copy("billing_credituse", key="another"),
    ("billing_debtcertificate", "certifies_no_debt"): """
        INSERT INTO billing_debtcertificate (account_id, requested_by_id, verification_code, issued_at, holder_name,
            service_address, locality)
        SELECT account_id, (SELECT MIN(id) FROM accounts_user), 'x', now(), 'x', 'x', 'x'
        FROM billing_invoice WHERE applied = 0 ORDER BY id LIMIT 1
    """,
    ("billing_debtcertificate", "stays_as_issued"): "UPDATE billing_debtcertificate SET holder_name = 'otro'",
    ("billing_debtcertificate", "written_once"): """
        UPDATE billing_debtcertificate SET pdf = 'a', rendered_at = now();
        UPDATE billing_debtcertificate SET pdf = 'b'
    """,
    ("billing_discrepancy", "assigned_within_the_office"): """
        UPDATE billing_discrepancy SET assigned_to_id = (SELECT MIN(id) FROM accounts_user WHERE NOT is_staff)
    """,
    ("billing_discrepancy", "begins_open"): copy("billing_discrepancy", key="x", state="reopened"),
    ("billing_discrepancy", "legal_transition"): "UPDATE billing_discrepancy SET state = 'open'",
    ("billing_discrepancy", "finding_stays"): "UPDATE billing_discrepancy SET kind = 'late_payment'",
    ("billing_dispute", "conservation"): """
        UPDATE billing_dispute SET amount_withdrawn = 10, amount_taken = 10, withdrawn_at = now()
    """,
    ("billing_dispute", "identity_stays"): "UPDATE billing_dispute SET provider_dispute_id = 'du_' || id",
    ("billing_dispute", "legal_transition"): """
        UPDATE billing_dispute SET state = 'won'; UPDATE billing_dispute SET state = 'needs_response'
    """,
    ("billing_dispute", "sums_only_grow"): """
        UPDATE billing_dispute SET amount_withdrawn = 10, withdrawn_at = now();
        UPDATE billing_dispute SET amount_withdrawn = 9
    """,
    ("billing_invoice", "identity_stays"): "UPDATE billing_invoice SET invoice_number = 'x'",
    ("billing_invoice", "moved_by_ledger"): "UPDATE billing_invoice SET applied = applied - 1 WHERE applied > 1",
    ("billing_invoice", "owed_for_good"): "UPDATE billing_invoice SET offered = true WHERE kind = 'instalment'",
    ("billing_invoice", "own_document_stays"): """
        UPDATE billing_invoice SET due_on = due_on + 1 WHERE kind <> 'service'
    """,
    ("billing_invoice", "price_stays_once_paid"): """
        UPDATE billing_invoice SET amount = amount + 1
            WHERE id = (SELECT MIN(id) FROM billing_invoice WHERE settled_at IS NOT NULL)
    """,
    ("billing_invoice", "starts_unpaid"): copy("billing_invoice", applied=1),
    ("billing_invoiceseries", "begins_at_zero"): copy("billing_invoiceseries", last_number=1),
    ("billing_invoiceseries", "every_number_is_an_invoice"): """
        UPDATE billing_invoiceseries SET last_number = last_number + 1
    """,
    ("billing_invoiceseries", "identity_stays"): "UPDATE billing_invoiceseries SET point_of_sale = 77",
    ("billing_invoiceseries", "one_number_after_the_other"): """
        UPDATE billing_invoiceseries SET last_number = last_number + 2
    """,
    ("billing_lateinterestpolicy", "stays_once_in_force"): "DELETE FROM billing_lateinterestpolicy",
    ("billing_payment", "asks_for_its_items"): copy(
        "billing_payment", "state = 'open'", state="created",
        public_id="x", idempotency_key="x", provider_session_id=None, provider_payment_id=None,
    ),
    ("billing_payment", "conservation"): copy(
        "billing_payment", "channel <> 'checkout'", public_id="x", operation_number="x"
    ),
    ("billing_payment", "legal_beginning"): copy("billing_payment", "channel = 'checkout'", state="succeeded"),
    ("billing_payment", "legal_transition"): "UPDATE billing_payment SET state = 'open' WHERE state = 'succeeded'",
    ("billing_payment", "what_was_asked_stays"): "UPDATE billing_payment SET amount_asked = amount_asked + 1",
    ("billing_payment", "written_once"): """
        UPDATE billing_payment SET provider_session_id = 'cs_other' WHERE state = 'open'
    """,
    ("billing_paymentitem", "asks_for_its_items"): _choose(_UNPAID),
    ("billing_paymentitem", "live_as_its_payment"): _choose(_OTHERS_INVOICE),
    ("billing_paymentitem", "selection_stays"): "UPDATE billing_paymentitem SET amount = amount + 1",
    ("billing_paymentreport", "accepted_with_its_money"): """
        UPDATE billing_paymentreport SET state = 'accepted', decided_at = now(),
            payment_id = (SELECT MIN(payment_id) FROM billing_paymentitem)
            WHERE state = 'submitted'
    """,
    ("billing_paymentreport", "begins_under_review"): copy(
        "billing_paymentreport", "state = 'rejected'", public_id="x", proof_id=None
    ),
    ("billing_paymentreport", "decided_for_good"): """
        UPDATE billing_paymentreport SET answer = 'otro' WHERE state = 'rejected'
    """,
    ("billing_paymentreport", "what_was_told_stays"): """
        UPDATE billing_paymentreport SET amount = amount + 1 WHERE state = 'submitted'
    """,
    ("billing_providerpayout", "as_sent"): "UPDATE billing_providerpayout SET amount = amount + 1",
    ("billing_providerpayout", "written_once"): """
        UPDATE billing_providerpayout SET bank_amount = 1, bank_on = now(), bank_seen_at = now(),
            bank_seen_by_id = (SELECT MIN(id) FROM accounts_user);
        UPDATE billing_providerpayout SET bank_amount = 2
    """,
    ("billing_receipt", "stays_as_issued"): "UPDATE billing_receipt SET verification_code = 'x'",
    ("billing_receipt", "proves_a_settled_payment"): copy("billing_receipt", payment_id=0),
    ("billing_receipt", "written_once"): """
        UPDATE billing_receipt SET pdf = 'a', rendered_at = now(); UPDATE billing_receipt SET pdf = 'b'
    """,
    ("billing_refund", "conservation"): "UPDATE billing_refund SET state = 'failed', failed_at = now()",
    ("billing_refund", "goes_back_as_it_came"): copy(
        "billing_refund", "route = 'provider'", route="office", state="succeeded", succeeded_at="2026-11-24T12:00:00Z",
        failed_at=None, failure_reason="", public_id="x", idempotency_key=None, provider_refund_id=None,
        operation_number="x",
    ),
    ("billing_refund", "legal_transition"): """
        UPDATE billing_refund SET state = 'failed', failed_at = now();
        UPDATE billing_refund SET state = 'pending', failed_at = NULL
    """,
    ("billing_refund", "what_was_asked_stays"): "UPDATE billing_refund SET amount = amount + 1",
    ("billing_refund", "written_once"): """
        UPDATE billing_refund SET provider_refund_id = 're_1-' || id;
        UPDATE billing_refund SET provider_refund_id = 're_2-' || id
    """,
    ("billing_reprocessing", "legal_transition"): """
        UPDATE billing_reprocessing SET state = 'done', ended_at = now() WHERE state = 'queued'
    """,
    ("billing_reprocessing", "what_was_asked_stays"): "UPDATE billing_reprocessing SET chosen_by = 'x'",
    ("billing_webhookevent", "as_received"): "UPDATE billing_webhookevent SET body = 'x'",
    ("shared_privatefile", "content_stays"): "UPDATE shared_privatefile SET name = 'x'",
    ("shared_privatefile", "kept_never_deleted"): "DELETE FROM shared_privatefile",
    ("shared_privatefile", "kept_stays_kept"): "UPDATE shared_privatefile SET kept_at = NULL",
    ("tramites_conversation", "begins_assisted"): copy("tramites_conversation", "state = 'waiting'", public_id="x"),
    ("tramites_conversation", "identity_stays"): "UPDATE tramites_conversation SET subject = 'otro'",
    ("tramites_conversation", "legal_move"): """
        UPDATE tramites_conversation SET state = 'assisted', waiting_since = NULL WHERE state = 'waiting'
    """,
    ("tramites_conversation", "of_one_user_for_good"): """
        UPDATE tramites_conversation SET user_id = NULL, visitor_key = 'x' WHERE user_id IS NOT NULL
    """,
    ("tramites_locationreport", "answered_for_good"): """
        UPDATE tramites_locationreport SET answer = 'otra' WHERE answered_at IS NOT NULL
    """,
    ("tramites_locationreport", "begins_open"): copy("tramites_locationreport", "answered_at IS NOT NULL"),
    ("tramites_locationreport", "what_was_said_stays"): """
        UPDATE tramites_locationreport SET text = 'otra cosa' WHERE answered_at IS NULL
    """,
    ("tramites_message", "file_of_its_writer"): copy(
        "tramites_message", "attachment_id IS NOT NULL", number=99, key="x", attachment_id=-1
    ),
    ("tramites_message", "said_by_its_user"): copy(
        "tramites_message", "author = 'customer' AND written_by_id IS NOT NULL AND attachment_id IS NULL",
        number=99, key="x", written_by_id=None,
    ),
    ("payment_plans_paymentplan", "adds_up"): """
        INSERT INTO accounts_termsacceptance (user_id, terms_id, accepted_at)
            SELECT user_id, terms_id, now() FROM accounts_termsacceptance ORDER BY id LIMIT 1;
    """ + copy(
        "payment_plans_paymentplan", "state = 'in_force'", public_id="x", verification_code="x", state="waiting",
        began_at=None,
    ).replace(
        "jsonb_build_object(", "jsonb_build_object('acceptance_id', (SELECT MAX(id) FROM accounts_termsacceptance), "
    ),
    ("payment_plans_paymentplan", "begins_waiting"): copy("payment_plans_paymentplan", state="in_force"),
    ("payment_plans_paymentplan", "closed_for_good"): """
        UPDATE payment_plans_paymentplan SET state = 'ended', end_reason = 'given_up', closed_at = created_at
            WHERE state = 'waiting';
        UPDATE payment_plans_paymentplan SET end_note = 'x' WHERE state = 'ended'
    """,
    ("payment_plans_paymentplan", "legal_transition"): """
        UPDATE payment_plans_paymentplan SET state = 'completed', began_at = now(), closed_at = now()
            WHERE state = 'waiting'
    """,
    ("payment_plans_paymentplan", "made_by_its_policy"): copy(
        "payment_plans_paymentplan", state="waiting", instalments=99
    ),
    ("payment_plans_paymentplan", "stays_as_agreed"): "UPDATE payment_plans_paymentplan SET total = total + 1",
    ("payment_plans_planbill", "adds_up"): """
        INSERT INTO payment_plans_planbill (plan_id, invoice_id, amount, surcharge_when_paid)
        SELECT plan.id, bill.id, 1, 0 FROM payment_plans_paymentplan AS plan
            JOIN billing_invoice AS bill ON bill.account_id = plan.account_id AND bill.kind = 'service'
            WHERE plan.state = 'waiting' AND bill.id NOT IN (SELECT invoice_id FROM payment_plans_planbill)
            ORDER BY plan.id, bill.id LIMIT 1
    """,
    ("payment_plans_planbill", "one_live_plan"): """
        INSERT INTO payment_plans_planbill (plan_id, invoice_id, amount, surcharge_when_paid)
        SELECT plan.id, taken.invoice_id, 1, 0 FROM payment_plans_paymentplan AS plan, payment_plans_planbill AS taken
            WHERE plan.id <> taken.plan_id ORDER BY plan.id, taken.id LIMIT 1
    """,
    ("payment_plans_planinstalment", "adds_up"): """
        INSERT INTO payment_plans_planinstalment (plan_id, number, due_on, capital, interest, vat, invoice_id)
        SELECT plan.id, 99, bill.due_on, bill.amount, 0, 0, bill.id FROM payment_plans_paymentplan AS plan
            JOIN billing_invoice AS bill ON bill.account_id = plan.account_id AND bill.kind = 'instalment'
            WHERE plan.state = 'waiting' AND bill.id NOT IN (SELECT invoice_id FROM payment_plans_planinstalment)
    """,
    ("payment_plans_planinstalment", "paid_by_its_document"): copy("payment_plans_planinstalment", capital=1),
    ("payment_plans_planpayoff", "paid_by_its_document"): copy("payment_plans_planpayoff", capital=1),
    ("payment_plans_planpolicy", "frozen_once_used"): "UPDATE payment_plans_planpolicy SET minimum_debt = 1",
    ("payment_plans_policyoption", "frozen_once_used"): "UPDATE payment_plans_policyoption SET annual_rate = 1",
    ("staff_exportjob", "legal_transition"): "UPDATE staff_exportjob SET state = 'queued', finished_at = NULL",
    ("staff_exportjob", "what_was_asked_stays"): "UPDATE staff_exportjob SET until = until + 1",
    ("staff_importjob", "legal_transition"): "UPDATE staff_importjob SET state = 'queued', finished_at = NULL",
    ("staff_importjob", "what_was_asked_stays"): "UPDATE staff_importjob SET bytes_total = 99",
}  # fmt: skip
"""By table and trigger."""

WRITTEN_ONCE = {"append_only": ("UPDATE {} SET id = id + 1000", "DELETE FROM {}"), "never_deleted": ("DELETE FROM {}",)}
"""By the name that every table uses."""

ONLY_ACT = {("billing_payment", "items_follow_state")}
"""They refuse nothing; nor do those that write the log of changes (tests/staff/test_audit.py)."""


@pytest.fixture
def _rows(staff: User) -> None:
    rows_in_each_table(staff)


def triggers() -> list[tuple[str, str, str]]:
    """Table, name and function of each trigger of the portal's tables."""
    found = rows("""
        SELECT tgrelid::regclass::text, regexp_replace(tgname, '^pgtrigger_(.*)_[0-9a-f]{5}$', '\\1'), tgname
        FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'pgtrigger%' ORDER BY 1, 2
    """)
    return [(table, name, function) for table, name, function in found]


def stopped() -> Iterator[tuple[str, str, str, str]]:
    """Table, name and function of each trigger, and what it has to stop."""
    for table, name, function in triggers():
        named = STOPPED.get((table, name))
        for statement in [named] if named else [each.format(table) for each in WRITTEN_ONCE.get(name, ())]:
            yield table, name, function, statement


def test_every_trigger_is_named_here() -> None:
    found = {(table, name) for table, name, _ in triggers() if name not in {*WRITTEN_ONCE, TRIGGER}}
    assert found == STOPPED.keys() | ONLY_ACT


@pytest.mark.usefixtures("_rows")
def test_every_trigger_stops_what_it_is_there_for() -> None:
    others = {
        f"{table} {name}: {statement}": stopper
        for table, name, function, statement in stopped()
        if (stopper := stopped_by(statement)) != function
    }
    assert others == {}


@pytest.mark.usefixtures("_rows")
def test_the_runtime_role_is_stopped_at_the_same() -> None:
    found = list(stopped())
    run(f"SET LOCAL ROLE {settings.UTILITY.database_runtime_role}")
    passed = [(table, name) for table, name, _, statement in found if stopped_by(statement) is None]
    run("RESET ROLE")
    assert passed == []


def test_items_are_live_while_their_payment_is(invoice: Invoice) -> None:
    """`items_follow_state`, by plain SQL."""
    payment = open_checkout(invoice)
    run(f"UPDATE billing_payment SET state = 'expired' WHERE id = {payment.pk}")
    assert not payment.items.get().live
