"""Long listings: asked for, drawn by a job, kept for a day."""
# ruff: noqa: N818  refusals are named by what is wrong

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app

from accounts.models import AccountLink, User
from billing.enums import LISTING_UNDER_WAY, ListingKind, ListingState
from billing.listings.drawing import draw_long
from billing.listings.histories import HISTORIES
from billing.listings.history_filter import HistoryFilter
from billing.models import Listing
from billing.refusals import BillingRefusal

DRAW_LISTING_TASK: Final = "billing.draw_listing"
KEPT_FOR: Final = timedelta(hours=24)
MOST_KEPT: Final = 10
"""Listings that one person may have at a time, about all their accounts."""
LONGEST: Final = 20_000
"""Rows of one listing: ten times what the busiest account has in ten years of bills."""

_LANES: Final = 2
"""Listings that are drawn at the same time by all workers together, so that mail and receipts keep their share."""


class TooManyListings(BillingRefusal):
    """The person has MOST_KEPT listings already."""


@dataclass(eq=False)
class ListingTooLong(BillingRefusal):
    """The listing would have more rows than LONGEST."""

    rows: int


class _Discarded(Exception):
    """Nobody wants the listing any more."""


def request_listing(link: AccountLink, kind: ListingKind, chosen: HistoryFilter, *, now: datetime) -> Listing:
    """Have this history drawn, or give the listing that is being drawn of the same already. One of the same that could
    not be drawn is forgotten.

    Raises TooManyListings and ListingTooLong.
    """
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=link.user_id)
        mine = Listing.objects.without_pdf()
        same = mine.of(link).filter(kind=kind, chosen=chosen.parameters())
        if (under_way := same.under_way().first()) is not None:
            return under_way
        same.filter(state=ListingState.FAILED).delete()
        if mine.asked_for_by(link.user).kept(at=now).count() >= MOST_KEPT:
            raise TooManyListings
        rows = HISTORIES[kind].of(link, chosen).count()
        if rows > LONGEST:
            raise ListingTooLong(rows)
        listing = Listing.objects.create(
            link=link, kind=kind, chosen=chosen.parameters(), rows=rows, requested_at=now, expires_at=now + KEPT_FOR
        )
        lane = f"{DRAW_LISTING_TASK}.{link.user_id % _LANES}"
        app.configure_task(DRAW_LISTING_TASK, lock=lane).defer(listing_id=listing.pk)
    return listing


def draw_listing(listing_id: int, *, now: datetime) -> None:
    """Draw a listing that is under way. Begins anew when a worker was killed at it; whoever is ready first keeps it."""
    wanted = Listing.objects.under_way().filter(pk=listing_id)
    listing = wanted.select_related("link__account", "link__user").first()
    if listing is None:
        return

    def tell(drawn: int) -> None:
        if not wanted.update(state=ListingState.RUNNING, drawn=drawn):
            raise _Discarded

    chosen = HistoryFilter.from_parameters(listing.chosen)
    try:
        tell(0)
        pdf = draw_long(HISTORIES[ListingKind(listing.kind)], listing.link, chosen, at=listing.requested_at, tell=tell)
    except _Discarded:
        return
    wanted.update(state=ListingState.DONE, drawn=listing.rows, pdf=pdf, expires_at=now + KEPT_FOR)


def give_listing_up(listing_id: int) -> None:
    """No further try is made: whoever asked may ask again."""
    Listing.objects.filter(pk=listing_id, state__in=LISTING_UNDER_WAY).update(state=ListingState.FAILED)


def discard_listing(listing: Listing) -> None:
    """Forget a listing. One that is being drawn ends soon by itself."""
    Listing.objects.filter(pk=listing.pk).delete()


def remove_expired_listings(*, now: datetime) -> None:
    """Forget those whose time is over."""
    Listing.objects.filter(expires_at__lte=now).delete()
