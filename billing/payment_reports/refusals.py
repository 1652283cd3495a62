"""Why nothing was done about a reported payment. Data without wording."""

from dataclasses import dataclass

from billing.models import Payment, PaymentReport
from billing.refusals import BillingRefusal


@dataclass(eq=False)
class AlreadyReported(BillingRefusal):
    """The same person reported a payment of this bill before, and it is under review."""

    report: PaymentReport


class OperationReported(BillingRefusal):
    """Somebody else reported the same operation for this bill, and it is under review."""


@dataclass(eq=False)
class OperationRecorded(BillingRefusal):
    """The operation is in the ledger, with money for this bill: there is nothing to report."""

    payment: Payment


@dataclass(eq=False)
class TooManyReports(BillingRefusal):
    """The person has this many reports under review."""

    limit: int


@dataclass(eq=False)
class ReportDecided(BillingRefusal):
    """The report was accepted, rejected or withdrawn meanwhile."""

    report: PaymentReport
