"""The bills that somebody at the counter may pay, as the office reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import ServiceAccount
from billing.desk.bills import payable_bills
from billing.models import Invoice
from billing.presentation import bill_name, due_state
from oficina.shared.dates import short_date


@dataclass(frozen=True, kw_only=True)
class OpenBill:
    """A bill to pay: what it is, when it was due, and what pays it today, in pesos."""

    invoice: Invoice
    name: str
    due_on: str
    state: str
    amount: Decimal


def open_bills(account: ServiceAccount, *, on: date) -> Sequence[OpenBill]:
    """The bills of the account that can be paid on a local date, due first, first."""
    return [
        OpenBill(
            invoice=bill,
            name=bill_name(bill),
            due_on=short_date(bill.due_on),
            state="empieza un plan" if bill.offered else due_state(bill.due_on, on).words,
            amount=bill.amount_due,
        )
        for bill in payable_bills(account, on=on)
    ]
