"""What a round of killing stands on: the running portal, some customers, and looks at what happens inside."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import LiteralString, cast

import stripe
from django.db import connection

from billing.enums import WebhookStatus
from billing.models import Payment
from billing.models import WebhookEvent as Event
from tests.billing.checkout.steps import session_of, sessions_made
from tests.kill.customers import PATIENCE_SECONDS, Customer
from tests.kill.mortals import MortalProcesses
from tests.live.processes import RUNTIME_LOGIN
from tests.simulator_process import Json, SimulatorProcess

PAID = "checkout.session.completed"


@dataclass
class Stage:
    """One round."""

    processes: MortalProcesses
    customers: list[Customer]
    _log_began: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._log_began = {name: self.processes.log(name).stat().st_size for name in ("web", "worker")}

    @property
    def simulator(self) -> SimulatorProcess:
        return self.processes.simulator

    @property
    def account_ids(self) -> list[int]:
        return [customer.link.account_id for customer in self.customers]

    @property
    def last_bill_ids(self) -> list[int]:
        return [customer.bills[-1].pk for customer in self.customers]

    def is_struck_by(self, kind: str) -> bool:
        """Whether the fault of this kind, set for one time, has struck."""
        faults = cast("list[dict[str, Json]]", self.simulator.call("GET", "/_simulator/faults"))
        return all(fault["kind"] != kind for fault in faults)

    def sessions(self) -> list[stripe.checkout.Session]:
        """What the provider has of these customers."""
        references = set(Payment.objects.filter(account__in=self.account_ids).values_list("public_id", flat=True))
        return [session for session in sessions_made(self.simulator) if session.client_reference_id in references]

    def payments(self) -> list[Payment]:
        """The attempts of these customers."""
        return list(Payment.objects.filter(account__in=self.account_ids).order_by("pk"))

    def is_told_and_waits(self, payment: Payment) -> bool:
        """Whether the inbox has the news that this payment was paid, and nothing has come of it yet."""
        told = Event.objects.filter(event_type=PAID, status=WebhookStatus.RECEIVED)
        return any(session_of(payment).encode() in bytes(event.body) for event in told)

    def marks(self, name: str, words: str) -> int:
        """How often a log of this round has a marked point."""
        with self.processes.log(name).open("rb") as log:
            log.seek(self._log_began[name])
            return log.read().count(words.encode())

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Raises TimeoutError that names `what`."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what} did not come within {PATIENCE_SECONDS} s")
            time.sleep(0.005)

    @contextmanager
    def held_by(self, statement: LiteralString, *given: int | str | list[int]) -> Iterator[None]:
        """Somebody else has locks while the block runs: whoever needs one stands still, inside its transaction."""
        other = connection.copy()
        try:
            other.set_autocommit(False)
            with other.cursor() as cursor:
                cursor.execute(statement, given)
            yield
            other.rollback()
        finally:
            other.close()

    def standing_still(self) -> int:
        """How many connections of the portal wait for a lock in the middle of something."""
        return _connections("wait_event_type = 'Lock'")

    def wait_until_nothing_is_under_way(self) -> None:
        """What the dead had begun in the database has ended: the server notices when it wants to answer them."""
        self.wait_until(lambda: not _connections("xact_start IS NOT NULL"), "the end of every transaction")


def _connections(condition: LiteralString) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = %s"
            " AND " + condition,
            [RUNTIME_LOGIN],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0
