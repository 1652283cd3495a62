"""The marked points (docs/checkout.md, "No call inside a transaction"), and how a process is made to stand at one.

Each point is a block: when it begins the process is there with every customer of the stage (or with the first, where it
takes them in turn), certainly and for as long as it takes to kill it; when it ends whatever kept it there is gone. What
keeps it is real: a provider that does not answer yet, or somebody else's lock in the database.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import LiteralString

from django.utils import timezone

from billing.checkout import _save_attempt
from billing.enums import PaymentState
from billing.inbox import receive_event
from tests.billing.checkout.steps import event_body, session_of, signed
from tests.kill.aftermath import FOLLOW_PAYMENTS, make_older, run_by_worker
from tests.kill.customers import confirming, was_cut_off
from tests.kill.stage import Stage

SAVED = "saved, the provider is called next"

_CREATE = "POST /v1/checkout/sessions"
_RETRIEVE = "GET /v1/checkout/sessions/*"
_LONGER_THAN_A_KILL = 8.0

_ACCOUNTS: LiteralString = "SELECT 1 FROM accounts_serviceaccount WHERE id = ANY(%s) FOR UPDATE"
_LAST_BILLS: LiteralString = "SELECT 1 FROM billing_invoice WHERE id = ANY(%s) FOR NO KEY UPDATE"
_RECEIPTS: LiteralString = "LOCK TABLE billing_receipt IN SHARE MODE"
_READ_AT_COMMIT: LiteralString = "LOCK TABLE billing_dispute IN ACCESS EXCLUSIVE MODE"
_MAIL: LiteralString = "LOCK TABLE shared_outgoingmail IN SHARE MODE"
_MAILBOX: LiteralString = "LOCK TABLE demo_receivedmail IN SHARE MODE"


@dataclass(frozen=True)
class Point:
    """A place where a process dies. `left` is what the payments are then.

    The web has all of them in hand; a worker takes one after the other, so the first may be further: `first_left`.
    """

    scenario: str
    dies: str
    where: str
    reached: Callable[[Stage], AbstractContextManager[None]]
    left: PaymentState
    first_left: PaymentState | None = None

    def __str__(self) -> str:
        return f"{self.scenario} {self.dies}: {self.where}"


@contextmanager
def _request_under_way(stage: Stage) -> Iterator[None]:
    with confirming(stage.customers, stage.processes.port) as answers:
        with stage.simulator.paused():
            stage.wait_until(lambda: stage.marks("web", SAVED) == len(stage.customers), "the mark of each attempt")
            yield
        assert all(was_cut_off(answer) for answer in answers)


@contextmanager
def _session_made(stage: Stage) -> Iterator[None]:
    stage.simulator.be_slow(_LONGER_THAN_A_KILL, when="after", matching=_CREATE)
    with confirming(stage.customers, stage.processes.port) as answers:
        stage.wait_until(lambda: len(stage.sessions()) == len(stage.customers), "a session for each attempt")
        yield
        assert all(was_cut_off(answer) for answer in answers)


@contextmanager
def _answer_in_hand(stage: Stage) -> Iterator[None]:
    with confirming(stage.customers, stage.processes.port) as answers, ExitStack() as locks:
        with stage.simulator.paused():
            stage.wait_until(lambda: stage.marks("web", SAVED) == len(stage.customers), "the mark of each attempt")
            locks.enter_context(stage.held_by(_ACCOUNTS, stage.account_ids))
        stage.wait_until(lambda: stage.standing_still() == len(stage.customers), "each attempt at the lock")
        yield
        assert all(was_cut_off(answer) for answer in answers)


@contextmanager
def _event_stored(stage: Stage) -> Iterator[None]:
    _all_open(stage)
    stage.simulator.be_slow(_LONGER_THAN_A_KILL, when="before", matching=_RETRIEVE)
    _all_pay(stage)
    stage.wait_until(lambda: all(map(stage.is_told_and_waits, stage.payments())), "the event of each payment")
    yield


@contextmanager
def _settling(stage: Stage, *, locked: LiteralString, bills: bool = False) -> Iterator[None]:
    _all_open(stage)
    with stage.held_by(locked, *([stage.last_bill_ids] if bills else [])):
        _all_pay(stage)
        stage.wait_until(lambda: stage.standing_still() == len(stage.customers), "each settlement at the lock")
        yield


@contextmanager
def _worker_made_session(stage: Stage) -> Iterator[None]:
    _all_saved_by_the_dead(stage)
    stage.simulator.be_slow(_LONGER_THAN_A_KILL, when="after", matching=_CREATE)
    run_by_worker(FOLLOW_PAYMENTS)
    # The turn of every minute may come too, and take another attempt.
    stage.wait_until(lambda: bool(stage.sessions()), "a session for the first attempt")
    yield


@contextmanager
def _worker_has_answer(stage: Stage) -> Iterator[None]:
    _all_saved_by_the_dead(stage)
    with stage.held_by(_ACCOUNTS, stage.account_ids):
        run_by_worker(FOLLOW_PAYMENTS)
        stage.wait_until(lambda: stage.standing_still() > 0, "the first attempt at the lock")
        yield


@contextmanager
def _worker_took_event(stage: Stage) -> Iterator[None]:
    _all_paid_and_stored(stage)
    stage.simulator.be_slow(_LONGER_THAN_A_KILL, when="before", matching=_RETRIEVE, times=1)
    run_by_worker(FOLLOW_PAYMENTS)
    stage.wait_until(lambda: stage.is_struck_by("slow"), "the question about the first event")
    yield


@contextmanager
def _worker_settling(stage: Stage, *, locked: LiteralString, bills: bool = False) -> Iterator[None]:
    _all_paid_and_stored(stage)
    with stage.held_by(locked, *([stage.last_bill_ids] if bills else [])):
        run_by_worker(FOLLOW_PAYMENTS)
        stage.wait_until(lambda: stage.standing_still() > 0, "the first settlement at the lock")
        yield


@contextmanager
def _worker_mailing(stage: Stage, *, locked: LiteralString) -> Iterator[None]:
    _all_open(stage)
    with stage.held_by(locked):
        _all_pay(stage)
        stage.wait_until(lambda: stage.standing_still() == len(stage.customers), "each mail at the lock")
        yield


def _all_open(stage: Stage) -> None:
    for customer in stage.customers:
        customer.confirm(stage.processes.port)


def _all_pay(stage: Stage) -> None:
    for payment in stage.payments():
        stage.simulator.pay(session_of(payment))


def _all_saved_by_the_dead(stage: Stage) -> None:
    """The attempts as a web leaves them that died before it called the provider."""
    for customer in stage.customers:
        assert _save_attempt(customer.link, customer.link.user, customer.quote, timezone.now()) is not None
    make_older()


def _all_paid_and_stored(stage: Stage) -> None:
    """The payments as a web leaves them that died after it stored their events."""
    _all_open(stage)
    stage.simulator.drop()
    _all_pay(stage)
    for payment in stage.payments():
        body = event_body(session_of(payment), id=f"evt_{payment.public_id}")
        receive_event(body, signed(body))
    make_older()


_CREATED, _OPEN, _SUCCEEDED = PaymentState.CREATED, PaymentState.OPEN, PaymentState.SUCCEEDED

POINTS = (
    Point("06", "web", "its request is under way", _request_under_way, _CREATED),
    Point("06", "web", "the session is made, the answer under way", _session_made, _CREATED),
    Point("06", "web", "the answer is there, not saved", _answer_in_hand, _CREATED),
    Point("06", "worker", "the session is made, the answer under way", _worker_made_session, _CREATED),
    Point("06", "worker", "the answer is there, not saved", _worker_has_answer, _CREATED),
    Point("07", "web", "the event is stored", _event_stored, _OPEN),
    Point("07", "worker", "the event is taken up", _worker_took_event, _OPEN),
    Point("08", "web", "between two bills", partial(_settling, locked=_LAST_BILLS, bills=True), _OPEN),
    Point("08", "web", "before the receipt", partial(_settling, locked=_RECEIPTS), _OPEN),
    Point("08", "web", "in its commit", partial(_settling, locked=_READ_AT_COMMIT), _SUCCEEDED),
    Point("08", "worker", "between two bills", partial(_worker_settling, locked=_LAST_BILLS, bills=True), _OPEN),
    Point("08", "worker", "before the receipt", partial(_worker_settling, locked=_RECEIPTS), _OPEN),
    Point("08", "worker", "in its commit", partial(_worker_settling, locked=_READ_AT_COMMIT), _OPEN, _SUCCEEDED),
    Point("08", "worker", "the mail is written", partial(_worker_mailing, locked=_MAIL), _SUCCEEDED),
    Point("08", "worker", "the mail is sent", partial(_worker_mailing, locked=_MAILBOX), _SUCCEEDED),
)
