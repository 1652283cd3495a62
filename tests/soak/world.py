"""Who and what takes part in one example: two customers of one account, its bills, and what happened so far."""

import threading
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import stripe

from accounts.models import AccountLink, ServiceAccount
from billing.enums import InvoiceKind, PaymentChannel, PaymentState
from billing.models import Invoice, Payment
from billing.quotes import Quote
from oficina.shared.dates import today
from tests.factories.accounts import AccountLinkFactory, ServiceAccountFactory, UserFactory
from tests.factories.billing import InvoiceFactory
from tests.simulator_process import SimulatorProcess
from tests.soak.ground import Ground

type Given = Mapping[str, object]
type Step = tuple[str, Given]
"""An act and what it is given, plain values only: a list of steps can be printed, kept and played again."""

BILLS = (
    (Decimal("1000.00"), 10),
    (Decimal("555.55"), -30),
    (Decimal("120.10"), 0),
    (Decimal("99999.99"), 3),
    (Decimal("3000.00"), -1),
)
"""Amount, and days until the first due date."""
INSTALMENT = 4
"""The place of the bill that is an instalment of a plan."""


@dataclass
class World:
    """The state of an example. `told` is what other channels brought, by our own count: operation and amount.

    `strikes` counts the faults that were set, `scenarios` what of the specification's list was seen to happen.
    """

    ground: Ground
    account: ServiceAccount
    links: list[AccountLink]
    bills: list[Invoice]
    quotes: list[Quote] = field(default_factory=list)
    told: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    strikes: Counter[str] = field(default_factory=Counter)
    files: int = 0
    waits: bool = True
    """Whether each step waits for the webhooks that it caused."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def simulator(self) -> SimulatorProcess:
        return self.ground.simulator

    def payments(self) -> list[Payment]:
        """The checkouts, in the order in which they were begun."""
        return list(Payment.objects.filter(channel=PaymentChannel.CHECKOUT).order_by("pk"))

    def payment(self, index: int, among: Collection[PaymentState] = ()) -> Payment | None:
        """The checkout of this index, counted round, among those in these states when there are any of them; None
        before there is any checkout.
        """
        found = self.payments()
        found = [payment for payment in found if payment.state in among] or found
        return found[index % len(found)] if found else None

    def session_of(self, index: int, among: Collection[PaymentState] = ()) -> str | None:
        """The provider's session of the checkout of this index, which the provider may know before we do."""
        payment = self.payment(index, among)
        if payment is None:
            return None
        if payment.provider_session_id is not None:
            return payment.provider_session_id
        made = [session.id for session in self.sessions() if session.client_reference_id == payment.public_id]
        return made[0] if made else None

    def sessions(self) -> list[stripe.checkout.Session]:
        """Every session that the provider has, with its attempt to pay."""
        return list(_provider(self.simulator).v1.checkout.sessions.list({"limit": 100}).auto_paging_iter())

    def events(self) -> list[stripe.Event]:
        """Every event that the provider made, newest first."""
        return list(_provider(self.simulator).v1.events.list({"limit": 100}).auto_paging_iter())

    def chosen(self, bills: list[int]) -> list[Invoice]:
        return [self.bills[index] for index in sorted(set(bills))]


def new_world(ground: Ground, *, waits: bool = True) -> World:
    """An example begins: everything else is forgotten."""
    ground.start_over()
    account = ServiceAccountFactory.create()
    links = [
        AccountLinkFactory.create(account=account, user=UserFactory.create(email=f"{name}@correo.example"))
        for name in ("ana", "tomas")
    ]
    bills = [_bill(account, place) for place in range(len(BILLS))]
    return World(ground, account, links, bills, waits=waits)


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
        issued_on=date(2026, 10, 1),
        due_on=due,
        later_due_on=[due + timedelta(days=10)],
        later_amounts=[amount + Decimal("10.00")],
    )


def _provider(simulator: SimulatorProcess) -> stripe.StripeClient:
    """A client of its own: what the provider says is compared with what the portal believes."""
    return stripe.StripeClient(
        simulator.api_key,
        base_addresses={"api": simulator.base_url},
        http_client=stripe.RequestsClient(timeout=20),
    )
