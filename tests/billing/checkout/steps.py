"""What people and machines do in these tests."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import psycopg
import stripe
from django.db import connection
from django.test import Client
from django.utils import timezone
from psycopg import sql

from accounts.models import AccountLink
from billing.checkout import start_payment
from billing.gateway.stripe_gateway import API_VERSION
from billing.models import Invoice, Payment
from billing.quotes import Quote, make_quote
from oficina.shared.dates import today
from tests.simulator_process import Json, SimulatorProcess

SECRET = "whsec_test_current"
COMPLETED = "checkout.session.completed"


@dataclass(frozen=True)
class Customer:
    """A person who acts for an account."""

    link: AccountLink

    def quote(self, *invoices: Invoice) -> Quote:
        """Chooses bills and reads the summary."""
        chosen = [invoice.public_id for invoice in invoices]
        return make_quote(self.link, chosen, on=today(), now=timezone.now())

    def confirm(self, quote: Quote) -> Payment:
        """Confirms a summary."""
        return start_payment(self.link, self.link.user, quote, now=timezone.now())

    def start(self, *invoices: Invoice) -> Payment:
        """Chooses bills, reads the summary, confirms it."""
        return self.confirm(self.quote(*invoices))


def session_of(payment: Payment) -> str:
    assert payment.provider_session_id is not None
    return payment.provider_session_id


def sessions_made(simulator: SimulatorProcess) -> list[stripe.checkout.Session]:
    """Every session that the provider has, newest first."""
    client = stripe.StripeClient(
        simulator.api_key,
        base_addresses={"api": simulator.base_url},
        http_client=stripe.RequestsClient(timeout=20),
    )
    return list(client.v1.checkout.sessions.list({"limit": 100}).data)


def at_once[Result](*acts: Callable[[], Result]) -> list[Result | Exception]:
    """What each act gives or raises, all of them begun at the same moment, each on a database connection of its own."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], Result]) -> Result | Exception:
        gate.wait()
        try:
            return act()
        except Exception as error:  # noqa: BLE001  it is the result that the test looks at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def event_body(session_id: str, **changes: Json) -> bytes:
    """An event of the provider about a session. Its payload says nothing true but the session's name."""
    event: dict[str, Json] = {
        "id": "evt_of_a_test",
        "object": "event",
        "api_version": API_VERSION,
        "created": int(time.time()),
        "livemode": False,
        "type": COMPLETED,
        "data": {"object": {"id": session_id, "object": "checkout.session", "payment_status": "paid"}},
    }
    return json.dumps({**event, **changes}).encode()


def signed(body: bytes, *, secret: str = SECRET, seconds_away: int = 0) -> str:
    """The signature of a body, made now or so many seconds away from now."""
    at = int(time.time()) + seconds_away
    return str(stripe.WebhookSignature.generate_signature_header(body.decode(), secret, at))


def post_event(body: bytes, signature: str | None, *, path: str = "/webhooks/stripe/") -> int:
    """Sends a body to the portal as the provider does; gives the status of the answer."""
    headers = {} if signature is None else {"Stripe-Signature": signature}
    response = Client(enforce_csrf_checks=True).post(path, body, content_type="application/json", headers=headers)
    return response.status_code


def attempts(simulator: SimulatorProcess, event_type: str) -> list[list[int | None]]:
    """The answers to each delivery of one type of event, in order; None where there was no answer."""
    return [
        [cast("int | None", attempt["status"]) for attempt in cast("list[dict[str, Json]]", delivery["attempts"])]
        for delivery in simulator.deliveries()
        if delivery["event_type"] == event_type
    ]


@contextmanager
def database_down() -> Iterator[None]:
    """Nobody gets in: connections are cut and new ones refused."""
    name = sql.Identifier(connection.settings_dict["NAME"])
    address = {**connection.get_connection_params(), "dbname": "postgres"}
    address = {key: address[key] for key in ("dbname", "user", "password", "host", "port") if address.get(key)}
    connection.close()
    with psycopg.connect(**address, autocommit=True) as other:
        other.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(name))
        try:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name.as_string()[1:-1]]
            )
            yield
        finally:
            other.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true").format(name))
