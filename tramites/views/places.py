"""Lugares de pago: where a bill is paid besides this portal, the nearest to the property first."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import last_managed_link
from accounts.models import AccountLink, User
from oficina.shared.outlines import Position
from tramites.models import PaymentPlace
from tramites.models.place import PaymentPlaceQuerySet
from tramites.places.filtering import PlaceFilterForm
from tramites.places.mapping import map_of_places
from tramites.places.presentation import show_place
from tramites.views.base import base_of

PAGE_SIZE = 25
_NOTHING_FOUND = "Ningún lugar con ese filtro"


@login_not_required
@never_cache
@require_safe
def payment_places(request: HttpRequest) -> HttpResponse:
    """The places as the address filters them, on a map and in a list. With HTMX only what filters and pages change."""
    now = timezone.now()
    form = PlaceFilterForm(request.GET)
    link = _property_in_hand(request)
    places = form.chosen_of(_in_order(PaymentPlace.objects.shown(), link), at=now)
    page = Paginator(places, PAGE_SIZE).get_page(request.GET.get("pagina"))
    shown = [show_place(place, number=number, at=now) for number, place in enumerate(page, page.start_index())]
    is_part = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    context = {
        "base": base_of(request),
        "form": form,
        "page": page,
        "shown": shown,
        "map": map_of_places(shown, near=_position(link)),
        "near": link if _position(link) else None,
        "clear": reverse("payment_places") if form.is_filtered else "",
        "count_words": _count_words(page.paginator.count),
        "nothing_found": _NOTHING_FOUND,
        "said": _said(page),
        "is_part": is_part,
        "goes_to_rows": is_part and ("pagina" in request.GET or not form.is_filtered),
    }
    return render(request, f"tramites/places.html{'#shown' if is_part else ''}", context)


def _property_in_hand(request: HttpRequest) -> AccountLink | None:
    """The account that this person managed last, unless they have to prove it again: then it tells them nothing."""
    link = last_managed_link(request.user) if isinstance(request.user, User) else None
    return link if link and link.must_prove_since is None else None


def _in_order(places: PaymentPlaceQuerySet, link: AccountLink | None) -> PaymentPlaceQuerySet:
    """The nearest first where it is known where the property is; else by department."""
    position = _position(link)
    return places.with_distance_from(position).nearest_first() if position else places.by_department()


def _position(link: AccountLink | None) -> Position | None:
    """Where the property is, when the billing system told it."""
    if link is None or link.account.latitude is None or link.account.longitude is None:
        return None
    return float(link.account.longitude), float(link.account.latitude)


def _said(page: Page[PaymentPlace]) -> str:
    """What changed, for whoever listens: `60 lugares de pago, página 2 de 3`."""
    if not page.paginator.count:
        return _NOTHING_FOUND
    where = f", página {page.number} de {page.paginator.num_pages}" if page.has_other_pages() else ""
    return f"{_count_words(page.paginator.count)}{where}"


def _count_words(count: int) -> str:
    return "1 lugar de pago" if count == 1 else f"{count} lugares de pago"
