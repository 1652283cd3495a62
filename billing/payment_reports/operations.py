"""What else is known of the operation that a report names: the same receipt may have been shown before."""

from collections.abc import Sequence
from dataclasses import dataclass

from billing.enums import PaymentReportState
from billing.models import Payment, PaymentReport
from billing.payment_reports.acts import PaidElsewhere, payment_of

_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class KnownOperation:
    """`payment` has it in the ledger, with money for the bill of the report. `other_payments` have the same number, and
    `other_reports` that were not withdrawn name it too, a few at most.
    """

    payment: Payment | None
    other_payments: Sequence[Payment]
    other_reports: Sequence[PaymentReport]

    @property
    def is_seen_elsewhere(self) -> bool:
        """Whether the office should look twice."""
        return bool(self.other_payments or self.other_reports)


def known_operation(report: PaymentReport, found: PaidElsewhere) -> KnownOperation:
    """What is known of an operation that the office is about to accept for this report."""
    if not found.operation_number:
        return KnownOperation(payment=None, other_payments=[], other_reports=[])
    payment = payment_of(report.invoice, found.channel, found.operation_number)
    same = {"channel": found.channel, "operation_number": found.operation_number}
    payments = Payment.objects.filter(**same)
    if payment is not None:
        payments = payments.exclude(pk=payment.pk)
    reports = PaymentReport.objects.filter(**same).exclude(pk=report.pk)
    told = reports.exclude(state=PaymentReportState.WITHDRAWN).select_related("invoice__account")
    return KnownOperation(
        payment=payment,
        other_payments=list(payments.select_related("account").defer("request", "account__parcel")[:_SHOWN]),
        other_reports=list(told.defer("invoice__account__parcel")[:_SHOWN]),
    )
