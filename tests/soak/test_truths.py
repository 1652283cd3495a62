"""Each truth of the soak can fail: one example in which everything happened is spoilt in one place after the other."""

import logging
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
import stripe

from tests.billing.reconciliation.comparing import session_made_elsewhere
from tests.ledger_invariants import LEDGER_TRUTHS, THE_LOG, rows_against, the_log_tells_every_move
from tests.soak.campaign import play
from tests.soak.ground import Ground, soak_ground
from tests.soak.spoiling import another, spoilt
from tests.soak.strangers import ATTEMPTS, is_refused
from tests.soak.truths import check_always, check_database, check_provider_so_far, settled_checkouts
from tests.soak.truths_at_rest import check_after_reconciliation, check_arrived, check_at_rest, check_totals
from tests.soak.truths_of_books import check_books
from tests.soak.truths_of_findings import check_findings
from tests.soak.truths_of_plans import TRUTHS_OF_PLANS, check_plans
from tests.soak.truths_of_returns import check_returns
from tests.soak.violations import Violation
from tests.soak.world import Step, World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

type Look = Callable[[World], None]

EVERYTHING: list[Step] = [
    ("start", {"bills": [0], "who": 0}),
    ("pay", {"payment": 0}),
    ("dispute", {"payment": 0, "share": 50, "inquiry": False, "withdraw": True}),
    ("pay_two_attempts", {"first": [1], "second": [2], "who": [0, 1], "later_first": True}),
    ("refund", {"payment": 1, "share": 25, "clicks": 1}),
    ("notify", {"lines": {5: 250050}, "number": 1, "copies": 1}),
    ("notify", {"lines": {2: 5000}, "number": 2, "copies": 1}),
    ("notify", {"lines": {6: 5000}, "number": 3, "copies": 1}),
    ("notify_reversal", {"number": 3, "copies": 1}),
    ("use_credit", {"bills": [6], "who": 0, "most": 1000, "clicks": 1}),
    ("start", {"bills": [3], "who": 0}),
    ("expire", {"payment": 0}),
    ("start", {"bills": [3], "who": 0}),
    ("start", {"bills": [4], "who": 1}),
    ("pay_later", {"payment": 1}),
]

_PAID = "id = (SELECT MIN(id) FROM billing_payment WHERE channel = 'checkout' AND state = 'succeeded')"
_FIRST = "id = (SELECT MIN(id) FROM {0})"
_ONE_CENT_MORE = "UPDATE {0} SET {1} = {1} + 0.01 WHERE " + _FIRST


def _more(table: str, column: str) -> str:
    return _ONE_CENT_MORE.format(table, column)


def _covered(amount: str, plan: str) -> str:
    return (
        "INSERT INTO billing_cover (invoice_id, amount, surcharge, plan, paid, created_at)"
        f" SELECT MIN(id), {amount}, 0, '{plan}', false, now() FROM billing_invoice"
    )


AGAINST_THE_LEDGER = {
    "what a payment received is on its bills, is credit, or left by a refund or a dispute": [
        _more("billing_allocation", "amount"),
        _more("billing_creditentry", "amount"),
        _more("billing_refund", "amount"),
        _more("billing_dispute", "amount_taken"),
        f"UPDATE billing_payment SET amount_received = amount_received + 0.01 WHERE {_PAID}",
    ],
    "no more is refunded than was received": ["UPDATE billing_refund SET amount = 1000000"],
    "a dispute takes all that was withdrawn, or all that refunds and other disputes left": [
        _more("billing_dispute", "amount_taken"),
        "UPDATE billing_dispute SET amount_taken = amount_taken - 0.01",
    ],
    "credit that was used arrived on bills of its account": [_more("billing_credituse", "amount")],
    "what a bill has is the sum of its allocations and of its cover": [
        _more("billing_allocation", "amount"),
        _more("billing_allocation", "surcharge"),
        _more("billing_invoice", "covered"),
        _more("billing_invoice", "financed"),
        _covered("0.01", "plan-1"),
    ],
    "a bill takes no more than it costs, and a void one nothing": [
        "UPDATE billing_invoice SET applied = amount + surcharge + 0.01",
        "UPDATE billing_invoice SET applied = -0.01",
        "UPDATE billing_invoice SET status = 'void' WHERE applied > 0",
        "UPDATE billing_invoice SET covered = 0.01 WHERE settled_at IS NOT NULL",
    ],
    "a bill is settled exactly when it is paid": [
        "UPDATE billing_invoice SET settled_at = NULL WHERE settled_at IS NOT NULL",
        "UPDATE billing_invoice SET settled_at = now() WHERE settled_at IS NULL",
        "UPDATE billing_invoice SET financed = 0.01 WHERE settled_at IS NOT NULL",
    ],
    "no plan takes back more of a bill than it covered, and none covers an instalment": [_covered("-0.01", "plan-1")],
    "only instalments are offers, and nobody is covered by two plans in force": [
        "UPDATE billing_invoice SET offered = true",
        _covered("0.01", "plan-1") + "; " + _covered("0.01", "plan-2"),
    ],
    "a payment that succeeded has one receipt, and no other has any": [
        "DELETE FROM billing_receipt",
        another("billing_receipt", '{"verification_code": "SECOND"}', where="true"),
        "UPDATE billing_receipt SET payment_id = (SELECT MIN(id) FROM billing_payment WHERE state = 'open')",
    ],
    "a bill has at most one live attempt, and its items say so": [
        "UPDATE billing_paymentitem SET live = NOT live",
        "UPDATE billing_payment SET state = 'open' WHERE state = 'expired'",
    ],
    "a checkout asks for what its items add up to": [_more("billing_paymentitem", "amount")],
    "a settled payment received what was asked": [
        f"UPDATE billing_payment SET amount_received = amount_received + 0.01 WHERE {_PAID}"
    ],
    "a payment puts on a bill no more than was chosen": [
        "UPDATE billing_paymentitem SET amount = amount - 0.01",
        "DELETE FROM billing_paymentitem",
    ],
    "money stays with its account and its currency": [
        "UPDATE billing_payment SET currency = 'USD'",
        "UPDATE billing_creditentry SET account_id = account_id + 1",
        "UPDATE billing_invoice SET account_id = account_id + 1",
    ],
    "the office is told of money for bills that were paid, in a plan or void": ["DELETE FROM billing_discrepancy"],
}

AGAINST_THE_LOG = [
    "DELETE FROM billing_paymentevent",
    "DELETE FROM billing_paymentevent WHERE from_state = ''",
    "DELETE FROM billing_paymentevent WHERE to_state = 'succeeded'",
    "UPDATE billing_paymentevent SET from_state = 'succeeded' WHERE from_state = 'open'",
    "UPDATE billing_payment SET state = 'open' WHERE state = 'succeeded'",
]


class Spoiling(NamedTuple):
    """What is done, who looks, and which truth that is against."""

    against: str
    look: Look
    statement: str


def _look_at_the_provider(world: World) -> None:
    check_provider_so_far(world, settled_checkouts())


def _look_at_totals(world: World) -> None:
    check_totals(world.provider.sessions(), set())


def _look_at_books(world: World) -> None:
    check_books(world, world.provider.sessions(), set())


_look_at_returns = partial(check_returns, otherwise=set())
_look_at_findings = partial(check_findings, otherwise=set())

_EXPORT = "the exported payments are the ledger to the cent"
_BOOKS = "the ledger's totals are those of the provider's own books"
_NUMBERS = "UPDATE billing_payment SET operation_number = {0} WHERE operation_number = {1}"

SPOILT = [
    Spoiling("an operation was told by its channel", check_database, _NUMBERS.format("'R-99'", "'R-1'")),
    Spoiling(
        "an operation was told by its channel",
        check_database,
        "UPDATE billing_payment SET channel = 'pago-facil' WHERE channel = 'rapipago'",
    ),
    Spoiling(
        "an operation brings what was told",
        check_database,
        "UPDATE billing_payment SET operation_number = CASE operation_number WHEN 'R-1' THEN 'R-2' ELSE 'R-1' END"
        " WHERE operation_number IN ('R-1', 'R-2')",
    ),
    Spoiling("an operation is recorded once", check_database, _NUMBERS.format("'R-2'", "'R-3'")),
    Spoiling(
        "an event is stored once",
        check_database,
        another("billing_webhookevent", "{}", where="true"),
    ),
    Spoiling(
        "each receipt of a customer is drawn and mailed by one job",
        check_database,
        "DELETE FROM procrastinate_jobs WHERE args ? 'receipt_id'",
    ),
    Spoiling(
        "each receipt of a customer is drawn and mailed by one job",
        check_database,
        another("procrastinate_jobs", "{}", where="args ? 'receipt_id'"),
    ),
    Spoiling(
        "a checkout asks what its summary promised",
        check_database,
        "UPDATE billing_paymentitem SET invoice_id = (SELECT id FROM billing_invoice WHERE applied = 2500.50)"
        " WHERE payment_id = (SELECT id FROM billing_payment WHERE state = 'open')",
    ),
    Spoiling(
        "what is written once stays as it is", check_database, "UPDATE billing_paymentevent SET cause = 'otherwise'"
    ),
    Spoiling(
        "what is settled was paid at the provider",
        _look_at_the_provider,
        f"UPDATE billing_payment SET provider_session_id = 'cs_of_another' WHERE {_PAID}",
    ),
    Spoiling(
        "what is settled was paid at the provider",
        _look_at_the_provider,
        f"UPDATE billing_payment SET amount_received = amount_received + 0.01 WHERE {_PAID}",
    ),
    Spoiling(
        "what is settled was paid at the provider",
        _look_at_the_provider,
        "UPDATE billing_payment SET state = 'succeeded' WHERE state = 'processing'",
    ),
    Spoiling(
        "the office is told exactly of charges that differ",
        check_arrived,
        f"UPDATE billing_discrepancy SET kind = 'amount_differs', payment_id = "
        f"(SELECT id FROM billing_payment WHERE {_PAID})",
    ),
    *(
        Spoiling(
            "at rest a payment is where the provider says",
            check_arrived,
            f"UPDATE billing_payment SET state = '{after}' WHERE state = '{before}' AND channel = 'checkout'",
        )
        for before, after in (
            ("open", "expired"),
            ("open", "failed"),
            ("processing", "open"),
            ("processing", "failed"),
            ("expired", "open"),
            ("succeeded", "processing"),
        )
    ),
    Spoiling(
        "no attempt waits for its checkout for ever",
        check_arrived,
        another(
            "billing_payment",
            '{"public_id": "unheard-of", "provider_session_id": null, "state": "created"}',
            where="state = 'open'",
        ),
    ),
    Spoiling(
        "every verified event reaches a final status",
        check_arrived,
        "UPDATE billing_webhookevent SET status = 'failed' WHERE " + _FIRST.format("billing_webhookevent"),
    ),
    *(
        Spoiling(
            "no checkout stays open for a bill that is paid or void",
            check_arrived,
            f"UPDATE billing_invoice SET {change} WHERE id IN (SELECT invoice_id FROM billing_paymentitem"
            " JOIN billing_payment payment ON payment.id = payment_id WHERE payment.state = 'open')",
        )
        for change in ("status = 'void'", "applied = amount + surcharge")
    ),
    Spoiling(
        "an operation that the portal said it has is in the ledger", check_arrived, _NUMBERS.format("'R-99'", "'R-1'")
    ),
    Spoiling(
        "what a channel undid is out of the ledger",
        check_arrived,
        another(
            "billing_allocation",
            '{"amount": 1, "reverses_id": null}',
            where="payment_id = (SELECT id FROM billing_payment WHERE operation_number = 'R-3')",
        ),
    ),
    Spoiling(
        "what channels told ends in the ledger",
        check_arrived,
        "UPDATE billing_collectionoperation SET state = 'held', held_because = 'unknown_bill'"
        " WHERE operation_number = 'R-1'",
    ),
    Spoiling(
        "our total is the provider's",
        _look_at_totals,
        f"UPDATE billing_payment SET amount_received = amount_received + 0.01 WHERE {_PAID}",
    ),
    *(
        Spoiling("all that came is on bills, is credit or left again", _look_at_totals, _more(table, column))
        for table, column in (
            ("billing_invoice", "applied"),
            ("billing_creditentry", "amount"),
            ("billing_refund", "amount"),
            ("billing_dispute", "amount_taken"),
        )
    ),
    Spoiling(
        "refunds are as the provider tells them",
        _look_at_returns,
        "UPDATE billing_refund SET amount = amount - 0.01 WHERE route = 'provider'",
    ),
    Spoiling(
        "refunds are as the provider tells them",
        _look_at_returns,
        "UPDATE billing_refund SET state = 'pending' WHERE route = 'provider'",
    ),
    Spoiling(
        "refunds are as the provider tells them",
        _look_at_returns,
        "DELETE FROM billing_refund WHERE route = 'provider'",
    ),
    Spoiling(
        "a refund that was never made gives its money back",
        _look_at_returns,
        another("billing_refund", '{"provider_refund_id": null, "state": "created"}', where="route = 'provider'"),
    ),
    Spoiling("a dispute that moved money is known", _look_at_returns, "DELETE FROM billing_dispute"),
    Spoiling(
        "a dispute is one of the provider's",
        _look_at_returns,
        another("billing_dispute", '{"provider_dispute_id": "dp_of_nobody"}', where="true"),
    ),
    Spoiling(
        "a dispute moved here what it moved there", _look_at_returns, _more("billing_dispute", "amount_withdrawn")
    ),
    Spoiling(
        "a dispute is where the provider says", _look_at_returns, "UPDATE billing_dispute SET state = 'under_review'"
    ),
    Spoiling(
        "each day is to the cent what the provider's books say", _look_at_books, _more("billing_providerday", "fees")
    ),
    Spoiling(
        "each day is to the cent what the provider's books say", _look_at_books, "DELETE FROM billing_providerday"
    ),
    Spoiling(
        "a day differs only by charges that nobody asked for",
        _look_at_books,
        _more("billing_providerday", "our_received"),
    ),
    Spoiling(
        _BOOKS, _look_at_books, f"UPDATE billing_payment SET amount_received = amount_received + 0.01 WHERE {_PAID}"
    ),
    Spoiling(_BOOKS, _look_at_books, "UPDATE billing_refund SET amount = amount + 0.01 WHERE route = 'provider'"),
    Spoiling(_BOOKS, _look_at_books, _more("billing_dispute", "amount_withdrawn")),
    *(
        Spoiling(_EXPORT, _look_at_books, _more(table, column))
        for table, column in (
            ("billing_allocation", "amount"),
            ("billing_creditentry", "amount"),
            ("billing_invoice", "applied"),
            ("billing_dispute", "amount_taken"),
        )
    ),
    Spoiling(_EXPORT, _look_at_books, "UPDATE billing_refund SET amount = amount + 0.01 WHERE route = 'channel'"),
    Spoiling(
        _EXPORT,
        _look_at_books,
        "UPDATE billing_payment SET amount_received = amount_received + 0.01 WHERE operation_number = 'R-1'",
    ),
    Spoiling(
        "the office is told exactly of money that came late",
        _look_at_findings,
        "DELETE FROM billing_discrepancy WHERE kind = 'late_payment'",
    ),
    Spoiling(
        "the office is told exactly of money that came late",
        _look_at_findings,
        "UPDATE billing_discrepancy SET kind = 'late_payment' WHERE kind = 'paid_twice'",
    ),
    Spoiling(
        "the office is told of more that was withdrawn than there was",
        _look_at_findings,
        "UPDATE billing_dispute SET amount_taken = amount_taken - 0.01",
    ),
    *(
        Spoiling(
            "the office is told of nothing that is in order",
            _look_at_findings,
            f"UPDATE billing_discrepancy SET kind = '{kind}' WHERE kind = 'paid_twice'",
        )
        for kind in (
            "amount_differs",
            "not_at_provider",
            "operation_differs",
            "paid_in_excess",
            "payout_differs",
            "refund_differs",
            "unknown_object",
            "void_invoice_paid",
        )
    ),
]


_BEGUN: Step = ("plan_begins", {"who": 0, "instalments": 2, "way": "elsewhere"})
_DEARER = "UPDATE billing_cover SET amount = amount + 0.01 WHERE reverses_id IS NULL"
AGAINST_PLANS: dict[str, tuple[list[Step], str]] = {
    "a plan in force covers its whole debt, and its documents owe what of it is not paid": ([_BEGUN], _DEARER),
    "a plan that was paid covers its whole debt for good": ([_BEGUN, ("pay_all_instalments", {"who": 0})], _DEARER),
    "a plan that ended covers the capital that was paid": ([_BEGUN, ("cancel_plan", {"plan": 0})], _DEARER),
    "a plan that did not begin covers nothing and owes nothing": (
        [("make_plan", {"who": 0, "instalments": 2})],
        "UPDATE billing_invoice SET offered = false",
    ),
    "nobody pays the documents of a plan that is over": (
        [_BEGUN, ("cancel_plan", {"plan": 0})],
        "UPDATE billing_invoice SET status = 'open' WHERE status = 'void'",
    ),
}
"""What happens, and what is spoilt then, for each truth."""


@pytest.fixture
def ground(transactional_db: None, tmp_path: Path) -> Iterator[Ground]:
    with soak_ground(tmp_path) as running:
        yield running


def test_every_truth_fails_when_the_ledger_is_spoilt(ground: Ground) -> None:
    world = play(ground, EVERYTHING)

    noticed = [_seen_by(spoiling.look, world, spoiling.statement) for spoiling in SPOILT]

    assert noticed == [spoiling.against for spoiling in SPOILT]
    check_at_rest(world)
    check_after_reconciliation(world)


def test_every_truth_of_the_ledger_fails_when_it_is_spoilt(ground: Ground) -> None:
    play(ground, EVERYTHING)

    assert AGAINST_THE_LEDGER.keys() == LEDGER_TRUTHS.keys()
    unnoticed = []
    for truth, statements in AGAINST_THE_LEDGER.items():
        for statement in statements:
            with spoilt(statement):
                if not rows_against(truth):
                    unnoticed.append((truth, statement))
    assert unnoticed == []
    for statement in AGAINST_THE_LOG:
        with spoilt(statement), pytest.raises(AssertionError, match=f"^not true that {THE_LOG}: "):
            the_log_tells_every_move()


def test_what_the_provider_has_and_we_do_not_is_noticed(ground: Ground) -> None:
    world = play(ground, EVERYTHING)
    ground.simulator.send_webhooks_to(None)
    refunded, paid = world.settled(1, at_the_provider=True), world.settled(2, at_the_provider=True)
    client = stripe.StripeClient(ground.simulator.api_key, base_addresses={"api": ground.simulator.base_url}).v1

    session_made_elsewhere(ground.simulator, reference=paid.public_id, centavos=100000)
    assert _said_by(_look_at_the_provider, world) == "an attempt has one checkout at the provider"

    ground.simulator.refund(paid.provider_session_id or "", amount=1)
    assert _said_by(_look_at_returns, world) == "refunds are as the provider tells them"
    assert _said_by(_look_at_books, world) == "each day is to the cent what the provider's books say"

    asked = refunded.refunds.get()
    client.refunds.create(
        {"payment_intent": refunded.provider_payment_id or "", "amount": 1, "metadata": {"refund": asked.public_id}}
    )
    assert _said_by(_look_at_returns, world) == "a refund that we asked for is one at the provider"


def test_what_the_portal_logs_as_an_error_is_noticed(ground: Ground) -> None:
    world = play(ground, [])

    logging.getLogger("billing.polling").error("it broke")

    assert _said_by(check_always, world) == "nothing breaks"


def test_a_stranger_is_noticed_wherever_the_database_lets_him(ground: Ground) -> None:
    play(ground, EVERYTHING)

    assert [attempt for attempt in ATTEMPTS if not is_refused(attempt)] == []
    for attempt in ATTEMPTS:
        with spoilt(), pytest.raises(Violation, match=f"the database refuses {attempt}: "):
            is_refused(attempt)


def test_every_truth_of_plans_fails_when_they_are_spoilt(ground: Ground) -> None:
    assert AGAINST_PLANS.keys() == TRUTHS_OF_PLANS.keys()
    for truth, (steps, statement) in AGAINST_PLANS.items():
        play(ground, steps)
        check_plans()
        with spoilt(statement), pytest.raises(Violation) as noticed:
            check_plans()
        assert noticed.value.truth == truth


def _seen_by(look: Look, world: World, statement: str) -> str:
    seen = dict(world.seen)
    with spoilt(statement):
        said = _said_by(look, world)
    world.seen = seen
    return said


def _said_by(look: Look, world: World) -> str:
    try:
        look(world)
    except Violation as violation:
        return violation.truth
    return "nothing"
