"""Disputes: what a card's holder and the bank do to a charge, all of it through the fault API."""

from typing import Literal

from oficina.simulator.balance import DISPUTE_REINSTATED, DISPUTE_WITHDRAWN, Balance
from oficina.simulator.balance_objects import DISPUTES, Dispute, DisputeStatus
from oficina.simulator.clock import Clock
from oficina.simulator.errors import invalid, no_such
from oficina.simulator.events import Events
from oficina.simulator.identifiers import new_id
from oficina.simulator.objects import CHARGES, Charge
from oficina.simulator.store import Store

REASONS = (
    "bank_cannot_process",
    "check_returned",
    "credit_not_processed",
    "customer_initiated",
    "debit_not_authorized",
    "duplicate",
    "fraudulent",
    "general",
    "incorrect_account_details",
    "insufficient_funds",
    "noncompliant",
    "product_not_received",
    "product_unacceptable",
    "subscription_canceled",
    "unrecognized",
)
_CLOSED = ("won", "lost", "warning_closed")
_ANSWER_WITHIN_SECONDS = 7 * 24 * 60 * 60


class Disputes:
    """The acts on disputes. Each tells its own event, so that a test can have them in any order."""

    def __init__(self, store: Store, clock: Clock, events: Events, balance: Balance) -> None:
        self._store = store
        self._clock = clock
        self._events = events
        self._balance = balance

    def open(self, charge_id: str, *, amount: int | None, reason: str, inquiry: bool) -> Dispute:
        """Contest a charge; no money moves yet, and an inquiry may end without any. `amount` (minor units) may differ
        from the charge's and is what was not refunded unless said. Raises StripeError.
        """
        if reason not in REASONS:
            raise invalid(f"reason is one of {', '.join(REASONS)}", param="reason")
        with self._store.transaction():
            charge = self._store.find(CHARGES, charge_id)
            if charge is None:
                raise no_such(CHARGES.name, charge_id, CHARGES.parameter)
            contested = charge["amount"] - charge["amount_refunded"] if amount is None else amount
            if not charge["paid"] or contested <= 0:
                raise invalid("There is no money in this charge to contest.", param="charge")
            dispute = _new_dispute(charge, contested, reason, self._clock.now(), inquiry=inquiry)
            self._store.insert(DISPUTES, dispute)
            charge["disputed"] = True
            self._store.save(CHARGES, charge)
            self._events.emit("charge.dispute.created", dispute)
            return dispute

    def withdraw(self, dispute_id: str) -> Dispute:
        """Take the money, and the fee, from the account; an inquiry becomes a dispute. Raises StripeError."""
        with self._store.transaction():
            dispute = self._open(dispute_id)
            if dispute["balance_transactions"]:
                raise invalid("The money of this dispute was withdrawn already.")
            dispute["status"] = _without_warning(dispute["status"])
            self._withdraw(dispute)
            return dispute

    def reinstate(self, dispute_id: str, *, amount: int | None = None) -> Dispute:
        """Give back what was withdrawn, or a part of it (minor units). Raises StripeError."""
        with self._store.transaction():
            dispute = self.get(dispute_id)
            self._reinstate(dispute, amount)
            return dispute

    def respond(self, dispute_id: str) -> Dispute:
        """The shop sent its evidence. Raises StripeError when the dispute is closed."""
        with self._store.transaction():
            dispute = self._open(dispute_id)
            before = dispute["status"]
            dispute["status"] = "warning_under_review" if before.startswith("warning") else "under_review"
            dispute["evidence_details"]["has_evidence"] = True
            dispute["evidence_details"]["submission_count"] += 1
            self._store.save(DISPUTES, dispute)
            self._events.emit("charge.dispute.updated", dispute, before={"status": before})
            return dispute

    def close(self, dispute_id: str, outcome: Literal["won", "lost"]) -> Dispute:
        """Decide it: won gives back what was withdrawn and is still out; lost takes what was not withdrawn yet. An
        inquiry that is won only closes. Raises StripeError when the dispute is closed.
        """
        with self._store.transaction():
            dispute = self._open(dispute_id)
            before = dispute["status"]
            if outcome == "lost" and not dispute["balance_transactions"]:
                self._withdraw(dispute)
            dispute["status"] = "warning_closed" if outcome == "won" and before.startswith("warning") else outcome
            dispute["is_charge_refundable"] = outcome == "won"
            self._store.save(DISPUTES, dispute)
            self._events.emit("charge.dispute.closed", dispute, before={"status": before})
            if outcome == "won" and len(dispute["balance_transactions"]) == 1:
                self._reinstate(dispute, None)
            return dispute

    def get(self, dispute_id: str) -> Dispute:
        """A dispute. Raises StripeError (404)."""
        dispute = self._store.find(DISPUTES, dispute_id)
        if dispute is None:
            raise no_such(DISPUTES.name, dispute_id, DISPUTES.parameter)
        return dispute

    def _open(self, dispute_id: str) -> Dispute:
        dispute = self.get(dispute_id)
        if dispute["status"] in _CLOSED:
            raise invalid(f"This dispute is closed: it has a status of `{dispute['status']}`.")
        return dispute

    def _withdraw(self, dispute: Dispute) -> None:
        taken = self._balance.record(
            DISPUTE_WITHDRAWN,
            -dispute["amount"],
            dispute["currency"],
            source=dispute["id"],
            fee=self._balance.fees.schedule().dispute,
            description=f"Chargeback withdrawal for {dispute['charge']}",
        )
        dispute["balance_transactions"].append(taken)
        dispute["is_charge_refundable"] = False
        self._store.save(DISPUTES, dispute)
        self._events.emit("charge.dispute.funds_withdrawn", dispute)

    def _reinstate(self, dispute: Dispute, amount: int | None) -> None:
        if len(dispute["balance_transactions"]) != 1:
            raise invalid("This dispute holds no money to give back.")
        withdrawn = -dispute["balance_transactions"][0]["amount"]
        returned = withdrawn if amount is None else amount
        if not 0 < returned <= withdrawn:
            raise invalid("No more can be given back than was withdrawn.", param="amount")
        given = self._balance.record(
            DISPUTE_REINSTATED,
            returned,
            dispute["currency"],
            source=dispute["id"],
            description=f"Chargeback reversal for {dispute['charge']}",
        )
        dispute["balance_transactions"].append(given)
        self._store.save(DISPUTES, dispute)
        self._events.emit("charge.dispute.funds_reinstated", dispute)


def _without_warning(status: DisputeStatus) -> DisputeStatus:
    if status == "warning_needs_response":
        return "needs_response"
    return "under_review" if status == "warning_under_review" else status


def _new_dispute(charge: Charge, amount: int, reason: str, now: int, *, inquiry: bool) -> Dispute:
    return {
        "id": new_id("du"),
        "object": "dispute",
        "created": now,
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "currency": charge["currency"],
        "evidence_details": {
            "due_by": now + _ANSWER_WITHIN_SECONDS,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
