"""One attempt to charge a payment method: the money moves, or it is refused and the PaymentIntent says why."""

from oficina.simulator.balance import CARD_CHARGED, VOUCHER_PAID, Balance
from oficina.simulator.cards import CardAnswer
from oficina.simulator.clock import Clock
from oficina.simulator.events import NO_REQUEST, Events
from oficina.simulator.identifiers import new_id
from oficina.simulator.objects import (
    CHARGES,
    PAYMENT_INTENTS,
    Charge,
    EventRequest,
    Outcome,
    PaymentError,
    PaymentIntent,
    PaymentMethod,
    PaymentMethodDetails,
)
from oficina.simulator.store import Store


class Charging:
    """The outcomes of an attempt; each is called inside the transaction of the act that tried."""

    def __init__(self, store: Store, clock: Clock, events: Events, balance: Balance) -> None:
        self._store = store
        self._clock = clock
        self._events = events
        self._balance = balance

    def succeed(self, intent: PaymentIntent, method: PaymentMethod, request: EventRequest = NO_REQUEST) -> Charge:
        """The money came: a charge, its balance transaction with the fee, and the events."""
        charge = _new_charge(intent, method, self._clock.now(), refused_as=None)
        self._store.insert(CHARGES, charge)
        received = self._balance.record(
            CARD_CHARGED if method["type"] == "card" else VOUCHER_PAID,
            charge["amount"],
            charge["currency"],
            source=charge["id"],
            fee=self._balance.fees.schedule().of_charge(charge["amount"]),
            description=charge["description"],
        )
        charge["balance_transaction"] = received["id"]
        self._store.save(CHARGES, charge)
        intent["payment_method"] = method["id"]
        intent["status"] = "succeeded"
        intent["amount_received"] = charge["amount"]
        intent["latest_charge"] = charge["id"]
        intent["last_payment_error"] = None
        self._store.save(PAYMENT_INTENTS, intent)
        self._events.emit("charge.succeeded", charge, request)
        self._events.emit("payment_intent.succeeded", intent, request)
        return charge

    def decline(
        self,
        intent: PaymentIntent,
        method: PaymentMethod,
        answer: CardAnswer,
        request: EventRequest = NO_REQUEST,
    ) -> Charge:
        """The issuer said no: a failed charge, and the PaymentIntent waits for another payment method."""
        charge = _new_charge(intent, method, self._clock.now(), refused_as=answer)
        self._store.insert(CHARGES, charge)
        intent["latest_charge"] = charge["id"]
        self._refuse(intent, method, answer, charge["id"], request)
        return charge

    def give_up(self, intent: PaymentIntent, method: PaymentMethod, answer: CardAnswer) -> None:
        """Nobody paid: as `decline`, without a charge."""
        self._refuse(intent, method, answer, None, NO_REQUEST)

    def _refuse(
        self,
        intent: PaymentIntent,
        method: PaymentMethod,
        answer: CardAnswer,
        charge_id: str | None,
        request: EventRequest,
    ) -> None:
        code = answer.code or "payment_failed"
        error: PaymentError = {
            "type": "card_error" if method["type"] == "card" else "invalid_request_error",
            "code": code,
            "decline_code": answer.decline_code,
            "message": answer.message,
            "charge": charge_id,
            "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
            "payment_method": method,
        }
        intent["status"] = "requires_payment_method"
        intent["payment_method"] = None
        intent["last_payment_error"] = error
        self._store.save(PAYMENT_INTENTS, intent)
        self._events.emit("payment_intent.payment_failed", intent, request)


def _new_charge(intent: PaymentIntent, method: PaymentMethod, now: int, *, refused_as: CardAnswer | None) -> Charge:
    details: PaymentMethodDetails = {"type": method["type"]}
    if "card" in method:
        details["card"] = method["card"]
    else:
        details["boleto"] = {}
    return {
        "id": new_id("ch"),
        "object": "charge",
        "created": now,
        "amount": intent["amount"],
        "amount_captured": 0 if refused_as else intent["amount"],
        "amount_refunded": 0,
        "balance_transaction": None,
        "captured": refused_as is None,
        "currency": intent["currency"],
        "customer": intent["customer"],
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
