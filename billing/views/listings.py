"""A history too long to be printed while somebody waits: asking for it, seeing it grow, having it."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import managed_link
from accounts.models import AccountLink
from billing.channel_names import channel_names
from billing.document_download import pdf_download
from billing.enums import ListingKind
from billing.listings.histories import HISTORIES
from billing.listings.history_filter import HistoryFilter
from billing.listings.requests import (
    LONGEST,
    MOST_KEPT,
    ListingTooLong,
    TooManyListings,
    discard_listing,
    request_listing,
)
from billing.models import Listing
from billing.views.history import history_address

_LOOKS_AGAIN_AFTER = 2
"""Seconds."""

_EXPIRED = "El listado venció: los guardamos un día. Pedilo de nuevo."
_TOO_MANY = f"Ya tenés {MOST_KEPT} listados. Descartá alguno y pedilo de nuevo."
_TOO_LONG = f"El listado tiene más de {LONGEST:,} renglones. Elegí fechas más cercanas.".replace(",", ".", 1)


@never_cache
@require_POST
def ask_for_listing(request: HttpRequest, ref: str, kind: ListingKind) -> HttpResponse:
    """Has the history prepared, filtered as the page showed it, and leads to where it can be seen growing."""
    link = managed_link(request, ref)
    history = HISTORIES[kind]
    chosen = history.form(request.POST, history.channels(link), channel_names()).chosen
    try:
        asked = request_listing(link, kind, chosen, now=timezone.now())
    except TooManyListings:
        messages.error(request, _TOO_MANY)
    except ListingTooLong:
        messages.error(request, _TOO_LONG)
    else:
        return _see(reverse("listing", args=[link.public_id, asked.public_id]))
    return _see(history_address(link, kind))


@never_cache
@require_safe
def listing(request: HttpRequest, ref: str, listing_id: str) -> HttpResponse:
    """How far the listing is. With HTMX only that, as it is now."""
    link = managed_link(request, ref)
    shown = _own(link, listing_id)
    kind = ListingKind(shown.kind)
    if shown.has_expired(at=timezone.now()):
        return _say_expired(request, link, kind)
    history = HISTORIES[kind]
    context = {
        "link": link,
        "listing": shown,
        "history": history,
        "count_words": history.count_in_words(shown.rows),
        "parameters": shown.chosen,
        "chosen_words": HistoryFilter.from_parameters(shown.chosen).in_words(channel_names()),
        "kind": kind,
        "wait_seconds": _LOOKS_AGAIN_AFTER,
        "history_address": history_address(link, kind),
    }
    part = "#progress" if "HX-Request" in request.headers else ""
    return render(request, f"billing/listing.html{part}", context)


@never_cache
@require_safe
def listing_pdf(request: HttpRequest, ref: str, listing_id: str) -> HttpResponse:
    """The listing that was prepared. 404 until it is ready; when its time is over, says so."""
    link = managed_link(request, ref)
    shown = _own(link, listing_id)
    if shown.has_expired(at=timezone.now()):
        return _say_expired(request, link, ListingKind(shown.kind))
    if shown.pdf is None:
        raise Http404
    return pdf_download(bytes(shown.pdf), f"listado-{shown.requested_at:%Y-%m-%d}.pdf")


@never_cache
@require_POST
def discard(request: HttpRequest, ref: str, listing_id: str) -> HttpResponse:
    """Nobody wants it any more, also while it is being prepared."""
    link = managed_link(request, ref)
    shown = _own(link, listing_id)
    discard_listing(shown)
    messages.success(request, "Descartamos el listado.")
    return _see(history_address(link, ListingKind(shown.kind)))


def _own(link: AccountLink, listing_id: str) -> Listing:
    return get_object_or_404(Listing.objects.of(link).without_pdf(), public_id=listing_id)


def _say_expired(request: HttpRequest, link: AccountLink, kind: ListingKind) -> HttpResponse:
    """Expired listings are removed by night, and nobody who comes before that needs a page that does not exist."""
    messages.info(request, _EXPIRED)
    address = history_address(link, kind)
    return HttpResponseClientRedirect(address) if "HX-Request" in request.headers else _see(address)


def _see(address: str) -> HttpResponse:
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
