"""What a customer does at the hosted page: pays by card, is declined, pays later with a voucher.

Each act is whole: the session, its PaymentIntent, its charge and their events change together or not at all,
and only an open session can be paid, so that a double click pays once.
"""

from dataclasses import dataclass

from oficina.simulator.cards import CardAnswer, answer_to
from oficina.simulator.clock import Clock
from oficina.simulator.events import Events
from oficina.simulator.identifiers import new_id
from oficina.simulator.objects import (
    CHARGES,
    PAYMENT_INTENTS,
    PAYMENT_METHODS,
    SESSION_DETAILS,
    SESSIONS,
    CardDetails,
    Charge,
    Outcome,
    PaymentError,
    PaymentIntent,
    PaymentMethod,
    PaymentMethodDetails,
    Session,
)
from oficina.simulator.sessions import Sessions
from oficina.simulator.store import Store

VOUCHER = "boleto"
"""The kind of voucher that stands for every payment that is made later, in cash. Stripe has none for Argentina."""


class NotPayableError(Exception):
    """The session is not in a state that allows the act; `session` tells which it is in."""

    def __init__(self, session: Session) -> None:
        super().__init__(f"the session is {session['status']} and {session['payment_status']}")
        self.session = session


@dataclass(frozen=True)
class CardInHand:
    """A card as typed: the number is digits only and passes the check digit; only its last four are kept."""

    number: str
    exp_month: int
    exp_year: int


class Payments:
    """The acts of a customer."""

    def __init__(self, store: Store, clock: Clock, events: Events, sessions: Sessions) -> None:
        self._store = store
        self._clock = clock
        self._events = events
        self._sessions = sessions

    def pay(self, session_id: str, card: CardInHand, *, email: str | None, name: str | None = None) -> Session:
        """Charge a card. A declined one leaves the session open, and its PaymentIntent tells why.
        Raises NotPayableError, and StripeError when there is no such session.
        """
        answer = answer_to(card.number)
        with self._store.transaction():
            session = self._payable(session_id)
            method = self._new_method("card", _card_details(card, answer))
            intent = self._intent_of(session)
            intent["payment_method"] = method["id"]
            if answer.code is not None:
                self._decline(session, intent, method, answer)
                return session
            charge = self._charge(intent, method)
            self._succeed(intent, charge)
            session["payment_status"] = "paid"
            return self._complete(session, email=email, name=name)

    def pay_later(self, session_id: str, *, email: str | None, name: str | None = None) -> Session:
        """Hand out a voucher: the session is complete and unpaid until `settle` or `fail`. Raises as `pay`."""
        with self._store.transaction():
            session = self._payable(session_id)
            if VOUCHER not in session["payment_method_types"]:
                raise NotPayableError(session)
            method = self._new_method(VOUCHER, None)
            intent = self._intent_of(session)
            intent["payment_method"] = method["id"]
            intent["status"] = "requires_action"
            intent["last_payment_error"] = None
            self._store.save(PAYMENT_INTENTS, intent)
            return self._complete(session, email=email, name=name)

    def settle(self, session_id: str) -> Session:
        """The voucher was paid. Raises NotPayableError unless the session waits for it."""
        with self._store.transaction():
            session, intent, method = self._awaiting_voucher(session_id)
            self._succeed(intent, self._charge(intent, method))
            session["payment_status"] = "paid"
            self._store.save(SESSIONS, session)
            self._events.emit("checkout.session.async_payment_succeeded", session)
            return session

    def fail(self, session_id: str) -> Session:
        """The voucher was never paid. Raises NotPayableError unless the session waits for it."""
        with self._store.transaction():
            session, intent, method = self._awaiting_voucher(session_id)
            answer = CardAnswer("visa", code="payment_intent_payment_attempt_expired", message="The voucher expired.")
            self._refuse(intent, method, answer, charge=None)
            self._events.emit("checkout.session.async_payment_failed", session)
            return session

    def _payable(self, session_id: str) -> Session:
        session = self._sessions.get(session_id)
        if session["status"] != "open":
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
        intent_id = new_id("pi")
        intent: PaymentIntent = {
            "id": intent_id,
            "object": "payment_intent",
            "created": self._clock.now(),
            "amount": session["amount_total"] or 0,
            "amount_received": 0,
            "amount_capturable": 0,
            "currency": session["currency"] or "",
            "capture_method": "automatic",
            "confirmation_method": "automatic",
            "client_secret": f"{intent_id}_secret_{new_id('x')[2:]}",
            "customer": None,
            "description": details["intent_description"],
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": details["intent_metadata"],
            "payment_method": None,
            "payment_method_types": session["payment_method_types"],
            "receipt_email": details["receipt_email"],
            "status": "requires_payment_method",
        }
        self._store.insert(PAYMENT_INTENTS, intent)
        session["payment_intent"] = intent_id
        self._store.save(SESSIONS, session)
        return intent

    def _new_method(self, kind: str, card: CardDetails | None) -> PaymentMethod:
        method: PaymentMethod = {
            "id": new_id("pm"),
            "object": "payment_method",
            "created": self._clock.now(),
            "type": kind,
            "livemode": False,
            "metadata": {},
        }
        if card is not None:
            method["card"] = card
        else:
            method["boleto"] = {}
        self._store.insert(PAYMENT_METHODS, method)
        return method

    def _charge(self, intent: PaymentIntent, method: PaymentMethod, refused_as: CardAnswer | None = None) -> Charge:
        details: PaymentMethodDetails = {"type": method["type"]}
        if "card" in method:
            details["card"] = method["card"]
        else:
            details["boleto"] = {}
        charge: Charge = {
            "id": new_id("ch"),
            "object": "charge",
            "created": self._clock.now(),
            "amount": intent["amount"],
            "amount_captured": 0 if refused_as else intent["amount"],
            "amount_refunded": 0,
            "balance_transaction": None,
            "captured": refused_as is None,
            "currency": intent["currency"],
            "customer": None,
            "description": intent["description"],
            "disputed": False,
            "failure_code": refused_as.code if refused_as else None,
            "failure_message": refused_as.message if refused_as else None,
            "livemode": False,
            "metadata": intent["metadata"],
            "outcome": _outcome(refused_as),
            "paid": refused_as is None,
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": details,
            "receipt_email": intent["receipt_email"],
            "refunded": False,
            "status": "failed" if refused_as else "succeeded",
        }
        self._store.insert(CHARGES, charge)
        return charge

    def _succeed(self, intent: PaymentIntent, charge: Charge) -> None:
        intent["status"] = "succeeded"
        intent["amount_received"] = charge["amount"]
        intent["latest_charge"] = charge["id"]
        intent["last_payment_error"] = None
        self._store.save(PAYMENT_INTENTS, intent)
        self._events.emit("charge.succeeded", charge)
        self._events.emit("payment_intent.succeeded", intent)

    def _decline(self, session: Session, intent: PaymentIntent, method: PaymentMethod, answer: CardAnswer) -> None:
        charge = self._charge(intent, method, refused_as=answer)
        self._refuse(intent, method, answer, charge=charge)
        self._store.save(SESSIONS, session)

    def _refuse(
        self, intent: PaymentIntent, method: PaymentMethod, answer: CardAnswer, *, charge: Charge | None
    ) -> None:
        code = answer.code or "payment_failed"
        error: PaymentError = {
            "type": "card_error" if method["type"] == "card" else "invalid_request_error",
            "code": code,
            "decline_code": answer.decline_code,
            "message": answer.message,
            "charge": charge["id"] if charge else None,
            "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
        }
        intent["status"] = "requires_payment_method"
        intent["payment_method"] = None
        intent["latest_charge"] = charge["id"] if charge else intent["latest_charge"]
        intent["last_payment_error"] = error
        self._store.save(PAYMENT_INTENTS, intent)
        self._events.emit("payment_intent.payment_failed", intent)

    def _complete(self, session: Session, *, email: str | None, name: str | None) -> Session:
        session["status"] = "complete"
        session["url"] = None
        session["customer_details"] = {
            "email": session["customer_email"] or email,
            "name": name,
            "phone": None,
            "address": None,
            "tax_exempt": "none",
            "tax_ids": [],
        }
        self._store.save(SESSIONS, session)
        details = self._sessions.details(session["id"])
        details["completed_event"] = self._events.emit("checkout.session.completed", session)
        self._store.save(SESSION_DETAILS, details)
        return session


def _card_details(card: CardInHand, answer: CardAnswer) -> CardDetails:
    return {
        "brand": answer.brand,
        "country": answer.country,
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "funding": answer.funding,
        "last4": card.number[-4:],
        "network": answer.brand,
        "three_d_secure": None,
        "wallet": None,
    }


def _outcome(refused_as: CardAnswer | None) -> Outcome:
    if refused_as is None:
        return {
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "seller_message": "Payment complete.",
            "type": "authorized",
        }
    return {
        "network_status": "declined_by_network",
        "reason": refused_as.decline_code or refused_as.code,
        "risk_level": "normal",
        "seller_message": "The bank did not accept the charge.",
        "type": "issuer_declined",
    }
