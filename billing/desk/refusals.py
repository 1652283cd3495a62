"""Why something was not done at the till. Data without wording, as in `billing.refusals`."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from billing.models import Invoice, Payment, TillShift
from billing.refusals import BillingRefusal


class NoOpenShift(BillingRefusal):
    """Whoever takes the payment has no shift open."""


@dataclass(eq=False)
class ShiftOfAnotherDay(BillingRefusal):
    """The shift was opened on another day: it is closed first, so that each closing is of one day."""

    shift: TillShift


@dataclass(eq=False)
class ShiftAlreadyOpen(BillingRefusal):
    """The person has a shift open."""

    shift: TillShift


@dataclass(eq=False)
class ShiftClosed(BillingRefusal):
    """The shift is closed for good."""

    shift: TillShift


@dataclass(eq=False)
class TillMoved(BillingRefusal):
    """Something was paid or annulled since the closing was shown. `expected` is what the drawer should have now, in
    pesos.
    """

    expected: Decimal


@dataclass(eq=False)
class DifferenceUnexplained(BillingRefusal):
    """What was counted differs from what there should be, by that many pesos, and nobody said why."""

    difference: Decimal


class BillsMoved(BillingRefusal):
    """A bill is not what it was when it was shown: paid, void, in a plan, or at another price. Look again."""


@dataclass(eq=False)
class BillsUnderWay(BillingRefusal):
    """The money of these bills is on its way: by a checkout that was completed, or by a debit."""

    invoices: Collection[Invoice]


@dataclass(eq=False)
class AmountOutOfRange(BillingRefusal):
    """More than the bills cost, or nothing. Pesos."""

    amount: Decimal
    total: Decimal


@dataclass(eq=False)
class PartDoesNotReach(BillingRefusal):
    """With that amount nothing is left for a chosen bill, since the ones due before take it."""

    invoice: Invoice


@dataclass(eq=False)
class OfferedInPart(BillingRefusal):
    """What a plan offers, such as its first instalment, is paid whole: a part of it would begin nothing."""

    invoice: Invoice


@dataclass(eq=False)
class HandedOverTooLittle(BillingRefusal):
    """The cash does not reach. Pesos."""

    handed_over: Decimal
    amount: Decimal


@dataclass(eq=False)
class CouponUsed(BillingRefusal):
    """The coupon of that terminal and batch was taken before, for this payment."""

    payment: Payment


class TillKeyUsed(BillingRefusal):
    """The same form took another payment before."""


class AnnulmentTooLate(BillingRefusal):
    """The shift is closed or the day is over: what was paid is given back as a refund, if at all."""


class MoneyLeftAlready(BillingRefusal):
    """A part of the payment was given back in another way."""
