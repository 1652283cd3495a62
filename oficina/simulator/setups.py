"""What a customer does at the hosted page in setup mode: saves a card, to be charged later without them."""

from oficina.simulator.cards import CardAnswer, answer_to
from oficina.simulator.customers import Customers, NewCustomer
from oficina.simulator.events import Events
from oficina.simulator.objects import SESSIONS, PaymentMethod, Session
from oficina.simulator.payment_methods import CardInHand, PaymentMethods
from oficina.simulator.payments import NotPayableError
from oficina.simulator.saved_objects import SETUP_INTENTS, SetupIntent
from oficina.simulator.sessions import Sessions
from oficina.simulator.store import Store


class Setups:
    """The acts of a customer who saves a card."""

    def __init__(
        self, store: Store, events: Events, sessions: Sessions, customers: Customers, methods: PaymentMethods
    ) -> None:
        self._store = store
        self._events = events
        self._sessions = sessions
        self._customers = customers
        self._methods = methods

    def save_card(self, session_id: str, card: CardInHand, *, email: str | None, name: str | None = None) -> Session:
        """Save a card for the session's customer. A declined one leaves the session open, and its SetupIntent tells
        why. Raises NotPayableError unless the session is open in setup mode, and StripeError when there is none.
        """
        answer = answer_to(card.number).to_saving()
        with self._store.transaction():
            session, intent = self._open(session_id)
            known = self._sessions.known_email(session) or email
            method = self._methods.new_card(card, email=known, name=name)
            if answer.code is not None:
                self._decline(intent, method, answer)
                return session
            self._settle_customer(session, NewCustomer(email=known, name=name))
            intent["customer"] = session["customer"]
            intent["payment_method"] = method["id"]
            intent["status"] = "succeeded"
            intent["last_setup_error"] = None
            self._store.save(SETUP_INTENTS, intent)
            self._events.emit("setup_intent.succeeded", intent)
            if session["customer"] is not None:
                self._methods.attach(method, session["customer"])
            return self._sessions.complete(session, email=email, name=name)

    def _open(self, session_id: str) -> tuple[Session, SetupIntent]:
        session = self._sessions.get(session_id)
        intent = self._store.find(SETUP_INTENTS, session["setup_intent"] or "")
        if session["status"] != "open" or intent is None:
            raise NotPayableError(session)
        return session, intent

    def _settle_customer(self, session: Session, customer: NewCustomer) -> None:
        if session["customer"] is None and session["customer_creation"] == "always":
            session["customer"] = self._customers.create(customer)["id"]
            self._store.save(SESSIONS, session)

    def _decline(self, intent: SetupIntent, method: PaymentMethod, answer: CardAnswer) -> None:
        code = answer.code or "setup_attempt_failed"
        intent["last_setup_error"] = {
            "type": "card_error",
            "code": code,
            "decline_code": answer.decline_code,
            "message": answer.message,
            "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
            "payment_method": method,
        }
        self._store.save(SETUP_INTENTS, intent)
        self._events.emit("setup_intent.setup_failed", intent)
