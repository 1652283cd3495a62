"""The reports of a person about an account, as a list shows them."""

from django.db.models import FETCH_RAISE

from accounts.models import AccountLink
from billing.models import PaymentReport
from billing.payment_reports.presentation import ReportRow, report_row


def reports_of(link: AccountLink) -> list[ReportRow]:
    """What the holder of this link reported about its account, newest first. One query."""
    reports = PaymentReport.objects.of(link).select_related("invoice").order_by("-reported_at", "-pk")
    return [report_row(report, link.public_id) for report in reports.fetch_mode(FETCH_RAISE)]
