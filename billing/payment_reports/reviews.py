"""Bills that somebody says to have paid elsewhere. Who and how is theirs: others see only that it is looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict

from django.db.models import Case, OuterRef, Subquery, Value, When
from django.db.models.functions import JSONObject
from django.urls import reverse

from accounts.models import AccountLink
from billing.models import Invoice, PaymentReport


class _OpenReport(TypedDict):
    """What a bill is loaded with of a report."""

    public_id: str
    reported_by: int


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


def open_report_for(link: AccountLink) -> Subquery:
    """What bills are loaded with as `open_report`, without another query: the reader's own before anybody else's."""
    own_first = Case(When(reported_by=link.user_id, then=Value(0)), default=Value(1))
    reports = PaymentReport.objects.under_review().filter(invoice=OuterRef("pk")).order_by(own_first, "pk")
    return Subquery(reports.values(told=JSONObject(public_id="public_id", reported_by="reported_by_id"))[:1])


def reported_payment_of(invoice: Invoice, link: AccountLink) -> ReportedPayment | None:
    """The payment that was reported of a bill, loaded with its `open_report_for` this link, for the link's holder."""
    report: _OpenReport | None = getattr(invoice, "open_report")  # noqa: B009  an annotation
    if report is None:
        return None
    own = report["reported_by"] == link.user_id
    return ReportedPayment(reverse("payment_report", args=[link.public_id, report["public_id"]]) if own else "")


def reported_bills(invoice_ids: Iterable[int]) -> list[Invoice]:
    """Those of these bills of which a payment was reported that nobody has answered yet."""
    reported = PaymentReport.objects.under_review().filter(invoice__in=list(invoice_ids))
    return list(Invoice.objects.filter(pk__in=reported.values("invoice")).order_by("due_on", "pk"))
