"""Mis reclamos: the claims of a person on the bills of an account."""

from django.db.models import FETCH_RAISE

from accounts.models import AccountLink
from billing.claims.presentation import ClaimRow, claim_row
from billing.models import Claim


def claims_and_reports(link: AccountLink) -> list[ClaimRow]:
    """Newest first, in one query."""
    claims = Claim.objects.of(link).select_related("invoice").order_by("-made_at", "-pk")
    return [claim_row(claim, link) for claim in claims.fetch_mode(FETCH_RAISE)]
