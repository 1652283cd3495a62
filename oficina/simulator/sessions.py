"""Checkout Sessions: made, read, expired. What a customer does to one is in `payments`."""

from dataclasses import dataclass

from oficina.simulator.clock import Clock
from oficina.simulator.errors import invalid, no_such
from oficina.simulator.events import NO_REQUEST, Events
from oficina.simulator.identifiers import new_id
from oficina.simulator.intents import new_setup_intent
from oficina.simulator.new_sessions import LONGEST_SECONDS, NewSession, details_id, details_of, opened
from oficina.simulator.objects import SESSION_DETAILS, SESSIONS, EventRequest, Session, SessionDetails
from oficina.simulator.saved_objects import CUSTOMERS, SETUP_INTENTS
from oficina.simulator.store import Store, Where

SHORTEST_SECONDS = 30 * 60


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
        """Open a session. Raises StripeError when the amount or the expiry is out of bounds, or the customer nobody."""
        now = self._clock.now()
        if wanted.mode == "payment":
            self._check_total(wanted.total, wanted.currency or "")
        _check_expiry(wanted.expires_at, now)
        session_id = new_id("cs_test", 58)
        url = f"{self._public_url}/c/pay/{session_id}"
        with self._store.transaction():
            if wanted.customer is not None and self._store.find(CUSTOMERS, wanted.customer) is None:
                raise no_such(CUSTOMERS.name, wanted.customer, "customer")
            setup_intent = self._new_setup_intent(wanted, now) if wanted.mode == "setup" else None
            session = opened(session_id, wanted, now, url=url, setup_intent=setup_intent)
            self._store.insert(SESSIONS, session)
            self._store.insert(SESSION_DETAILS, details_of(session_id, wanted, now))
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
            if session["status"] != "open" or session["mode"] != "payment":
                raise invalid("Only an open session in payment mode can be made to misreport.")
            if amount_total is not None:
                session["amount_total"] = session["amount_subtotal"] = amount_total
            if currency is not None:
                session["currency"] = currency
            self._store.save(SESSIONS, session)
            return session

    def complete(self, session: Session, *, email: str | None, name: str | None) -> Session:
        """The customer is done; call it inside the transaction of what they did."""
        session["status"] = "complete"
        session["url"] = None
        session["customer_details"] = {
            "email": self.known_email(session) or email,
            "name": name,
            "phone": None,
            "address": None,
            "tax_exempt": "none",
            "tax_ids": [],
        }
        self._store.save(SESSIONS, session)
        details = self.details(session["id"])
        details["completed_event"] = self._events.emit("checkout.session.completed", session)
        self._store.save(SESSION_DETAILS, details)
        return session

    def known_email(self, session: Session) -> str | None:
        """The customer's mail when the shop told it, which the page then does not ask for."""
        if session["customer_email"] is not None:
            return session["customer_email"]
        customer = self._store.find(CUSTOMERS, session["customer"] or "")
        return customer["email"] if customer is not None else None

    def _close_as_expired(self, session: Session, request: EventRequest) -> None:
        session["status"] = "expired"
        session["url"] = None
        self._store.save(SESSIONS, session)
        self._events.emit("checkout.session.expired", session, request)
        setup_intent = self._store.find(SETUP_INTENTS, session["setup_intent"] or "")
        if setup_intent is not None:
            setup_intent["status"] = "canceled"
            setup_intent["cancellation_reason"] = "abandoned"
            self._store.save(SETUP_INTENTS, setup_intent)
            self._events.emit("setup_intent.canceled", setup_intent, request)

    def _new_setup_intent(self, wanted: NewSession, now: int) -> str:
        intent = new_setup_intent(
            customer=wanted.customer,
            description=wanted.intent_description,
            metadata=wanted.intent_metadata,
            now=now,
        )
        self._store.insert(SETUP_INTENTS, intent)
        return intent["id"]

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


def _check_expiry(expires_at: int | None, now: int) -> None:
    # Stripe names no parameter in these two errors.
    if expires_at is None:
        return
    if expires_at < now + SHORTEST_SECONDS:
        raise invalid("The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.")
    if expires_at > now + LONGEST_SECONDS:
        raise invalid("The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.")


def _shown(minor_units: int) -> str:
    return f"${minor_units / 100:,.2f}"
