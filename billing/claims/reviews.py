"""Which bills are being reviewed because somebody claimed. Who and why is theirs: others see only that it is so."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import FETCH_RAISE, Prefetch
from django.urls import reverse

from accounts.models import AccountLink
from billing.models import Claim, Invoice
from billing.models.claim import ClaimQuerySet

_OPEN = "open_claims"


@dataclass(frozen=True, kw_only=True)
class Review:
    """A bill under review. `number` and `address` are those of the reader's own claim, empty when others claimed."""

    number: str
    address: str


def with_open_claims() -> Prefetch[str, ClaimQuerySet, str]:
    """What bills are loaded with, so that `review_of` asks the database for nothing. One query."""
    return Prefetch("claims", Claim.objects.open().fetch_mode(FETCH_RAISE), to_attr=_OPEN)


def review_of(invoice: Invoice, link: AccountLink) -> Review | None:
    """Whether a bill, loaded `with_open_claims`, is reviewed, for the holder of this link."""
    claims: Iterable[Claim] = getattr(invoice, _OPEN)
    own = next((claim for claim in claims if claim.made_by_id == link.user_id), None)
    if own is not None:
        return Review(number=own.number, address=reverse("claim", args=[link.public_id, own.public_id]))
    return Review(number="", address="") if claims else None
