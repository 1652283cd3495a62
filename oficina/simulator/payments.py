"""What a customer does at the hosted page: pays by card, is declined, pays later with a voucher.

Each act is whole: the session, its PaymentIntent, its charge and their events change together or not at all,
and only an open session can be paid, so that a double click pays once.
"""

from oficina.simulator.cards import CardAnswer, answer_to
from oficina.simulator.charging import Charging
from oficina.simulator.clock import Clock
from oficina.simulator.events import Events
from oficina.simulator.intents import NewIntent, new_payment_intent
from oficina.simulator.objects import PAYMENT_INTENTS, PAYMENT_METHODS, SESSIONS, PaymentIntent, PaymentMethod, Session
from oficina.simulator.payment_methods import VOUCHER, CardInHand, PaymentMethods
from oficina.simulator.sessions import Sessions
from oficina.simulator.store import Store


class NotPayableError(Exception):
    """The session is not in a state that allows the act; `session` tells which it is in."""

    def __init__(self, session: Session) -> None:
        super().__init__(f"the session is {session['status']} and {session['payment_status']}")
        self.session = session


class Payments:
    """The acts of a customer who pays."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        events: Events,
        sessions: Sessions,
        methods: PaymentMethods,
        charging: Charging,
    ) -> None:
        self._store = store
        self._clock = clock
        self._events = events
        self._sessions = sessions
        self._methods = methods
        self._charging = charging

    def pay(self, session_id: str, card: CardInHand, *, email: str | None, name: str | None = None) -> Session:
        """Charge a card. A declined one leaves the session open, and its PaymentIntent tells why.
        Raises NotPayableError, and StripeError when there is no such session.
        """
        answer = answer_to(card.number)
        with self._store.transaction():
            session = self._payable(session_id)
            method = self._methods.new_card(card, email=self._sessions.known_email(session) or email, name=name)
            intent = self._intent_of(session)
            if answer.code is not None:
                self._charging.decline(intent, method, answer)
                return session
            self._charging.succeed(intent, method)
            session["payment_status"] = "paid"
            return self._sessions.complete(session, email=email, name=name)

    def pay_later(self, session_id: str, *, email: str | None, name: str | None = None) -> Session:
        """Hand out a voucher: the session is complete and unpaid until `settle` or `fail`. Raises as `pay`."""
        with self._store.transaction():
            session = self._payable(session_id)
            if VOUCHER not in session["payment_method_types"]:
                raise NotPayableError(session)
            method = self._methods.new_voucher(email=self._sessions.known_email(session) or email, name=name)
            intent = self._intent_of(session)
            intent["payment_method"] = method["id"]
            intent["status"] = "requires_action"
            intent["last_payment_error"] = None
            self._store.save(PAYMENT_INTENTS, intent)
            return self._sessions.complete(session, email=email, name=name)

    def settle(self, session_id: str) -> Session:
        """The voucher was paid. Raises NotPayableError unless the session waits for it."""
        with self._store.transaction():
            session, intent, method = self._awaiting_voucher(session_id)
            self._charging.succeed(intent, method)
            session["payment_status"] = "paid"
            self._store.save(SESSIONS, session)
            self._events.emit("checkout.session.async_payment_succeeded", session)
            return session

    def fail(self, session_id: str) -> Session:
        """The voucher was never paid. Raises NotPayableError unless the session waits for it."""
        with self._store.transaction():
            session, intent, method = self._awaiting_voucher(session_id)
            answer = CardAnswer("visa", code="payment_intent_payment_attempt_expired", message="The voucher expired.")
            self._charging.give_up(intent, method, answer)
            self._events.emit("checkout.session.async_payment_failed", session)
            return session

    def _payable(self, session_id: str) -> Session:
        session = self._sessions.get(session_id)
        if session["status"] != "open" or session["mode"] != "payment":
            raise NotPayableError(session)
        return session

    def _awaiting_voucher(self, session_id: str) -> tuple[Session, PaymentIntent, PaymentMethod]:
        session = self._sessions.get(session_id)
        intent = self._store.find(PAYMENT_INTENTS, session["payment_intent"] or "")
        if session["status"] != "complete" or intent is None or intent["status"] != "requires_action":
            raise NotPayableError(session)
        method = self._store.find(PAYMENT_METHODS, intent["payment_method"] or "")
        if method is None:
            raise NotPayableError(session)
        return session, intent, method

    def _intent_of(self, session: Session) -> PaymentIntent:
        """The session's PaymentIntent; the first attempt makes it, as in Stripe since 2022."""
        existing = self._store.find(PAYMENT_INTENTS, session["payment_intent"] or "")
        if existing is not None:
            # They differ from the first attempt's only when the fault API changed them meanwhile.
            existing["amount"] = session["amount_total"] or 0
            existing["currency"] = session["currency"] or ""
            return existing
        details = self._sessions.details(session["id"])
        wanted = NewIntent(
            amount=session["amount_total"] or 0,
            currency=session["currency"] or "",
            customer=session["customer"],
            description=details["intent_description"],
            metadata=details["intent_metadata"],
            payment_method_types=tuple(session["payment_method_types"]),
            receipt_email=details["receipt_email"],
        )
        intent = new_payment_intent(wanted, self._clock.now())
        self._store.insert(PAYMENT_INTENTS, intent)
        session["payment_intent"] = intent["id"]
        self._store.save(SESSIONS, session)
        return intent
