"""Who and what takes part in one example: two customers of one account, the office, the bills, and what happened."""

import threading
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import AccountLink, ServiceAccount, User
from billing.enums import InvoiceKind, PaymentChannel, PaymentState
from billing.models import Invoice, Payment
from billing.quotes import Quote
from oficina.shared.dates import today
from tests.factories.accounts import AccountLinkFactory, ServiceAccountFactory, UserFactory
from tests.factories.billing import InvoiceFactory
from tests.factories.channels import CollectionChannelFactory, give_secret
from tests.simulator_process import SimulatorProcess
from tests.soak.ground import Ground
from tests.soak.provider_objects import ProviderObjects
from tests.soak.violations import NothingToDoError

type Given = Mapping[str, object]
type Step = tuple[str, Given]
"""An act and what it is given, plain values only: a list of steps can be printed, kept and played again."""

CHANNEL = "rapipago"
BILLS = (
    (Decimal("1000.00"), 10),
    (Decimal("555.55"), -30),
    (Decimal("120.10"), 0),
    (Decimal("99999.99"), 3),
    (Decimal("3000.00"), -1),
    (Decimal("2500.50"), 20),
    (Decimal("640.00"), -2),
)
"""Amount, and days until the first due date."""
INSTALMENT = 4
"""The place of the bill that is an instalment of a plan."""


@dataclass
class Told:
    """What a channel told of an operation, by our own count, however it told it."""

    tellings: set[tuple[frozenset[tuple[int, int]], Decimal]] = field(default_factory=set)
    """Each is what bills were paid, as place and cents, and the whole amount in pesos."""
    is_known: bool = False
    """Whether the portal said that it has it."""
    may_be_undone: bool = False
    """Whether its reversal was told at all: a process that dies may have kept the message and never said so."""
    is_undone: bool = False
    """Whether the portal said that it knows of its reversal."""

    @property
    def amounts(self) -> set[Decimal]:
        return {amount for _, amount in self.tellings}


@dataclass
class World:
    """The state of an example.

    `told` is what the other channel brought, by operation number; `seen` the rows that may never change, as they were
    first seen. `bank_told` are the results that the bank gave of each debit, `bank_undid` the debits that it had
    accepted and then reversed, `bank_files` its answers. `strikes` counts the faults that were set and the odd things
    that happened, `outcomes` how each act ended: done, refused, or with nothing to do.
    """

    ground: Ground
    account: ServiceAccount
    links: list[AccountLink]
    office: User
    bills: list[Invoice]
    quotes: list[Quote] = field(default_factory=list)
    told: dict[str, Told] = field(default_factory=lambda: defaultdict(Told))
    bank_told: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    bank_undid: set[str] = field(default_factory=set)
    bank_files: list[bytes] = field(default_factory=list)
    seen: dict[tuple[str, int], str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    strikes: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    waits: bool = True
    """Whether each step waits for the webhooks that it caused."""
    provider_is_ahead: int = 0
    """By how many seconds the provider's clock is."""
    horizon: datetime = field(default_factory=timezone.now)
    """The latest instant at which a periodic job was said to run."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    _numbers: int = 0

    @property
    def simulator(self) -> SimulatorProcess:
        return self.ground.simulator

    @property
    def provider(self) -> ProviderObjects:
        return ProviderObjects(self.simulator)

    def new_number(self) -> int:
        """Of this example, never given before."""
        with self.lock:
            self._numbers += 1
            return self._numbers

    def pass_time(self, *, seconds: float) -> None:
        """It becomes later here and at the provider."""
        self.ground.live_at(timezone.now() + timedelta(seconds=seconds), provider_ahead=self.provider_is_ahead)

    def payments(self) -> list[Payment]:
        """The checkouts, in the order in which they were begun."""
        return list(Payment.objects.filter(channel=PaymentChannel.CHECKOUT).order_by("pk"))

    def payment(self, index: int, among: Collection[PaymentState] = ()) -> Payment:
        """The checkout of this index, counted round, among those in these states when there are any of them. Raises
        NothingToDoError before there is any checkout.
        """
        found = self.payments()
        found = [payment for payment in found if payment.state in among] or found
        return of_index(found, index)

    def settled(self, index: int, *, at_the_provider: bool = False) -> Payment:
        """The payment of this index, counted round, among those that succeeded. Raises NothingToDoError."""
        settled = Payment.objects.succeeded().order_by("pk")
        if at_the_provider:
            settled = settled.exclude(provider_session_id=None)
        return of_index(list(settled), index)

    def session_of(self, index: int, among: Collection[PaymentState] = ()) -> str:
        """The provider's session of the checkout of this index, which the provider may know before we do. Raises
        NothingToDoError when there is none.
        """
        payment = self.payment(index, among)
        if payment.provider_session_id is not None:
            return payment.provider_session_id
        made = [session.id for session in self.provider.sessions() if session.client_reference_id == payment.public_id]
        return of_index(made, 0)

    def chosen(self, bills: list[int]) -> list[Invoice]:
        return [self.bills[index] for index in sorted(set(bills))]


def of_index[Thing](things: list[Thing], index: int) -> Thing:
    """The one of this index, counted round. Raises NothingToDoError when there are none."""
    if not things:
        raise NothingToDoError
    return things[index % len(things)]


def new_world(ground: Ground, *, waits: bool = True) -> World:
    """An example begins: everything else is forgotten."""
    ground.start_over()
    account = ServiceAccountFactory.create()
    links = [
        AccountLinkFactory.create(account=account, user=UserFactory.create(email=f"{name}@correo.example"))
        for name in ("ana", "tomas")
    ]
    office = UserFactory.create(email="oficina@aguas.example", is_staff=True)
    give_secret(CollectionChannelFactory.create(slug=CHANNEL), by=office)
    bills = [_bill(account, place) for place in range(len(BILLS))]
    return World(ground, account, links, office, bills, waits=waits)


def _bill(account: ServiceAccount, place: int) -> Invoice:
    amount, days = BILLS[place]
    due = today() + timedelta(days=days)
    instalment = place == INSTALMENT
    return InvoiceFactory.create(
        account=account,
        kind=InvoiceKind.INSTALMENT if instalment else InvoiceKind.SERVICE,
        description="Cuota 1 de 3" if instalment else "",
        invoice_number=f"0142-{place + 1:08d}",
        payment_code=f"{7_000_000_000 + place}",
        amount=amount,
        issued_on=date(2026, 9, 1),
        due_on=due,
        later_due_on=[due + timedelta(days=10)],
        later_amounts=[amount + Decimal("10.00")],
    )
