"""Each CHECK and each unique rule of the ledger, by a row that it alone refuses, with every trigger off.

A rule that is not named here, and that the generic cases do not reach, fails the test.
"""

import re

import pytest

from accounts.models import User
from tests.billing.ledger.every_table import rows_in_each_table
from tests.billing.ledger.plain_sql import copy, rows, stopped_by
from tests.billing.ledger.refusing import run

pytestmark = pytest.mark.django_db

CHECKED: dict[str, tuple[str, dict[str, object]]] = {
    "bill_delivery_caused_by_somebody": ("true", {"adhesion_id": None}),
    "bill_delivery_failed_for_a_reason": ("true", {"state": "failed"}),
    "bill_delivery_sent_at_some_time": ("true", {"sent_at": "2026-01-01"}),
    "away_message_says_something": ("true", {"text": ""}),
    "canned_answer_says_something": ("true", {"body": ""}),
    "conversation_answered_at": ("true", {"public_id": "x", "office_said_at": "2026-01-01", "office_said": 0}),
    "conversation_closed_for_a_reason": ("true", {"public_id": "x", "end": "silence"}),
    "conversation_of_somebody": ("user_id IS NOT NULL", {"public_id": "x", "visitor_email": "x@correo.example"}),
    "conversation_person_was_asked": ("state = 'waiting'", {"public_id": "x", "person_asked_at": None}),
    "conversation_reads_what_was_said": ("true", {"public_id": "x", "mailed": 99}),
    "conversation_state_known": ("state = 'waiting'", {"state": "gift", "waiting_since": None, "public_id": "x"}),
    "conversation_waits_since": ("state = 'waiting'", {"public_id": "x", "waiting_since": None}),
    "message_numbered_from_one": ("author = 'assistant'", {"number": 0}),
    "message_of_bounded_length": ("author = 'assistant'", {"number": 99, "body": "x" * 2001}),
    "message_of_few_topics": ("author = 'assistant'", {"number": 99, "topics": ["a", "b", "c", "d"]}),
    "message_of_its_author": ("author = 'office'", {"number": 99, "key": None}),
    "message_says_something": ("author = 'assistant'", {"number": 99, "body": ""}),
    "opening_hours_day_known": ("true", {"weekday": 7}),
    "opening_hours_end_later": ("true", {"opens": "23:00"}),
    "allocation_negative_only_to_reverse": ("reverses_id IS NULL", {"amount": -1}),
    "allocation_of_credit_names_its_use": ("reason = 'credit'", {"credit_use_id": None}),
    "bounce_for_a_reason": ("true", {"reason": ""}),
    "bounce_secret_retired_by_somebody": ("true", {"valid_until": "2100-01-01"}),
    "bounce_source_slug_fits_an_address": ("true", {"slug": "Correo Saliente"}),
    "channel_secret_retired_by_somebody": ("true", {"valid_until": "2100-01-01"}),
    "charge_amount_positive": ("true", {"amount": 0}),
    "charge_cancelled_with_a_reason": ("true", {"cancellation_reason": "x"}),
    "charge_invoiced_with_its_invoice": ("status = 'pending'", {"invoiced_at": "2026-01-01"}),
    "claim_answered_by_somebody": ("state = 'open'", {"answer": "x"}),
    "claim_ends_once": ("state = 'open'", {"ended_at": "2026-01-01"}),
    "claim_reading_with_its_day": ("true", {"meter_reading": 1}),
    "claim_says_something": ("true", {"text": ""}),
    "channel_is_not_our_own": ("true", {"slug": "checkout"}),
    "channel_slug_fits_an_address": ("true", {"slug": "Rapi Pago"}),
    "listing_done_with_its_pdf": ("true", {"state": "done"}),
    "location_report_answered_by_somebody": ("answered_at IS NULL", {"answer": "x"}),
    "location_report_point_is_whole": ("answered_at IS NULL", {"latitude": -32.9}),
    "location_report_says_something": ("answered_at IS NULL", {"text": ""}),
    "operation_held_for_a_reason": ("state = 'settled'", {"held_because": "differs"}),
    "operation_reversal_told_whole": ("true", {"reversal_reason": "x"}),
    "operation_state_as_told": ("true", {"state": "reversed"}),
    "operation_told_whole": ("true", {"state": "held", "held_because": "differs", "amount": None}),
    "cover_names_its_plan": ("reverses_id IS NULL", {"plan": ""}),
    "cover_negative_only_to_reverse": ("reverses_id IS NULL", {"amount": -1}),
    "credit_moves_something": ("reason <> 'spent'", {"amount": 0}),
    "credit_spent_names_its_use": ("reason = 'spent'", {"credit_use_id": None}),
    "credit_use_moves_something": ("true", {"amount": 0}),
    "debtcertificate_rendered_with_its_pdf": ("true", {"rendered_at": "2026-01-01"}),
    "chargevoucher_rendered_with_its_pdf": ("true", {"rendered_at": "2026-01-01"}),
    "card_setup_cap_allows_something": ("true", {"cap": 0}),
    "card_setup_decided_at_some_time": ("state = 'opened'", {"decided_at": "2026-01-01"}),
    "card_setup_done_made_a_mandate": ("state = 'done'", {"mandate_id": None}),
    "card_setup_opened_has_a_page": ("state = 'opened'", {"page_address": ""}),
    "card_setup_refused_for_a_reason": ("true", {"refusal": "foreign"}),
    "card_setup_state_known": ("state = 'opened'", {"state": "gift", "decided_at": "2026-01-01"}),
    "debit_decided_at_some_time": ("true", {"decided_at": "2026-01-01"}),
    "debit_retry_within_two_months": ("true", {"days_after": 61}),
    "debit_state_known": ("true", {"state": "gift", "try_on": None, "decided_at": "2026-01-01"}),
    "debit_takes_something": ("true", {"amount": 0}),
    "debit_try_counted_from_one": ("true", {"number": 0}),
    "debit_waits_for_a_date": ("true", {"try_on": None}),
    "place_accepts_something": ("true", {"code": "x", "accepts": []}),
    "place_code_fits": ("true", {"code": "Kiosco El Nogal"}),
    "place_has_a_name": ("true", {"code": "x", "name": ""}),
    "place_hours_can_be_read": ("true", {"code": "x", "hours": "Lu-Vi 8-13"}),
    "place_is_somewhere_or_online": ("true", {"code": "x", "department": ""}),
    "place_position_on_earth": ("true", {"code": "x", "latitude": 91}),
    "place_website_is_https": ("true", {"code": "x", "website": "javascript:alert(1)"}),
    "presentation_of_some_debits": ("true", {"total": 0}),
    "direct_debit_cap_allows_something": ("true", {"cap": 0}),
    "direct_debit_ends_with_reason": ("ended_at IS NULL", {"end_reason": "office"}),
    "direct_debit_has_one_means": ("means = 'bank'", {"means": "card"}),
    "digital_billing_ends_with_reason": ("ended_at IS NULL", {"end_reason": "office"}),
    "digital_billing_mail_lower": ("true", {"email": "ANA@correo.example"}),
    "mail_proof_five_tries": ("used_at IS NULL", {"wrong_codes": 6}),
    "mail_proof_mail_lower": ("true", {"email": "ANA@correo.example"}),
    "mail_proof_used_in_time": ("used_at IS NOT NULL", {"used_at": "2100-01-01"}),
    "discrepancy_entry_names_the_assignee": ("step = 'assigned'", {"assignee_id": None}),
    "discrepancy_entry_resolved_somehow": ("step = 'resolved'", {"resolved_as": ""}),
    "discrepancy_entry_says_something": ("step = 'reopened'", {"text": ""}),
    "discrepancy_resolved_with_reason": ("true", {"key": "x", "resolved_at": "2026-01-01"}),
    "event_action_ignored_for_a_reason": ("action = 'ignored'", {"words": ""}),
    "reprocessing_ends_once": ("true", {"ended_at": "2026-01-01"}),
    "reprocessing_of_some_event": ("true", {"event_ids": []}),
    "dispute_contests_something": ("true", {"amount": 0}),
    "dispute_takes_what_was_withdrawn": ("true", {"amount_taken": 1}),
    "dispute_withdrawn_at_some_time": ("true", {"amount_withdrawn": 1}),
    "help_text_says_something": ("true", {"title": ""}),
    "invoice_amount_not_negative": ("applied = 0", {"amount": -1, "surcharge": 2}),
    "invoice_applied_within_payable": ("settled_at IS NULL", {"applied": 1_000_000}),
    "invoice_due_dates_ascend": ("true", {"later_due_on": ["2001-01-01"], "later_amounts": [1]}),
    "invoice_financed_within_covered": ("applied = 0", {"financed": 100_000}),
    "invoice_later_dates_have_amounts": ("true", {"later_amounts": [1]}),
    "invoice_only_instalments_offered": ("kind = 'service'", {"offered": True}),
    "invoice_period_is_a_month": ("true", {"period": "2026-11-24"}),
    "invoice_service_has_period_and_kind": ("kind = 'service'", {"period": None}),
    "invoice_settled_when_paid": ("applied = 0", {"settled_at": "2026-01-01"}),
    "invoice_surcharge_not_negative": ("applied = 0", {"surcharge": -1}),
    "invoice_void_holds_no_money": ("applied > 0 AND settled_at IS NULL", {"status": "void"}),
    "late_interest_not_negative": ("true", {"daily_rate": -1}),
    "late_interest_within_legal_cap": ("true", {"monthly_cap": 0}),
    "link_check_broken_since_its_first_failure": ("true", {"failures": 1}),
    "payment_asks_something": ("true", {"amount_asked": 0}),
    "payment_card_debit_saved_its_request": (
        "channel = 'checkout'",
        {"channel": "direct_debit_card", "request": None},
    ),
    "payment_checkout_saved_its_request": ("channel = 'checkout'", {"request": None}),
    "payment_one_currency": ("true", {"currency": "USD"}),
    "payment_received_when_succeeded": ("state = 'open'", {"amount_received": 1}),
    "payment_item_asks_something": ("true", {"amount": 0}),
    "payment_item_surcharge_not_negative": ("true", {"surcharge": -1}),
    "payment_report_can_be_checked": ("true", {"operation_number": "", "proof_id": None}),
    "payment_report_decided_whole": ("true", {"decided_at": "2026-01-01"}),
    "payment_report_of_another_channel": ("true", {"channel": "checkout"}),
    "payment_report_of_some_money": ("true", {"amount": 0}),
    "procedure_category_named": ("true", {"name": ""}),
    "procedure_text_begins_safely": ("true", {"managed_at": "//evil.example/"}),
    "procedure_text_says_something": ("true", {"title": ""}),
    "provider_day_adds_up": ("true", {"net": 1}),
    "change_before_and_after": ("kind = 'insert'", {"kind": "update"}),
    "visit_record_of_a_table": ("true", {"table_id": None}),
    "payout_seen_at_the_bank_whole": ("true", {"bank_amount": 1}),
    "receipt_rendered_with_its_pdf": ("pdf IS NULL", {"rendered_at": "2026-01-01"}),
    "refund_failed_at_some_time": ("state <> 'failed'", {"failed_at": "2026-01-01"}),
    "refund_gives_something": ("true", {"amount": 0}),
    "refund_saved_its_request": ("state = 'created'", {"request": None}),
    "refund_succeeded_at_some_time": ("true", {"state": "succeeded", "succeeded_at": None}),
    "zone_has_a_name": ("true", {"name": ""}),
    "zone_has_an_outline": ("true", {"name": "x", "outline": {"type": "Point"}}),
    "payment_plan_began_at_some_time": ("state = 'in_force'", {"began_at": None}),
    "payment_plan_can_be_reached": ("true", {"document": "1"}),
    "payment_plan_cancelled_is_explained": (
        "state = 'in_force'",
        {"state": "cancelled", "end_reason": "office", "closed_at": "2100-01-01"},
    ),
    "payment_plan_closed_at_some_time": ("state = 'in_force'", {"closed_at": "2100-01-01"}),
    "payment_plan_ends_with_reason": ("state = 'in_force'", {"end_reason": "office"}),
    "payment_plan_mail_lower": ("true", {"email": "Ana@correo.example"}),
    "payment_plan_of_a_debt": ("true", {"total": 1}),
    "payment_plan_state_known": ("state = 'in_force'", {"state": "gift", "closed_at": "2100-01-01"}),
    "plan_bill_owes_something": ("true", {"amount": 0}),
    "plan_instalment_pays_capital": ("true", {"capital": 0}),
    "plan_payoff_pays_capital": ("true", {"capital": 0}),
    "plan_policy_counts_from_one": ("true", {"lapses_after": 0}),
    "plan_policy_down_payment_a_share": ("true", {"down_payment": 100}),
    "plan_policy_ends_later": ("true", {"valid_from": "2020-01-02", "valid_until": "2020-01-01"}),
    "plan_policy_finances_bills": ("true", {"kinds": ["instalment"]}),
    "plan_policy_minimum_not_negative": ("true", {"minimum_debt": -1}),
    "plan_policy_rounding_known": ("true", {"rounds_to": 5}),
    "plan_policy_vat_a_rate": ("true", {"vat_rate": 100}),
    "policy_option_rate_not_negative": ("true", {"annual_rate": -1}),
    "policy_option_some_instalments": ("true", {"instalments": 121}),
    "series_number_fits": ("true", {"last_number": 100_000_000}),
    "till_payment_annulled_for_a_reason": ("annulled_at IS NULL", {"annulment_reason": "x"}),
    "till_payment_as_its_means": ("means = 'cash'", {"coupon": "1"}),
    "till_payment_takes_something": ("means = 'cash'", {"amount": 0}),
    "till_shift_closed_whole": ("closed_at IS NULL", {"expected_cash": 1}),
    "till_shift_opening_cash_not_negative": ("closed_at IS NULL", {"opening_cash": -1}),
    "till_shift_difference_explained": ("closed_at IS NOT NULL", {"counted_cash": 1}),
    "series_point_of_sale_fits": ("true", {"point_of_sale": 100_000}),
}
"""By name: which row is copied, and what is changed in the copy."""

IMPLIED = {
    "operation_state_known",
    "till_payment_means_known",
    "tramites_conversation_office_said_check",
    "tramites_conversation_said_check",
    "tramites_linkcheck_failures_check",
    "tramites_message_number_check",
    "tramites_openinghours_weekday_check",
}
"""Another rule refuses the same rows, and speaks first."""

UNIQUE: dict[str, tuple[str, dict[str, object]]] = {
    "adhesions_cardsetup_mandate_id_key": ("state = 'done'", {"public_id": "x", "session_id": "x"}),
    "adhesions_cardsetup_public_id_key": ("state = 'begun'", {}),
    "adhesions_cardsetup_session_id_key": ("state = 'opened'", {"public_id": "x"}),
    "digital_billing_one_a_person": (
        "ended_at IS NULL",
        {"public_id": "x", "acceptance_id": -1, "email": "otra@correo.example"},
    ),
    "digital_billing_one_live": ("ended_at IS NULL", {"public_id": "x", "acceptance_id": -1, "made_by_id": -1}),
    "adhesions_bouncereport_event_id_key": ("true", {"kind": "transient"}),
    "bounce_told_once": ("true", {"event_id": -1}),
    "bill_delivery_once": ("true", {"public_id": "x"}),
    "billing_charge_charge_number_key": ("true", {"public_id": "x"}),
    "billing_charge_public_id_key": ("true", {"charge_number": "x"}),
    "billing_charge_invoice_id_key": ("invoice_id IS NOT NULL", {"public_id": "x", "charge_number": "x"}),
    "billing_claim_attachment_id_key": ("attachment_id IS NOT NULL", {"public_id": "x", "made_by_id": -1}),
    "claim_open_once": ("state = 'open'", {"public_id": "x", "attachment_id": None}),
    "billing_payment_provider_payment_id_key": (
        "provider_payment_id IS NOT NULL",
        {"public_id": "x", "idempotency_key": "x", "provider_session_id": "x"},
    ),
    "billing_paymentreport_proof_id_key": ("proof_id IS NOT NULL AND state = 'rejected'", {"public_id": "x"}),
    "billing_paymentreport_public_id_key": ("state = 'rejected'", {"proof_id": None}),
    "payment_report_one_open": ("state = 'submitted'", {"public_id": "x", "proof_id": None, "operation_number": "x"}),
    "payment_report_operation_once": (
        "state = 'submitted'",
        {"public_id": "x", "proof_id": None, "reported_by_id": -1},
    ),
    "payment_operation_unique": ("operation_number <> ''", {"public_id": "x"}),
    "billing_refund_provider_refund_id_key": (
        "provider_refund_id IS NOT NULL",
        {"public_id": "x", "idempotency_key": "x"},
    ),
    "refund_operation_unique": (
        "operation_number <> ''",
        {"public_id": "x", "idempotency_key": "x", "provider_refund_id": "x"},
    ),
    "debit_once_per_mandate": (
        "true",
        {"public_id": "x", "state": "withdrawn", "try_on": None, "decided_at": "2026-01-01"},
    ),
    "billing_listing_public_id_key": ("true", {"chosen": {"x": 1}}),
    "billing_allocation_reverses_id_key": ("reverses_id IS NOT NULL", {}),
    "billing_cover_reverses_id_key": ("reverses_id IS NOT NULL", {}),
    "payment_plan_one_waits": ("state = 'waiting'", {"public_id": "x", "verification_code": "x", "acceptance_id": -1}),
    "payment_plans_paymentplan_acceptance_id_key": (
        "state = 'in_force'",
        {"public_id": "x", "verification_code": "x"},
    ),
    "payment_plans_planinstalment_invoice_id_key": ("true", {"number": 99}),
    "plan_instalment_number": ("true", {"invoice_id": -1}),
    "billing_tillpayment_key_key": ("means = 'cash'", {"payment_id": -1, "number": 99}),
    "billing_tillpayment_payment_id_key": ("means = 'cash'", {"key": "x", "number": 99}),
    "till_payment_coupon_once": (
        "means = 'card' AND annulled_at IS NULL",
        {"key": "x", "payment_id": -1, "number": 99},
    ),
    "till_payment_number": ("means = 'cash'", {"key": "x", "payment_id": -1}),
    "till_shift_one_open": ("closed_at IS NULL", {}),
    "location_report_open_once": ("answered_at IS NULL", {}),
    "tramites_message_attachment_id_key": ("attachment_id IS NOT NULL", {"number": 99, "key": "x"}),
}
"""The same for unique rules, where changing all the others takes thought."""

FROM_A_LIST = re.compile(r"CHECK \(\(\((\w+)\)::text = ANY")
NOT_NEGATIVE = re.compile(r"CHECK \(\(\"?(\w+)\"? >= 0\)\)")

COPIED = {
    "billing_charge": "status = 'pending'",
    "billing_claim": "state = 'withdrawn'",
    "billing_discrepancyentry": "step = 'noted'",
    "billing_payment": "state = 'open'",
    "billing_paymentreport": "state = 'submitted'",
    "billing_paymentitem": "live",
    "billing_refund": "idempotency_key IS NOT NULL",
    "payment_plans_paymentplan": "state = 'in_force'",
    "billing_invoice": "applied = 0",
}
"""Which row is copied where not every one will do."""


@pytest.fixture
def _rows(staff: User) -> None:
    rows_in_each_table(staff)


@pytest.mark.usefixtures("_rows")
def test_every_check_refuses_what_it_is_there_for() -> None:
    others = {
        name: stopper
        for table, name, rule in checks()
        if (stopper := refusal(table, name, rule)) != name and not (stopper and name in IMPLIED)
    }
    assert others == {}


@pytest.mark.usefixtures("_rows")
def test_every_unique_rule_refuses_a_second_row() -> None:
    others = {name: stopper for table, name in unique_rules() if (stopper := twice(table, name)) != name}
    assert others == {}


def checks() -> list[tuple[str, str, str]]:
    """Table, name and definition of each CHECK of the ledger."""
    found = rows("""
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE contype = 'c' AND conrelid::regclass::text ~ '^(billing|adhesions|payment_plans|tramites)_' ORDER BY 1, 2
    """)
    return [(table, name, rule) for table, name, rule in found]


def refusal(table: str, name: str, rule: str) -> str | None:
    """What stops the row that only this CHECK should stop."""
    if name in CHECKED:
        where, changes = CHECKED[name]
        return _without_triggers(table, copy(table, where, **changes))
    where = COPIED.get(table, "true")
    if word := FROM_A_LIST.match(rule):
        return _without_triggers(table, copy(table, where, **{word[1]: "gift"}))
    if number := NOT_NEGATIVE.match(rule):
        return _without_triggers(table, copy(table, where, **{number[1]: -1}))
    return f"{rule} is not named here"


def unique_rules() -> dict[tuple[str, str], list[str]]:
    """The columns of each unique index that is not the key of its table, by table and name."""
    found = rows("""
        SELECT indrelid::regclass::text, indexrelid::regclass::text, string_agg(attname, ',' ORDER BY attnum DESC)
        FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
        WHERE indisunique AND NOT indisprimary
            AND indrelid::regclass::text ~ '^(billing|adhesions|payment_plans|tramites)_'
        GROUP BY 1, 2 ORDER BY 1, 2
    """)
    return {(table, name): columns.split(",") for table, name, columns in found}


def twice(table: str, name: str) -> str | None:
    """What stops a row that is new by all unique rules but this one."""
    if name in UNIQUE:
        where, changes = UNIQUE[name]
        return _without_triggers(table, copy(table, where, **changes))
    rules = unique_rules()
    free = {columns[0] for (of, other), columns in rules.items() if of == table and other != name}
    changes = {column: _another(table, column) for column in free - set(rules[table, name])}
    return _without_triggers(table, copy(table, COPIED.get(table, "true"), **changes))


def _another(table: str, column: str) -> object:
    """A value that no row has, of whatever type the column is."""
    ((kind,),) = rows(
        f"SELECT data_type FROM information_schema.columns WHERE table_name = '{table}' AND column_name = '{column}'"
    )
    return {"character varying": "x", "text": "x", "date": "2099-01-01"}.get(kind, 32_000)


def _without_triggers(table: str, statement: str) -> str | None:
    run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    stopper = stopped_by(statement)
    run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return stopper
