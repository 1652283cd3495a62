"""Payment methods: what a customer paid with or saved, and what its issuer will say to it."""

from dataclasses import asdict, dataclass
from typing import cast

from oficina.simulator.cards import CardAnswer, answer_to
from oficina.simulator.clock import Clock
from oficina.simulator.errors import invalid, no_such
from oficina.simulator.events import NO_REQUEST, Events
from oficina.simulator.identifiers import new_id
from oficina.simulator.objects import PAYMENT_METHODS, CardDetails, EventRequest, PaymentMethod
from oficina.simulator.saved_objects import ISSUER_ANSWERS, AnswerFields, IssuerAnswer
from oficina.simulator.store import Store

VOUCHER = "boleto"
"""The kind of voucher that stands for every payment that is made later, in cash. Stripe has none for Argentina."""


@dataclass(frozen=True)
class CardInHand:
    """A card as typed: the number is digits only and passes the check digit; only its last four are kept."""

    number: str
    exp_month: int
    exp_year: int


class PaymentMethods:
    """The acts on payment methods."""

    def __init__(self, store: Store, clock: Clock, events: Events) -> None:
        self._store = store
        self._clock = clock
        self._events = events

    def new_card(self, card: CardInHand, *, email: str | None = None, name: str | None = None) -> PaymentMethod:
        """A card that somebody typed."""
        answer = answer_to(card.number)
        method = self._new("card", email, name)
        method["card"] = _card_details(card, answer)
        self._store.insert(PAYMENT_METHODS, method)
        kept: IssuerAnswer = {
            "id": _answer_id(method["id"]),
            "object": ISSUER_ANSWERS.name,
            "created": method["created"],
            "answer": cast("AnswerFields", asdict(answer)),
        }
        self._store.insert(ISSUER_ANSWERS, kept)
        return method

    def new_voucher(self, *, email: str | None = None, name: str | None = None) -> PaymentMethod:
        """A voucher that somebody may pay later."""
        method = self._new(VOUCHER, email, name)
        method["boleto"] = {}
        self._store.insert(PAYMENT_METHODS, method)
        return method

    def answer(self, method_id: str) -> CardAnswer | None:
        """What the issuer says to a charge in its holder's presence; None for what is no card."""
        kept = self._store.find(ISSUER_ANSWERS, _answer_id(method_id))
        return None if kept is None else CardAnswer(**kept["answer"])

    def get(self, method_id: str, *, parameter: str = PAYMENT_METHODS.parameter) -> PaymentMethod:
        """A payment method. Raises StripeError (404), naming the parameter that named it."""
        method = self._store.find(PAYMENT_METHODS, method_id)
        if method is None:
            raise no_such("PaymentMethod", method_id, parameter)
        return method

    def attach(self, method: PaymentMethod, customer_id: str, request: EventRequest = NO_REQUEST) -> None:
        """Save it for a customer."""
        method["customer"] = customer_id
        self._store.save(PAYMENT_METHODS, method)
        self._events.emit("payment_method.attached", method, request)

    def detach(self, method_id: str, request: EventRequest = NO_REQUEST) -> PaymentMethod:
        """Forget it for good. Raises StripeError when it is nobody's."""
        with self._store.transaction():
            method = self.get(method_id)
            customer = method["customer"]
            if customer is None:
                raise invalid(
                    "The payment method you provided is not attached to a customer so detachment is impossible."
                )
            method["customer"] = None
            self._store.save(PAYMENT_METHODS, method)
            self._events.emit("payment_method.detached", method, request, before={"customer": customer})
            return method

    def _new(self, kind: str, email: str | None, name: str | None) -> PaymentMethod:
        return {
            "id": new_id("pm"),
            "object": "payment_method",
            "created": self._clock.now(),
            "type": kind,
            "billing_details": {"address": None, "email": email, "name": name, "phone": None},
            "customer": None,
            "livemode": False,
            "metadata": {},
        }


def _answer_id(method_id: str) -> str:
    return f"{method_id}:issuer"


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
