"""Mis reclamos: the claims on bills and the reports of payments of a person about an account, in one list."""

from django.db.models import FETCH_RAISE

from accounts.models import AccountLink
from billing.claims.presentation import ClaimRow, claim_row
from billing.models import Claim
from billing.payment_reports.history import reports_of
from billing.payment_reports.presentation import ReportRow
from oficina.shared.money import pesos


def claims_and_reports(link: AccountLink) -> list[ClaimRow]:
    """Newest first, in two queries."""
    claims = Claim.objects.of(link).select_related("invoice").fetch_mode(FETCH_RAISE)
    rows = [claim_row(claim, link) for claim in claims] + [_row_of(report) for report in reports_of(link)]
    return sorted(rows, key=lambda row: row.at, reverse=True)


def _row_of(report: ReportRow) -> ClaimRow:
    """The report of a payment made elsewhere."""
    return ClaimRow(
        subject=f"Pago de {pesos(report.amount)} en otro lado",
        number=report.number,
        address=report.address,
        bill=report.subject,
        at=report.reported_at,
        state=report.state,
    )
