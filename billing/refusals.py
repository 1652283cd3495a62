"""Why an act about money was not done. Data without wording: each screen says it in its own words."""
# ruff: noqa: N818  refusals are named by what is wrong; each is one of `BillingRefusal`

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import User
from billing.models import Invoice, Payment


class BillingRefusal(Exception):
    """Any of these. Nothing was changed unless the subclass says otherwise."""


class NothingChosen(BillingRefusal):
    """No bill was chosen."""


class UnknownInvoice(BillingRefusal):
    """A chosen bill is not one of this account: it does not exist for whoever asks."""


@dataclass(eq=False)
class InvoiceNotPayable(BillingRefusal):
    """Some of the chosen bills are paid already or void."""

    invoices: Collection[Invoice]


@dataclass(eq=False)
class InvoiceInProcess(BillingRefusal):
    """The money of an earlier attempt on some of the chosen bills is on its way."""

    invoices: Collection[Invoice]


@dataclass(eq=False)
class TotalBelowMinimum(BillingRefusal):
    """Less than one checkout may charge. Pesos."""

    total: Decimal
    minimum: Decimal


@dataclass(eq=False)
class TotalAboveMaximum(BillingRefusal):
    """More than one checkout may charge. Pesos."""

    total: Decimal
    maximum: Decimal


class QuoteUnreadable(BillingRefusal):
    """The summary was not made by us for this person and account."""


class QuoteExpired(BillingRefusal):
    """The summary is older than the time for which it was promised."""


class QuoteChanged(BillingRefusal):
    """A bill of the summary is not what it was: paid, void, re-issued or priced anew. Make a new summary."""


@dataclass(eq=False)
class PaymentUnderWay(BillingRefusal):
    """A payment of these bills cannot be stopped any more: its money came or is on its way. Its page tells."""

    payment: Payment


@dataclass(eq=False)
class QuoteSpent(BillingRefusal):
    """The summary was used already, and that attempt has ended without money. Make a new summary."""

    payment: Payment


@dataclass(eq=False)
class CheckoutUnavailable(BillingRefusal):
    """The provider did not answer; nothing was charged. An attempt that was saved is finished in the background."""

    payment: Payment | None = None


@dataclass(eq=False)
class CheckoutRefused(BillingRefusal):
    """The provider refused to open a checkout; nothing was charged. The payment failed and keeps its `failure_code`."""

    payment: Payment


@dataclass(eq=False)
class OperationDiffers(BillingRefusal):
    """The channel used this operation number before, for another amount or other bills: that of `payment_id`."""

    payment_id: int


@dataclass(eq=False)
class BillOfAnotherAccount(BillingRefusal):
    """A bill of the operation is not one of its account."""

    invoice_id: int


@dataclass(eq=False)
class BillNamedTwice(BillingRefusal):
    """The operation names a bill more than once."""

    invoice_id: int


@dataclass(eq=False)
class LinesExceedAmount(BillingRefusal):
    """The bills of the operation take more than was received. Pesos."""

    total: Decimal
    amount: Decimal


@dataclass(eq=False)
class NothingReceived(BillingRefusal):
    """The operation or one of its lines is of no money at all. Pesos."""

    amount: Decimal


class DiscrepancyAlreadyResolved(BillingRefusal):
    """Somebody of the office resolved it before."""


class DiscrepancyNotResolved(BillingRefusal):
    """Nobody has resolved it, or somebody opened it again before."""


class DiscrepanciesOfSeveralKinds(BillingRefusal):
    """One decision is about findings of one kind."""


class AssigneeMayNotResolve(BillingRefusal):
    """Whoever it should be given to is not of the office any more, or may not resolve discrepancies."""


@dataclass(eq=False)
class DiscrepancyAssignedMeanwhile(BillingRefusal):
    """It is with somebody else than was shown: with `assignee`, or with nobody."""

    assignee: User | None


class EventFinished(BillingRefusal):
    """The event was acted on, or left for good, before."""


class NothingToReprocess(BillingRefusal):
    """None of the events is unfinished."""


class PayoutAlreadySeen(BillingRefusal):
    """Somebody of the office wrote down before what the bank showed."""


@dataclass(eq=False)
class PaymentNotRefundable(BillingRefusal):
    """The payment brought no money, or not by a way by which it could go back."""

    payment: Payment


@dataclass(eq=False)
class RefundExceeds(BillingRefusal):
    """More than is left of the payment, or of the account's credit. Pesos."""

    amount: Decimal
    left: Decimal


@dataclass(eq=False)
class RefundOfNothing(BillingRefusal):
    """The amount to give back is not one. Pesos."""

    amount: Decimal


class RefundKeyUsed(BillingRefusal):
    """The same form asked before for another refund."""


class RefundReferenceMissing(BillingRefusal):
    """What the office gives back by hand has to be known by the number of a transfer or voucher."""


@dataclass(eq=False)
class RefundReferenceUsed(BillingRefusal):
    """The number of the transfer is that of another refund of the payment, or of the payment itself."""

    reference: str


@dataclass(eq=False)
class CreditMoved(BillingRefusal):
    """The account's credit is no longer what the office was shown: another part of it is to be given back by hand.
    Pesos.
    """

    by_hand: Decimal


@dataclass(eq=False)
class DebitExceedsNotice(BillingRefusal):
    """The bill costs more than whoever gave the mandate was told. Pesos."""

    due: Decimal
    at_most: Decimal


@dataclass(eq=False)
class PaymentNotHeld(BillingRefusal):
    """The attempt holds no bill any more, or never was at the provider, so there is nothing to release."""

    payment: Payment


@dataclass(eq=False)
class CheckoutAtProvider(BillingRefusal):
    """The provider has the checkout, so it is not released; the payment is now where the provider says it is."""

    payment: Payment
