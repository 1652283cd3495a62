"""Checkout Sessions: made, read, expired. What a customer does to one is in `payments`."""

from dataclasses import dataclass

from oficina.simulator.clock import Clock
from oficina.simulator.errors import invalid, no_such
from oficina.simulator.events import NO_REQUEST, Events
from oficina.simulator.identifiers import new_id
from oficina.simulator.objects import SESSION_DETAILS, SESSIONS, EventRequest, LineItem, Session, SessionDetails
from oficina.simulator.store import Store, Where

SHORTEST_SECONDS = 30 * 60
LONGEST_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class NewItem:
    """One thing to charge for; `unit_amount` is minor units."""

    name: str
    description: str | None
    unit_amount: int
    quantity: int
    metadata: dict[str, str]


@dataclass(frozen=True)
class NewSession:
    """A valid request for a session in payment mode; only the amount and the expiry are still to be judged."""

    items: tuple[NewItem, ...]
    currency: str
    success_url: str
    cancel_url: str | None
    expires_at: int | None
    client_reference_id: str | None
    customer_email: str | None
    locale: str | None
    submit_type: str | None
    metadata: dict[str, str]
    payment_method_types: tuple[str, ...]
    adaptive_pricing: bool
    intent_metadata: dict[str, str]
    intent_description: str | None
    receipt_email: str | None
    merchant_name: str


@dataclass(frozen=True)
class AmountLimits:
    """The least and the most that one session may charge, in minor units."""

    least: int
    most: int


class Sessions:
    """The acts on sessions."""

    def __init__(self, store: Store, clock: Clock, events: Events, limits: AmountLimits, public_url: str) -> None:
        self._store = store
        self._clock = clock
        self._events = events
        self._limits = limits
        self._public_url = public_url

    def create(self, wanted: NewSession) -> Session:
        """Open a session. Raises StripeError when the amount or the expiry is out of bounds."""
        now = self._clock.now()
        total = sum(item.unit_amount * item.quantity for item in wanted.items)
        self._check_total(total, wanted.currency)
        _check_expiry(wanted.expires_at, now)
        session_id = new_id("cs_test", 58)
        session = _opened(session_id, wanted, total, now, url=f"{self._public_url}/c/pay/{session_id}")
        with self._store.transaction():
            self._store.insert(SESSIONS, session)
            self._store.insert(SESSION_DETAILS, _details(session_id, wanted, now))
        return session

    def find(self, session_id: str) -> Session | None:
        """The session as it is now: one whose time is over expires before it is shown."""
        with self._store.transaction():
            session = self._store.find(SESSIONS, session_id)
            if session is not None and session["status"] == "open" and session["expires_at"] <= self._clock.now():
                self._close_as_expired(session, NO_REQUEST)
            return session

    def get(self, session_id: str) -> Session:
        """As `find`. Raises StripeError (404) when there is none."""
        session = self.find(session_id)
        if session is None:
            raise no_such(SESSIONS.name, session_id, SESSIONS.parameter)
        return session

    def details(self, session_id: str) -> SessionDetails:
        """What Stripe keeps of a session without showing it. Raises LookupError."""
        details = self._store.find(SESSION_DETAILS, details_id(session_id))
        if details is None:
            raise LookupError(session_id)
        return details

    def expire(self, session_id: str, request: EventRequest = NO_REQUEST) -> Session:
        """Close an open session. Raises StripeError when it is not open any more."""
        with self._store.transaction():
            session = self.get(session_id)
            if session["status"] != "open":
                raise invalid(
                    'Only Checkout Sessions with a status in ["open"] can be expired. '
                    f"This Checkout Session has a status of `{session['status']}`."
                )
            self._close_as_expired(session, request)
            return session

    def expire_overdue(self) -> None:
        """Expire every open session whose time is over."""
        with self._store.transaction():
            overdue = self._store.select(
                SESSIONS,
                Where("json_extract(body, '$.status') = 'open'"),
                Where("json_extract(body, '$.expires_at') <= ?", (self._clock.now(),)),
            )
            for session in reversed(overdue):
                self._close_as_expired(session, NO_REQUEST)

    def misreport(self, session_id: str, *, amount_total: int | None, currency: str | None) -> Session:
        """Make an open session charge, and tell, another amount or currency than was asked for."""
        with self._store.transaction():
            session = self.get(session_id)
            if session["status"] != "open":
                raise invalid("Only an open session can be made to misreport.")
            if amount_total is not None:
                session["amount_total"] = session["amount_subtotal"] = amount_total
            if currency is not None:
                session["currency"] = currency
            self._store.save(SESSIONS, session)
            return session

    def _close_as_expired(self, session: Session, request: EventRequest) -> None:
        session["status"] = "expired"
        session["url"] = None
        self._store.save(SESSIONS, session)
        self._events.emit("checkout.session.expired", session, request)

    def _check_total(self, total: int, currency: str) -> None:
        if total < self._limits.least:
            raise invalid(
                "The Checkout Session's total amount due must add up to at least "
                f"{_shown(self._limits.least)} {currency}",
                code="amount_too_small",
            )
        if total > self._limits.most:
            raise invalid(
                f"The Checkout Session's total amount due must be no more than {_shown(self._limits.most)} {currency}",
                code="amount_too_large",
            )


def details_id(session_id: str) -> str:
    """The identifier under which a session's details are stored."""
    return f"{session_id}:details"


def _check_expiry(expires_at: int | None, now: int) -> None:
    # Stripe names no parameter in these two errors.
    if expires_at is None:
        return
    if expires_at < now + SHORTEST_SECONDS:
        raise invalid("The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.")
    if expires_at > now + LONGEST_SECONDS:
        raise invalid("The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.")


def _opened(session_id: str, wanted: NewSession, total: int, now: int, *, url: str) -> Session:
    return {
        "id": session_id,
        "object": "checkout.session",
        "created": now,
        "mode": "payment",
        "ui_mode": "hosted_page",
        "status": "open",
        "payment_status": "unpaid",
        "amount_subtotal": total,
        "amount_total": total,
        "currency": wanted.currency,
        "client_reference_id": wanted.client_reference_id,
        "client_secret": None,
        "customer": None,
        "customer_email": wanted.customer_email,
        "customer_details": None,
        "expires_at": wanted.expires_at or now + LONGEST_SECONDS,
        "livemode": False,
        "locale": wanted.locale,
        "metadata": wanted.metadata,
        "payment_intent": None,
        "setup_intent": None,
        "payment_method_types": list(wanted.payment_method_types),
        "submit_type": wanted.submit_type,
        "success_url": wanted.success_url,
        "cancel_url": wanted.cancel_url,
        "url": url,
        "adaptive_pricing": {"enabled": wanted.adaptive_pricing},
        "automatic_tax": {"enabled": False},
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    }


def _details(session_id: str, wanted: NewSession, now: int) -> SessionDetails:
    return {
        "id": details_id(session_id),
        "object": SESSION_DETAILS.name,
        "created": now,
        "line_items": [_line_item(item, wanted.currency, now) for item in wanted.items],
        "product_descriptions": [item.description for item in wanted.items],
        "intent_metadata": wanted.intent_metadata,
        "intent_description": wanted.intent_description,
        "receipt_email": wanted.receipt_email,
        "merchant_name": wanted.merchant_name,
        "completed_event": None,
    }


def _line_item(item: NewItem, currency: str, now: int) -> LineItem:
    amount = item.unit_amount * item.quantity
    return {
        "id": new_id("li"),
        "object": "item",
        "description": item.name,
        "quantity": item.quantity,
        "currency": currency,
        "amount_subtotal": amount,
        "amount_total": amount,
        "amount_discount": 0,
        "amount_tax": 0,
        "price": {
            "id": new_id("price"),
            "object": "price",
            "created": now,
            "product": new_id("prod", 14),
            "currency": currency,
            "unit_amount": item.unit_amount,
            "type": "one_time",
            "livemode": False,
        },
        "metadata": item.metadata,
    }


def _shown(minor_units: int) -> str:
    return f"${minor_units / 100:,.2f}"
