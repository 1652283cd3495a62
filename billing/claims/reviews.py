"""Which bills are being reviewed because somebody claimed. Who and why is theirs: others see only that it is so."""

from dataclasses import dataclass
from typing import TypedDict

from django.db.models import Case, OuterRef, Subquery, Value, When
from django.db.models.functions import JSONObject
from django.urls import reverse

from accounts.models import AccountLink
from billing.models import Claim, Invoice


class _OpenClaim(TypedDict):
    """What a bill is loaded with of a claim."""

    pk: int
    public_id: str
    made_by: int


@dataclass(frozen=True, kw_only=True)
class Review:
    """A bill under review. `number` and `address` are those of the reader's own claim, empty when others claimed."""

    number: str
    address: str


def open_claim_for(link: AccountLink) -> Subquery:
    """What bills are loaded with as `open_claim`, without another query: the reader's own before anybody else's."""
    own_first = Case(When(made_by=link.user_id, then=Value(0)), default=Value(1))
    claims = Claim.objects.open().filter(invoice=OuterRef("pk")).order_by(own_first, "pk")
    return Subquery(claims.values(told=JSONObject(pk="pk", public_id="public_id", made_by="made_by_id"))[:1])


def review_of(invoice: Invoice, link: AccountLink) -> Review | None:
    """Whether a bill, loaded with its `open_claim_for` this link, is reviewed, for the holder of the link."""
    claim: _OpenClaim | None = getattr(invoice, "open_claim")  # noqa: B009  an annotation
    if claim is None:
        return None
    if claim["made_by"] != link.user_id:
        return Review(number="", address="")
    address = reverse("claim", args=[link.public_id, claim["public_id"]])
    return Review(number=Claim(pk=claim["pk"]).number, address=address)
