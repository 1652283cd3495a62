"""Charging a saved card without its holder: a PaymentIntent made and confirmed by the shop alone."""

from oficina.simulator.charging import Charging
from oficina.simulator.clock import Clock
from oficina.simulator.errors import CardRefusedError, invalid, no_such
from oficina.simulator.events import NO_REQUEST, Events
from oficina.simulator.intents import NewIntent, new_payment_intent
from oficina.simulator.objects import PAYMENT_INTENTS, SESSIONS, EventRequest, PaymentIntent, PaymentMethod
from oficina.simulator.payment_methods import PaymentMethods
from oficina.simulator.saved_objects import CUSTOMERS
from oficina.simulator.sessions import AmountLimits
from oficina.simulator.store import Store, Where


class OffSession:
    """The acts of a shop whose customer is absent."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        events: Events,
        charging: Charging,
        methods: PaymentMethods,
        limits: AmountLimits,
    ) -> None:
        self._store = store
        self._clock = clock
        self._events = events
        self._charging = charging
        self._methods = methods
        self._limits = limits

    def charge(self, wanted: NewIntent, payment_method: str, request: EventRequest = NO_REQUEST) -> PaymentIntent:
        """Make a PaymentIntent and confirm it. Raises StripeError for what cannot be asked, which leaves nothing, and
        CardRefusedError when the issuer says no, which leaves the PaymentIntent and its failed charge.
        """
        self._check_amount(wanted)
        with self._store.transaction():
            method = self._saved_method(wanted.customer, payment_method)
            intent = new_payment_intent(wanted, self._clock.now())
            self._store.insert(PAYMENT_INTENTS, intent)
            self._events.emit("payment_intent.created", intent, request)
            self._confirm(intent, method, request)
            return intent

    def confirm_again(
        self, intent_id: str, payment_method: str | None, request: EventRequest = NO_REQUEST
    ) -> PaymentIntent:
        """Try a PaymentIntent that was refused with the same or another saved card. Raises as `charge`."""
        with self._store.transaction():
            intent = self.get(intent_id)
            if intent["status"] != "requires_payment_method" or self._belongs_to_session(intent):
                raise invalid(
                    f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}, or because "
                    "its Checkout Session confirms it.",
                    code="payment_intent_unexpected_state",
                )
            if payment_method is None:
                raise invalid(
                    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either "
                    "update the PaymentIntent with a payment method and then confirm it again, or confirm it again "
                    "directly with a payment method or ConfirmationToken.",
                    code="payment_intent_unexpected_state",
                )
            method = self._saved_method(intent["customer"], payment_method)
            self._confirm(intent, method, request)
            return intent

    def get(self, intent_id: str) -> PaymentIntent:
        """A PaymentIntent. Raises StripeError (404)."""
        intent = self._store.find(PAYMENT_INTENTS, intent_id)
        if intent is None:
            raise no_such(PAYMENT_INTENTS.name, intent_id, PAYMENT_INTENTS.parameter)
        return intent

    def _confirm(self, intent: PaymentIntent, method: PaymentMethod, request: EventRequest) -> None:
        answer = self._methods.answer(method["id"])
        refusal = answer.without_holder() if answer is not None else None
        if refusal is None or refusal.code is None:
            self._charging.succeed(intent, method, request)
            return
        charge = self._charging.decline(intent, method, refusal, request)
        raise CardRefusedError(
            402,
            refusal.message,
            code=refusal.code,
            type="card_error",
            details={
                "charge": charge["id"],
                "decline_code": refusal.decline_code,
                "payment_intent": intent,
                "payment_method": method,
            },
        )

    def _saved_method(self, customer_id: str | None, method_id: str) -> PaymentMethod:
        if customer_id is not None and self._store.find(CUSTOMERS, customer_id) is None:
            raise no_such(CUSTOMERS.name, customer_id, CUSTOMERS.parameter)
        method = self._methods.get(method_id)
        _check_owner(method, customer_id)
        return method

    def _belongs_to_session(self, intent: PaymentIntent) -> bool:
        return bool(self._store.select(SESSIONS, Where("json_extract(body, '$.payment_intent') = ?", (intent["id"],))))

    def _check_amount(self, wanted: NewIntent) -> None:
        if wanted.amount < self._limits.least:
            raise invalid(
                f"Amount must be at least {_shown(self._limits.least)} {wanted.currency}",
                param="amount",
                code="amount_too_small",
            )
        if wanted.amount > self._limits.most:
            raise invalid(
                f"Amount must be no more than {_shown(self._limits.most)} {wanted.currency}",
                param="amount",
                code="amount_too_large",
            )


def _check_owner(method: PaymentMethod, customer_id: str | None) -> None:
    if method["type"] != "card" or method["customer"] is None:
        raise invalid(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared "
            "with a connected account without Customer attachment, or was detached from a Customer. It may not be used "
            "again. To use a PaymentMethod multiple times, you must attach it to a Customer first.",
            param="payment_method",
        )
    if customer_id is None:
        raise invalid(
            "The payment method you provided is attached to a customer so for security purposes you must provide the "
            "customer in the request.",
            param="payment_method",
        )
    if method["customer"] != customer_id:
        raise invalid(
            f"The customer does not have a payment method with the ID {method['id']}. The payment method must belong "
            "to the customer.",
            param="payment_method",
        )


def _shown(minor_units: int) -> str:
    return f"${minor_units / 100:,.2f}"
