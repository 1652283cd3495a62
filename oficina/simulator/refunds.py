"""Refunds: asked for by the shop or made in the provider's dashboard, and what becomes of them later."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from oficina.simulator.balance import CARD_REFUNDED, REFUND_FAILED, VOUCHER_REFUNDED, Balance
from oficina.simulator.balance_objects import (
    DISPUTES,
    REFUND_COURSES,
    REFUNDS,
    DestinationDetails,
    Refund,
    RefundCourse,
    RefundStatus,
)
from oficina.simulator.cards import CardAnswer
from oficina.simulator.clock import Clock
from oficina.simulator.errors import StripeError, invalid, no_such
from oficina.simulator.events import NO_REQUEST, Events
from oficina.simulator.faults import Faults
from oficina.simulator.identifiers import new_id
from oficina.simulator.objects import CHARGES, PAYMENT_INTENTS, Charge, EventRequest
from oficina.simulator.payment_methods import PaymentMethods
from oficina.simulator.store import Store, Where

COURSE_SECONDS = 30
"""After how long, by the simulator's clock, a refund becomes by itself what its card says."""

FAILURE_REASONS = (
    "charge_for_pending_refund_disputed",
    "declined",
    "expired_or_canceled_card",
    "insufficient_funds",
    "lost_or_stolen_card",
    "merchant_request",
    "unknown",
)
_REFUNDABLE_DISPUTES = ("won", "warning_needs_response", "warning_under_review", "warning_closed")


@dataclass(frozen=True)
class NewRefund:
    """A refund asked for, of a charge or of a PaymentIntent; `amount` is minor units, None for all that is left."""

    charge: str | None = None
    payment_intent: str | None = None
    amount: int | None = None
    reason: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)


class Refunds:
    """The acts on refunds."""

    def __init__(
        self, store: Store, clock: Clock, events: Events, faults: Faults, balance: Balance, methods: PaymentMethods
    ) -> None:
        self._store = store
        self._clock = clock
        self._events = events
        self._faults = faults
        self._balance = balance
        self._methods = methods

    def create(self, wanted: NewRefund, request: EventRequest = NO_REQUEST) -> Refund:
        """Give money back. Raises StripeError when there is nothing to refund, or less than is asked for."""
        with self._store.transaction():
            charge = self._charge_of(wanted)
            amount = self._judged_amount(wanted, charge)
            answer = self._methods.answer(charge["payment_method"])
            held = bool(self._faults.take("refund", charge["id"]))
            refund = _new_refund(wanted, charge, amount, self._clock.now(), _first_status(charge, answer, held=held))
            self._store.insert(REFUNDS, refund)
            self._take_from_balance(refund, charge)
            if not held:
                self._set_course(refund, answer)
            before = self._add_refunded(charge, amount)
            self._events.emit("refund.created", refund, request)
            self._events.emit("charge.refunded", charge, request, before=before)
            return refund

    def succeed(self, refund_id: str) -> Refund:
        """A pending refund arrived. Raises StripeError when it is not pending."""
        with self._store.transaction():
            refund = self.get(refund_id)
            if refund["status"] != "pending":
                raise invalid(f"Only a pending refund can succeed. This refund has a status of `{refund['status']}`.")
            refund["status"] = "succeeded"
            self._store.save(REFUNDS, refund)
            self._tell_change(refund, {"status": "pending"})
            return refund

    def fail(self, refund_id: str, reason: str = "unknown") -> Refund:
        """The bank sent a refund back, even one that had succeeded. Raises StripeError when it has failed before."""
        if reason not in FAILURE_REASONS:
            raise invalid(f"failure_reason is one of {', '.join(FAILURE_REASONS)}", param="failure_reason")
        with self._store.transaction():
            refund = self.get(refund_id)
            if refund["status"] == "failed":
                raise invalid("This refund has failed already.")
            before = refund["status"]
            refund["status"] = "failed"
            refund["failure_reason"] = reason
            returned = self._balance.record(
                REFUND_FAILED, refund["amount"], refund["currency"], source=refund["id"], description="REFUND FAILURE"
            )
            refund["failure_balance_transaction"] = returned["id"]
            self._store.save(REFUNDS, refund)
            charge = self._store.find(CHARGES, refund["charge"])
            if charge is not None:
                self._add_refunded(charge, -refund["amount"])
            self._events.emit("refund.failed", refund)
            self._tell_change(refund, {"status": before})
            return refund

    def follow_courses(self) -> None:
        """Let every refund whose time has come succeed or fail, as its card says."""
        with self._store.transaction():
            due = self._store.select(
                REFUND_COURSES,
                Where("json_extract(body, '$.done') = 0"),
                Where("json_extract(body, '$.due') <= ?", (self._clock.now(),)),
            )
            for course in reversed(due):
                course["done"] = True
                self._store.save(REFUND_COURSES, course)
                status = self.get(course["refund"])["status"]
                # The fault API may have been there first.
                if course["becomes"] == "succeeded" and status == "pending":
                    self.succeed(course["refund"])
                elif course["becomes"] == "failed" and status != "failed":
                    self.fail(course["refund"])

    def get(self, refund_id: str) -> Refund:
        """A refund. Raises StripeError (404)."""
        refund = self._store.find(REFUNDS, refund_id)
        if refund is None:
            raise no_such(REFUNDS.name, refund_id, REFUNDS.parameter)
        return refund

    def _charge_of(self, wanted: NewRefund) -> Charge:
        if wanted.charge is None:
            return self._charge_of_intent(wanted.payment_intent or "")
        charge = self._store.find(CHARGES, wanted.charge)
        if charge is None:
            raise no_such(CHARGES.name, wanted.charge, CHARGES.parameter)
        if wanted.payment_intent not in (None, charge["payment_intent"]):
            raise invalid(f"Charge {charge['id']} does not belong to PaymentIntent {wanted.payment_intent}.")
        if not charge["paid"]:
            raise invalid(f"Charge {charge['id']} was not successful and cannot be refunded.", param="charge")
        return charge

    def _charge_of_intent(self, intent_id: str) -> Charge:
        intent = self._store.find(PAYMENT_INTENTS, intent_id)
        if intent is None:
            raise no_such(PAYMENT_INTENTS.name, intent_id, "payment_intent")
        charge = self._store.find(CHARGES, intent["latest_charge"] or "")
        if charge is None or not charge["paid"]:
            raise invalid(
                f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.",
                param="payment_intent",
            )
        return charge

    def _judged_amount(self, wanted: NewRefund, charge: Charge) -> int:
        left = charge["amount"] - charge["amount_refunded"]
        if left <= 0:
            raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
        if self._is_charged_back(charge):
            raise invalid(
                f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
            )
        if wanted.amount is not None and wanted.amount > left:
            raise invalid(
                f"Refund amount ({_shown(wanted.amount)}) is greater than unrefunded amount on charge ({_shown(left)})",
                param="amount",
            )
        return left if wanted.amount is None else wanted.amount

    def _is_charged_back(self, charge: Charge) -> bool:
        disputes = self._store.select(DISPUTES, Where("json_extract(body, '$.charge') = ?", (charge["id"],)))
        return any(dispute["status"] not in _REFUNDABLE_DISPUTES for dispute in disputes)

    def _take_from_balance(self, refund: Refund, charge: Charge) -> None:
        movement = CARD_REFUNDED if charge["payment_method_details"]["type"] == "card" else VOUCHER_REFUNDED
        taken = self._balance.record(
            movement, -refund["amount"], refund["currency"], source=refund["id"], description="REFUND FOR PAYMENT"
        )
        refund["balance_transaction"] = taken["id"]
        self._store.save(REFUNDS, refund)

    def _set_course(self, refund: Refund, answer: CardAnswer | None) -> None:
        fails = answer is not None and answer.refunds == "fail"
        if refund["status"] != "pending" and not fails:
            return
        course: RefundCourse = {
            "id": f"{refund['id']}:course",
            "object": REFUND_COURSES.name,
            "created": refund["created"],
            "refund": refund["id"],
            "becomes": "failed" if fails else "succeeded",
            "due": refund["created"] + COURSE_SECONDS,
            "done": False,
        }
        self._store.insert(REFUND_COURSES, course)

    def _add_refunded(self, charge: Charge, amount: int) -> Mapping[str, object]:
        before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self._store.save(CHARGES, charge)
        return before

    def _tell_change(self, refund: Refund, before: Mapping[str, object]) -> None:
        # The same change under two names: Stripe still sends the older one.
        for event_type in ("refund.updated", "charge.refund.updated"):
            self._events.emit(event_type, refund, before=before)


def _first_status(charge: Charge, answer: CardAnswer | None, *, held: bool) -> RefundStatus:
    by_card = charge["payment_method_details"]["type"] == "card"
    late = held or not by_card or (answer is not None and answer.refunds == "pend")
    return "pending" if late else "succeeded"


def _new_refund(wanted: NewRefund, charge: Charge, amount: int, now: int, status: RefundStatus) -> Refund:
    kind = charge["payment_method_details"]["type"]
    destination: DestinationDetails = {"type": kind}
    if kind == "card":
        destination["card"] = {"type": "refund"}
    return {
        "id": new_id("re"),
        "object": "refund",
        "created": now,
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "currency": charge["currency"],
        "destination_details": destination,
        "metadata": wanted.metadata,
        "payment_intent": charge["payment_intent"],
        "reason": wanted.reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": status,
        "transfer_reversal": None,
    }


def refusal_without_subject() -> StripeError:
    """A refund of nothing in particular."""
    return invalid("One of the following params should be provided for this request: payment_intent or charge.")


def _shown(minor_units: int) -> str:
    return f"${minor_units / 100:,.2f}"
