"""The ground of a soak: the portal as a threaded server and the local Stripe as a process, on a database that commits.

The portal runs in this process, so that a deliberate bug (`tests.soak.mutants`) can be put in without leaving a trace
in the project. Everything else is as in production: HTTP both ways, real transactions, real threads.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import stripe
import time_machine
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connection

from accounts.enums import TermsPurpose
from accounts.models import TermsVersion
from adhesions.models import DebitRetry
from billing.gateway import stripe_gateway, stripe_returns
from payment_plans.models import PlanPolicy, PolicyOption
from tests.factories.billing import LateInterestPolicyFactory
from tests.simulator_process import SimulatorProcess
from tests.soak.crashes import CrashError, CrashSwitch, crash_in_the_middle_of_settling
from tests.soak.errors_seen import ErrorsSeen
from tests.soak.late_money import LateMoney

OPTIONS = {2: Decimal("18.00"), 3: Decimal("24.00")}
"""In how many instalments a plan of payments can be made, and at which TNA, in per cent."""

SECRET = "whsec_test_current"
BEGINNING = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""When every example begins: Tuesday 24/11/2026, noon in Mendoza."""

_EMPTIED = (
    "billing_collectionchannel",
    "billing_invoice",
    "billing_lateinterestpolicy",
    "billing_payment",
    "billing_providerday",
    "billing_providermovement",
    "billing_providerpayout",
    "billing_webhookevent",
    "payment_plans_planpolicy",
    "accounts_serviceaccount",
    "accounts_user",
    "shared_importrun",
    "shared_outgoingmail",
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
)
"""These and every table that refers to them; what migrations put in stays."""

PATIENCE_SECONDS = 1.0
"""How long the portal waits for an answer of the provider, shortened: there are many that come too late."""

_COUNTRIES_OF_TEST_CARDS = ("AR", "US")
"""So that cards that are declined or ask for their holder can be adhered too."""

_FEES = {"basis_points": 350, "fixed": 1000, "dispute": 150_000}


@dataclass
class Ground:
    """What a soak stands on. `clock` moves the time of this process; `live_at` that of both."""

    simulator: SimulatorProcess
    webhook_url: str
    clock: time_machine.Traveller
    crashes: CrashSwitch
    late_money: LateMoney
    errors: ErrorsSeen
    folder: Path

    def start_over(self) -> None:
        """Nobody owes, paid or asked anything; it is BEGINNING for everybody."""
        self.crashes.disarm()
        self.late_money.forget()
        self.simulator.reset()
        self.simulator.keep_fees(**_FEES)
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(_EMPTIED)} CASCADE")
        LateInterestPolicyFactory.create()
        _set_up_direct_debit()
        _set_up_plans()
        self.live_at(BEGINNING)
        self.simulator.send_webhooks_to(self.webhook_url, secrets=(SECRET,))
        self.errors.forget()

    def live_at(self, instant: datetime, *, provider_ahead: int = 0) -> None:
        """Let it be this instant here, and so many seconds later at the provider; time goes on from there."""
        self.clock.move_to(instant)
        self.simulator.live_at(instant + timedelta(seconds=provider_ahead), stands=False)


def _set_up_direct_debit() -> None:
    """Its terms and the schedule of tries, which tests may have emptied."""
    TermsVersion.objects.get_or_create(
        purpose=TermsPurpose.DIRECT_DEBIT, version=1, defaults={"title": "Débito automático", "body": "Texto"}
    )
    DebitRetry.objects.all().delete()
    DebitRetry.objects.bulk_create(DebitRetry(days_after=days) for days in (1, 3))


def _set_up_plans() -> None:
    """Their terms, and a policy that finances whatever fell due."""
    TermsVersion.objects.get_or_create(
        purpose=TermsPurpose.PAYMENT_PLAN, version=1, defaults={"title": "Plan de pago", "body": "Texto"}
    )
    policy = PlanPolicy.objects.create(
        name="Planes", valid_from=date(2026, 1, 1), vat_rate=Decimal("21.00"), plans_at_once=2
    )
    PolicyOption.objects.bulk_create(
        PolicyOption(policy=policy, instalments=count, annual_rate=rate) for count, rate in OPTIONS.items()
    )


@contextmanager
def soak_ground(folder: Path) -> Iterator[Ground]:
    """The running ground, on Django's database, which has to be one of tests: it is emptied again and again."""
    with ExitStack() as stack:
        crashes, late_money = CrashSwitch(), LateMoney()
        errors = stack.enter_context(ErrorsSeen().watching())
        stack.enter_context(crashes.listening())
        stack.enter_context(crash_in_the_middle_of_settling(crashes))
        stack.enter_context(late_money.at_the_provider())
        stack.enter_context(_quick_repetitions())
        stack.enter_context(_little_patience())
        simulator = stack.enter_context(SimulatorProcess(state=folder / "stripe", retry_delays=(0.05, 0.1)))
        stack.enter_context(_provider_at(simulator.base_url))
        port = stack.enter_context(_serving())
        clock = stack.enter_context(time_machine.travel(BEGINNING, tick=True))
        webhook_url = f"http://127.0.0.1:{port}/webhooks/stripe/"
        yield Ground(simulator, webhook_url, clock, crashes, late_money, errors, folder)


@contextmanager
def _provider_at(address: str) -> Iterator[None]:
    before = settings.UTILITY
    settings.UTILITY = before.model_copy(
        update={
            "stripe_api_base": address,
            "stripe_checkout_origin": address,
            "debit_card_countries": _COUNTRIES_OF_TEST_CARDS,
        }
    )
    try:
        yield
    finally:
        settings.UTILITY = before


@contextmanager
def _quick_repetitions() -> Iterator[None]:
    """The SDK's pauses before it repeats a request, shortened: there are thousands of lost answers."""
    before = stripe.HTTPClient.INITIAL_DELAY
    stripe.HTTPClient.INITIAL_DELAY = 0.01
    try:
        yield
    finally:
        stripe.HTTPClient.INITIAL_DELAY = before


@contextmanager
def _little_patience() -> Iterator[None]:
    """For the clients that are made while the block runs."""
    before = stripe_gateway._READ_SECONDS, stripe_returns._TIMEOUT_SECONDS
    stripe_gateway._READ_SECONDS = PATIENCE_SECONDS
    stripe_returns._TIMEOUT_SECONDS = (PATIENCE_SECONDS, PATIENCE_SECONDS)
    try:
        yield
    finally:
        stripe_gateway._READ_SECONDS, stripe_returns._TIMEOUT_SECONDS = before


type Environ = dict[str, object]
type StartResponse = Callable[[str, list[tuple[str, str]]], object]


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the parent's name
        """Say nothing."""


@contextmanager
def _serving() -> Iterator[int]:
    """The portal on a free port, a thread for each request."""
    portal = WSGIHandler()

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return portal(environ, start_response)  # type: ignore[arg-type]  # the names of wsgiref, for Django's
        except CrashError:
            # To the provider a process that died is a connection that ended; an error status is treated alike.
            start_response("500 Internal Server Error", [("Content-Length", "0")])
            return [b""]

    server = ThreadedWSGIServer(("127.0.0.1", 0), _Silent)
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
