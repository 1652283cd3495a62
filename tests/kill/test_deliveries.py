"""The worker dies by SIGKILL while it mails bills: none is lost, and only where nobody can tell is one mailed twice.

Between the mail server's acceptance and our commit, that is: the second copy is the same mail, with its Message-ID.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import LiteralString

import pytest

from adhesions.digital.bill_mail import message_id_of
from adhesions.digital.planning import plan_new_bills
from adhesions.models import BillDelivery
from tests.factories.accounts import AccountLinkFactory
from tests.factories.adhesions import digital
from tests.factories.billing import InvoiceFactory
from tests.jobs import forget_jobs
from tests.kill.aftermath import RETRY_STALLED_JOBS, make_dead_workers_older, run_by_worker, wait_for_jobs
from tests.kill.conftest import ROUNDS
from tests.kill.mortals import MortalProcesses
from tests.kill.stage import Stage
from tests.mail_server import MailServer, Moment

pytestmark = pytest.mark.django_db(transaction=True)

BILLS = 2
_ROUNDS = (ROUNDS + 1) // 2
"""Half as many as elsewhere: each draws its bills, which takes a second or two."""

_NOTING: LiteralString = "LOCK TABLE adhesions_billdelivery IN SHARE MODE"


@dataclass(frozen=True)
class Point:
    """A place where the worker dies: how many bills the server has then, how many of them are noted as sent."""

    where: str
    reached: Callable[[MailServer, Stage], AbstractContextManager[None]]
    taken: int
    noted: int

    def __str__(self) -> str:
        return f"bills by mail, worker: {self.where}"


@contextmanager
def _server_stands_still(server: MailServer, stage: Stage, *, moment: Moment, connection: int) -> Iterator[None]:
    with server.standing_still(moment, connection=connection) as reached:
        stage.processes.start("worker")
        stage.wait_until(reached.is_set, moment.value)
        yield


@contextmanager
def _not_noted(server: MailServer, stage: Stage) -> Iterator[None]:
    def mail_is_sent() -> bool:
        # A periodic job of the worker may stand at the same lock before any mail went.
        return bool(server.received) and stage.standing_still() > 0

    with stage.held_by(_NOTING):
        stage.processes.start("worker")
        stage.wait_until(mail_is_sent, "the worker at the lock, the mail sent")
        yield


_at_greeting = partial(_server_stands_still, moment=Moment.GREETING)
_at_answer = partial(_server_stands_still, moment=Moment.ANSWER)

POINTS = (
    Point("nothing is sent", partial(_at_greeting, connection=1), taken=0, noted=0),
    Point("the server took it, its answer is late", partial(_at_answer, connection=1), taken=1, noted=0),
    Point("the server said so, it is not noted", _not_noted, taken=1, noted=0),
    Point("one is noted, the next is not sent", partial(_at_greeting, connection=2), taken=1, noted=1),
)


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A real one, on loopback."""
    taking = MailServer()
    with taking.serving():
        yield taking


@pytest.fixture
def processes(_processes: MortalProcesses, server: MailServer, transactional_db: None) -> Iterator[MortalProcesses]:
    """A worker that mails to the server, not yet started; the one of the other tests is out of the way."""
    _processes.stop("worker")
    own = MortalProcesses(_processes.folder, _processes.port, _processes.simulator, email_url=server.url)
    with ExitStack() as stack:
        stack.callback(own.close)
        yield own


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_killed_while_it_mails_bills(
    point: Point, processes: MortalProcesses, server: MailServer, tell: Callable[[str, Counter[str]], None]
) -> None:
    counted = Counter[str]()
    for _ in range(_ROUNDS):
        mails = _planned()
        server.forget()
        stage = Stage(processes, [])
        with point.reached(server, stage):
            processes.kill("worker")
        stage.wait_until_nothing_is_under_way()
        assert server.received == mails[: point.taken]
        assert _noted(mails) == mails[: point.noted]

        make_dead_workers_older()
        processes.start("worker")
        run_by_worker(RETRY_STALLED_JOBS)
        wait_for_jobs(stage)

        assert _noted(mails) == mails
        assert Counter(server.received) == Counter(mails) + Counter(mails[point.noted : point.taken])
        processes.stop("worker")
        counted.update(rounds=1, in_hand=BILLS)
    tell(str(point), counted)


def _planned() -> list[str]:
    """The Message-IDs of some bills on their way to somebody, in the hands of one job."""
    link = AccountLinkFactory.create()
    digital(link)
    forget_jobs()
    plan_new_bills([InvoiceFactory.create(account=link.account).pk for _ in range(BILLS)])
    return [_message_id(each) for each in BillDelivery.objects.queued().order_by("pk")]


def _noted(mails: list[str]) -> list[str]:
    sent = BillDelivery.objects.filter(state="sent").order_by("pk")
    return [found for each in sent if (found := _message_id(each)) in mails]


def _message_id(delivery: BillDelivery) -> str:
    """As the worker makes it, whose portal has another address than that of this process."""
    return message_id_of(delivery).replace("@testserver", "@127.0.0.1")
