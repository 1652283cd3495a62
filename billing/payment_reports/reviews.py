"""Bills that somebody says to have paid elsewhere. Who and how is theirs: others see only that it is looked at."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import FETCH_RAISE, Prefetch
from django.urls import reverse

from accounts.models import AccountLink
from billing.models import Invoice, PaymentReport
from billing.models.payment_report import PaymentReportQuerySet

_OPEN = "open_payment_reports"


@dataclass(frozen=True)
class ReportedPayment:
    """A payment that the office looks for. `address` is that of the reader's own report, empty when others reported."""

    address: str

    @property
    def words(self) -> str:
        """What is known of it, in a sentence."""
        if self.address:
            return "Avisaste que ya la pagaste en otro lado, y lo estamos revisando."
        return "Otra persona que usa esta cuenta avisó que ya la pagó en otro lado, y lo estamos revisando."


def with_open_reports() -> Prefetch[str, PaymentReportQuerySet, str]:
    """What bills are loaded with, so that `reported_payment_of` asks the database for nothing. One query."""
    return Prefetch("payment_reports", PaymentReport.objects.under_review().fetch_mode(FETCH_RAISE), to_attr=_OPEN)


def reported_payment_of(invoice: Invoice, link: AccountLink) -> ReportedPayment | None:
    """The payment that was reported of a bill, loaded `with_open_reports`, for the holder of this link."""
    reports: Iterable[PaymentReport] = getattr(invoice, _OPEN)
    own = next((report for report in reports if report.reported_by_id == link.user_id), None)
    if own is not None:
        return ReportedPayment(reverse("payment_report", args=[link.public_id, own.public_id]))
    return ReportedPayment("") if reports else None


def reported_bills(invoice_ids: Iterable[int]) -> list[Invoice]:
    """Those of these bills of which a payment was reported that nobody has answered yet."""
    reported = PaymentReport.objects.under_review().filter(invoice__in=list(invoice_ids))
    return list(Invoice.objects.filter(pk__in=reported.values("invoice")).order_by("due_on", "pk"))
