"""The simulator put together from its parts, without a server around it."""

import threading
from dataclasses import dataclass
from pathlib import Path

from oficina.simulator.balance import Balance
from oficina.simulator.charging import Charging
from oficina.simulator.clock import Clock
from oficina.simulator.customers import Customers
from oficina.simulator.deliveries import Deliveries, DeliveryPolicy
from oficina.simulator.disputes import Disputes
from oficina.simulator.events import Events
from oficina.simulator.faults import Faults
from oficina.simulator.fees import Fees, FeeSchedule
from oficina.simulator.idempotency import Answers
from oficina.simulator.off_session import OffSession
from oficina.simulator.payment_methods import PaymentMethods
from oficina.simulator.payments import Payments
from oficina.simulator.payouts import Payouts
from oficina.simulator.refunds import Refunds
from oficina.simulator.sessions import AmountLimits, Sessions
from oficina.simulator.setups import Setups
from oficina.simulator.store import Store

_SWEEP_SECONDS = 0.5


@dataclass(frozen=True)
class Settings:
    """How a simulator is run; every field is an option of the command."""

    state: Path
    public_url: str
    api_key: str
    webhook_url: str | None
    webhook_secrets: tuple[str, ...]
    merchant_name: str
    api_version: str
    least_amount: int
    most_amount: int
    redirect_wait_seconds: float
    delivery: DeliveryPolicy
    fees: FeeSchedule


class Simulation:
    """One Stripe account in test mode: its objects, its clock, its webhook and its faults."""

    def __init__(self, settings: Settings) -> None:
        settings.state.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.store = Store(settings.state / "simulator.sqlite3")
        self.clock = Clock(self.store)
        self.faults = Faults(self.store)
        self.answers = Answers(self.store, self.clock)
        self.deliveries = Deliveries(self.store, self.clock, settings.delivery)
        self.events = Events(self.store, self.clock, self.faults, self.deliveries, settings.api_version)
        self._add_resources(AmountLimits(settings.least_amount, settings.most_amount))
        self._stopping = threading.Event()
        self._sweeper = threading.Thread(target=self._sweep, name="sweeper", daemon=True)

    def _add_resources(self, limits: AmountLimits) -> None:
        store, clock, events = self.store, self.clock, self.events
        self.fees = Fees(store, self.settings.fees)
        balance = Balance(store, clock, self.fees)
        charging = Charging(store, clock, events, balance)
        self.sessions = Sessions(store, clock, events, limits, self.settings.public_url)
        self.customers = Customers(store, clock, events)
        self.methods = PaymentMethods(store, clock, events)
        self.payments = Payments(store, clock, events, self.sessions, self.methods, charging)
        self.setups = Setups(store, events, self.sessions, self.customers, self.methods)
        self.off_session = OffSession(store, clock, events, charging, self.methods, limits)
        self.refunds = Refunds(store, clock, events, self.faults, balance, self.methods)
        self.disputes = Disputes(store, clock, events, balance)
        self.payouts = Payouts(store, clock, events, balance)

    def start(self) -> None:
        """Begin to send webhooks, those that an earlier run left too, and to expire sessions by the clock."""
        self._configure_webhook()
        self.deliveries.start()
        self._sweeper.start()

    def stop(self) -> None:
        """Stop sending and expiring; what is left is taken up at the next start."""
        self._stopping.set()
        self._sweeper.join()
        if self.deliveries.stop():
            self.store.close()

    def reset(self) -> None:
        """Forget everything that happened and every fault, and send webhooks where the command said."""
        with self.store.transaction():
            self.store.clear()
            self._configure_webhook()

    def follow_clock(self) -> None:
        """Do all that has become due by now."""
        self.sessions.expire_overdue()
        self.refunds.follow_courses()

    def _configure_webhook(self) -> None:
        self.deliveries.configure(url=self.settings.webhook_url, secrets=list(self.settings.webhook_secrets))

    def _sweep(self) -> None:
        while not self._stopping.wait(_SWEEP_SECONDS):
            self.follow_clock()
            self.answers.prune()
