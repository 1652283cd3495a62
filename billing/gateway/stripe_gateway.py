"""Stripe's hosted Checkout, through its own SDK. The local simulator is reached by the same code at another address."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast

import stripe

from billing.gateway import stripe_events, stripe_sessions
from billing.gateway.base import CheckoutOrder, Json, ProviderEvent
from billing.gateway.errors import ProviderRefusedError, UnknownCheckoutError
from billing.gateway.reports import CheckoutReport
from billing.gateway.stripe_errors import asked
from billing.gateway.stripe_sessions import EXPANDED, Session, report_of

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

API_VERSION: Final = "2026-10-28.endive"
"""The version whose shapes are read here, in answers and in events."""

# Checkout holds a customer for up to 10 seconds while a webhook is answered, and a webhook asks back once.
_CONNECT_SECONDS = 3.0
_READ_SECONDS = 6.0
_RETRIES = 2


class StripeGateway:
    """A `CheckoutGateway`. One object serves every thread of a process."""

    source = "stripe"

    def __init__(self, *, api_key: str, api_base: str, webhook_secrets: Sequence[str]) -> None:
        self._livemode = api_key.startswith(("sk_live_", "rk_live_"))
        self._webhook_secrets = tuple(webhook_secrets)
        self._sessions = stripe.StripeClient(
            api_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base},
            max_network_retries=_RETRIES,
            http_client=stripe.RequestsClient(timeout=(_CONNECT_SECONDS, _READ_SECONDS)),
        ).v1.checkout.sessions

    def request_for(self, order: CheckoutOrder) -> dict[str, Json]:
        """See `CheckoutGateway`."""
        return stripe_sessions.session_request(order)

    def create_checkout(self, request: dict[str, Json], *, key: str) -> CheckoutReport:
        """See `CheckoutGateway`."""
        params = cast("SessionCreateParams", request)
        return _report(lambda: self._sessions.create(params, {"idempotency_key": key}))

    def retrieve_checkout(self, session_id: str) -> CheckoutReport:
        """See `CheckoutGateway`. Asked once: whoever asks has somebody waiting, and polling asks again."""
        return _about(
            session_id,
            lambda: self._sessions.retrieve(session_id, {"expand": EXPANDED}, {"max_network_retries": 0}),
        )

    def expire_checkout(self, session_id: str) -> CheckoutReport:
        """See `CheckoutGateway`."""
        try:
            return _about(session_id, lambda: self._sessions.expire(session_id, {"expand": EXPANDED}))
        except ProviderRefusedError:
            return self.retrieve_checkout(session_id)

    def find_checkout(self, reference: str, *, since: datetime, until: datetime) -> CheckoutReport | None:
        """See `CheckoutGateway`. Stripe does not search by reference, so the interval should be short."""
        created = {"gte": int(since.timestamp()), "lte": int(until.timestamp())}
        return asked(lambda: self._search(reference, created["gte"], created["lte"]))

    def verify_event(self, body: bytes, signature: str) -> ProviderEvent:
        """See `CheckoutGateway`."""
        stripe_events.verify(body, signature, self._webhook_secrets)
        return self.read_event(body)

    def read_event(self, body: bytes) -> ProviderEvent:
        """See `CheckoutGateway`."""
        return stripe_events.read(body, api_version=API_VERSION, livemode=self._livemode)

    def _search(self, reference: str, first: int, last: int) -> CheckoutReport | None:
        page = self._sessions.list(
            {
                "created": {"gte": first, "lte": last},
                "limit": 100,
                "expand": [f"data.{path}" for path in EXPANDED],
            }
        )
        for session in page.auto_paging_iter():
            if session.client_reference_id == reference:
                return report_of(cast("Session", session.to_dict()))
        return None


def _report(ask: Callable[[], stripe.checkout.Session]) -> CheckoutReport:
    return asked(lambda: report_of(cast("Session", ask().to_dict())))


def _about(session_id: str, ask: Callable[[], stripe.checkout.Session]) -> CheckoutReport:
    """As `_report`, for a session that should exist."""
    try:
        return _report(ask)
    except ProviderRefusedError as error:
        if error.code == "resource_missing":
            raise UnknownCheckoutError(session_id) from error
        raise
