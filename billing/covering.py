"""Debt that a payment plan took up: its bills are covered, and no payment is moved for it (decision 130).

While the plan is in force its cover only stands in the place of the bills ("en plan"); what the instalments have paid
covers them for good. A plan is known here by words of its own, which are kept and not read. Each act is of one account,
which it locks before the bills; it needs no more than the caller's transaction and calls no network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Self

from billing.models import Invoice
from billing.refusals import BillingRefusal


@dataclass(frozen=True, kw_only=True)
class CoverPart:
    """What a plan takes up of a bill: all that pays it at the price of a day, in pesos, and the surcharge, in all, that
    the bill has at that price. Kept with the plan, since it begins later than it is made.
    """

    invoice_id: int
    amount: Decimal
    surcharge_when_paid: Decimal

    @classmethod
    def of(cls, invoice: Invoice) -> Self:
        """All that pays a bill, loaded by `with_amount_due`."""
        return cls(
            invoice_id=invoice.pk,
            amount=invoice.amount_due,
            surcharge_when_paid=invoice.surcharge_when_paid(invoice.amount_due),
        )


@dataclass(eq=False)
class BillsMoved(BillingRefusal):
    """Some bills are not what they were when the plan was made: money came or left, their amount changed, they are
    void, in another plan, of another account. Nothing was covered.
    """

    invoice_ids: Sequence[int]


def cover_bills(account_id: int, parts: Sequence[CoverPart], *, plan: str, at: datetime) -> None:
    """The plan begins: its bills are in it and nobody pays them meanwhile, at the price on which it was made.

    Upper apps are told that they are COVERED, and checkouts open on them are closed by a job; money that comes all the
    same is credit and a finding. Twice changes nothing. Raises BillsMoved.
    """
    raise NotImplementedError(account_id, parts, plan, at)


def cover_for_good(account_id: int, *, plan: str, at: datetime) -> None:
    """All instalments are paid: the bills of the plan are too. Twice changes nothing. SETTLED is told."""
    raise NotImplementedError(account_id, plan, at)


def cover_meanwhile(account_id: int, *, plan: str, at: datetime) -> None:
    """An instalment lost its money after all had been paid: the bills are in the plan again until it is paid.

    Twice changes nothing. COVERED is told.
    """
    raise NotImplementedError(account_id, plan, at)


def uncover_bills(account_id: int, *, plan: str, paid_capital: Decimal, at: datetime) -> None:
    """The plan ended before all was paid: the bills are owed again, but for the capital that its instalments paid, in
    pesos, which covers them for good, the one due first on top. Also when that capital changed after the end.

    As with a payment in part, a bill that is covered in part keeps the price of the plan's day for that part. OWED is
    told of the bills that owe something again, SETTLED of those that are paid. Twice changes nothing.
    """
    raise NotImplementedError(account_id, plan, paid_capital, at)
