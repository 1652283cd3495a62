"""Payouts: what the account holds at the end of a day, sent to the bank."""

from datetime import UTC, date, datetime

from oficina.simulator.balance import PAID_OUT, Balance
from oficina.simulator.balance_objects import (
    BALANCE_TRANSACTIONS,
    PAYOUT_CONTENTS,
    PAYOUTS,
    BalanceTransaction,
    Payout,
    PayoutContents,
)
from oficina.simulator.clock import Clock
from oficina.simulator.days import end_of
from oficina.simulator.errors import StripeError
from oficina.simulator.events import Events
from oficina.simulator.identifiers import new_id
from oficina.simulator.store import Store, Where

_HELD_BY_SOME = (
    "SELECT value FROM objects AS contents, json_each(contents.body, '$.transactions')"
    " WHERE contents.kind = 'simulator.payout_contents'"
)


class Payouts:
    """The acts on payouts."""

    def __init__(self, store: Store, clock: Clock, events: Events, balance: Balance) -> None:
        self._store = store
        self._clock = clock
        self._events = events
        self._balance = balance

    def pay_out(self, day: date, currency: str) -> Payout:
        """Send to the bank all that was never paid out and moved the balance until the end of `day` (the account's).
        Raises StripeError (409) when that is nothing, or a debt, which waits for a better day.
        """
        with self._store.transaction():
            held = self._store.select(
                BALANCE_TRANSACTIONS,
                Where("created < ?", (end_of(day),)),
                Where("json_extract(body, '$.currency') = ?", (currency,)),
                Where(f"id NOT IN ({_HELD_BY_SOME})"),
            )
            amount = sum(transaction["net"] for transaction in held)
            if amount <= 0:
                raise StripeError(409, f"There is nothing to pay out until {day}: the balance is {amount} {currency}.")
            return self._send(held, amount, currency, day)

    def _send(self, held: list[BalanceTransaction], amount: int, currency: str, day: date) -> Payout:
        payout_id = new_id("po")
        own = self._balance.record(PAID_OUT, -amount, currency, source=payout_id, description=f"PAYOUT {day}")
        payout = _new_payout(payout_id, amount, currency, own)
        self._store.insert(PAYOUTS, payout)
        contents: PayoutContents = {
            "id": contents_id(payout_id),
            "object": PAYOUT_CONTENTS.name,
            "created": payout["created"],
            "transactions": [own["id"], *(transaction["id"] for transaction in held)],
        }
        self._store.insert(PAYOUT_CONTENTS, contents)
        for transaction in held:
            transaction["status"] = "available"
            self._store.save(BALANCE_TRANSACTIONS, transaction)
        self._events.emit("payout.created", payout)
        payout["status"] = "paid"
        payout["reconciliation_status"] = "completed"
        self._store.save(PAYOUTS, payout)
        self._events.emit("payout.paid", payout)
        self._events.emit("payout.reconciliation_completed", payout)
        return payout


def held_by(payout_id: str) -> Where:
    """The condition on balance transactions that a payout holds them."""
    return Where(f"id IN ({_HELD_BY_SOME} AND contents.id = ?)", (contents_id(payout_id),))


def contents_id(payout_id: str) -> str:
    """The identifier under which a payout's contents are stored."""
    return f"{payout_id}:contents"


def _new_payout(payout_id: str, amount: int, currency: str, own: BalanceTransaction) -> Payout:
    today = datetime.fromtimestamp(own["created"], UTC).replace(hour=0, minute=0, second=0)
    return {
        "id": payout_id,
        "object": "payout",
        "created": own["created"],
        "amount": amount,
        "arrival_date": int(today.timestamp()),
        "automatic": True,
        "balance_transaction": own["id"],
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": None,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "reconciliation_status": "in_progress",
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "type": "bank_account",
    }
