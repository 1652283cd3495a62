"""The account's balance: one transaction for each thing that moves it. `books` adds them up."""

from dataclasses import dataclass

from oficina.simulator.balance_objects import BALANCE_TRANSACTIONS, BalanceTransaction, FeeDetail
from oficina.simulator.clock import Clock
from oficina.simulator.fees import Fees
from oficina.simulator.identifiers import new_id
from oficina.simulator.store import Store

_AVAILABLE_AFTER_SECONDS = 2 * 24 * 60 * 60


@dataclass(frozen=True)
class Movement:
    """Why the balance moves, in Stripe's words: https://docs.stripe.com/reports/balance-transaction-types."""

    type: str
    reporting_category: str


CARD_CHARGED = Movement("charge", "charge")
VOUCHER_PAID = Movement("payment", "charge")
CARD_REFUNDED = Movement("refund", "refund")
VOUCHER_REFUNDED = Movement("payment_refund", "refund")
REFUND_FAILED = Movement("refund_failure", "refund_failure")
DISPUTE_WITHDRAWN = Movement("adjustment", "dispute")
DISPUTE_REINSTATED = Movement("adjustment", "dispute_reversal")
PAID_OUT = Movement("payout", "payout")


class Balance:
    """Writes balance transactions."""

    def __init__(self, store: Store, clock: Clock, fees: Fees) -> None:
        self._store = store
        self._clock = clock
        self.fees = fees

    def record(
        self,
        movement: Movement,
        amount: int,
        currency: str,
        *,
        source: str,
        fee: int = 0,
        description: str | None = None,
    ) -> BalanceTransaction:
        """Move the balance by `amount` less `fee` (minor units; negative leaves the account) because of `source`."""
        now = self._clock.now()
        leaves = movement is PAID_OUT
        transaction: BalanceTransaction = {
            "id": new_id("txn"),
            "object": "balance_transaction",
            "created": now,
            "amount": amount,
            "available_on": now if leaves else now + _AVAILABLE_AFTER_SECONDS,
            "balance_type": "payments",
            "currency": currency,
            "description": description,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": [_fee_detail(fee, currency)] if fee else [],
            "net": amount - fee,
            "reporting_category": movement.reporting_category,
            "source": source,
            "status": "available" if leaves else "pending",
            "type": movement.type,
        }
        self._store.insert(BALANCE_TRANSACTIONS, transaction)
        return transaction


def _fee_detail(fee: int, currency: str) -> FeeDetail:
    return {
        "amount": fee,
        "application": None,
        "currency": currency,
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
