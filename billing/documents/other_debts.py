"""What else an account owes, which each of its bills has to say (Ley 24.240, art. 30 bis)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.models import Invoice
from billing.presentation import bill_name
from oficina.shared.money import ZERO


@dataclass(frozen=True, kw_only=True)
class Debt:
    """One unpaid bill: which, since or until when, what is left of its amount, the interest on it, both together.

    `ref` is its public id; amounts in pesos.
    """

    ref: str
    subject: str
    document: str
    due_on: date
    is_overdue: bool
    left: Decimal
    interest: Decimal
    total: Decimal


@dataclass(frozen=True, kw_only=True)
class OtherDebts:
    """The unpaid bills of the account but one, at the prices of a local date, the one due first on top."""

    on: date
    debts: Sequence[Debt]

    @property
    def total(self) -> Decimal:
        """What pays them all on that date, in pesos."""
        return sum((debt.total for debt in self.debts), ZERO)


def other_debts(invoice: Invoice, *, on: date, issued_until: date | None = None) -> OtherDebts:
    """What the account of the bill owes besides it, in one query. Bills not yet due are unpaid too.

    `issued_until` leaves out what was issued after that local date: a later holder's debts.
    """
    unpaid = Invoice.objects.filter(account=invoice.account_id).owed().exclude(pk=invoice.pk)
    if issued_until is not None:
        unpaid = unpaid.filter(issued_on__lte=issued_until)
    priced = unpaid.with_amount_due(on=on).order_by("due_on", "pk")
    return OtherDebts(on=on, debts=[_debt(bill, on) for bill in priced])


def _debt(bill: Invoice, on: date) -> Debt:
    left = max(bill.amount - bill.held, ZERO)
    return Debt(
        ref=bill.public_id,
        subject=bill_name(bill),
        document=str(bill),
        due_on=bill.due_on,
        is_overdue=bill.due_on < on,
        left=left,
        interest=bill.amount_due - left,
        total=bill.amount_due,
    )
