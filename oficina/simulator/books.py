"""The simulator's own books, day by day: the other side of a reconciliation, to compare to the cent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from oficina.simulator.balance_objects import BALANCE_TRANSACTIONS, BalanceTransaction
from oficina.simulator.days import day_of
from oficina.simulator.store import Store


@dataclass
class Entry:
    """What moved in one day and one currency. Minor units, all of them told as positive amounts; only `net` may be
    negative: gross - refunds + refunds_failed - disputes + disputes_reinstated - fees.
    """

    charges: int = 0
    """How many charges, where every other field is an amount."""
    gross: int = 0
    refunds: int = 0
    refunds_failed: int = 0
    disputes: int = 0
    disputes_reinstated: int = 0
    fees: int = 0
    net: int = 0
    payouts: int = 0

    def add(self, transaction: BalanceTransaction) -> None:
        """Count one movement. Raises ValueError for one of another sort."""
        amount = transaction["amount"]
        match transaction["reporting_category"]:
            case "charge":
                self.charges += 1
                self.gross += amount
            case "refund":
                self.refunds -= amount
            case "refund_failure":
                self.refunds_failed += amount
            case "dispute":
                self.disputes -= amount
            case "dispute_reversal":
                self.disputes_reinstated += amount
            case "payout":
                self.payouts -= amount
                return
            case other:
                raise ValueError(other)
        self.fees += transaction["fee"]
        self.net += transaction["net"]


def by_day(store: Store) -> list[tuple[date, str, Entry]]:
    """Day (the account's), currency and what moved, oldest first; days without movement are left out."""
    entries: dict[tuple[date, str], Entry] = {}
    for transaction in _oldest_first(store):
        key = (day_of(transaction["created"]), transaction["currency"])
        entries.setdefault(key, Entry()).add(transaction)
    return [(day, currency, entry) for (day, currency), entry in sorted(entries.items(), key=lambda pair: pair[0])]


def totals(store: Store) -> dict[str, Entry]:
    """All that ever moved, by currency; `net` less `payouts` is what the account still holds."""
    entries: dict[str, Entry] = {}
    for transaction in _oldest_first(store):
        entries.setdefault(transaction["currency"], Entry()).add(transaction)
    return entries


def _oldest_first(store: Store) -> Iterable[BalanceTransaction]:
    return reversed(store.select(BALANCE_TRANSACTIONS))
