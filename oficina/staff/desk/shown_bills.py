"""What can be paid, in the words of the till."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.models import Invoice
from billing.presentation import bill_name, due_state, price_reason
from oficina.shared.dates import short_date
from oficina.shared.money import ZERO


@dataclass(frozen=True, kw_only=True)
class DeskBill:
    """A bill to pay: what it is, when it was due, and what pays it today, in pesos, with why."""

    invoice: Invoice
    kind: str
    name: str
    due_on: str
    state: str
    reason: str
    amount: Decimal


def desk_bills(bills: Sequence[Invoice], *, on: date) -> list[DeskBill]:
    """Bills that were loaded `with_amount_due`, on a local date."""
    return [
        DeskBill(
            invoice=bill,
            kind=bill.get_kind_display(),
            name=bill_name(bill),
            due_on=short_date(bill.due_on),
            state="No debe: empieza un plan" if bill.offered else due_state(bill.due_on, on).words,
            reason=price_reason(bill, extra=max(ZERO, bill.surcharge_when_paid(bill.amount_due)), on=on),
            amount=bill.amount_due,
        )
        for bill in bills
    ]
