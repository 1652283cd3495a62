"""Débito automático by card: leaving for the provider's page, and the page that it leads back to."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import managed_link
from accounts.models import AccountLink
from adhesions.debit.card_setup_page import card_setup_page
from adhesions.debit.card_setups import begin_card_setup, refresh_card_setup
from adhesions.debit.history import left_out_words
from adhesions.debit.mandates import Consent
from adhesions.debit.presentation import means_words
from adhesions.enums import CardSetupState
from adhesions.models import CardSetup
from oficina.shared.looking_again import look_of


def leave_to_save_card(link: AccountLink, consent: Consent) -> HttpResponse:
    """303 to the provider's page; to our own of this visit when there is nothing to do there any more.

    Raises what `begin_card_setup` does.
    """
    setup = begin_card_setup(link, consent, now=timezone.now())
    return _see(setup.page_address if setup.state == CardSetupState.OPENED else _address(link, setup))


@never_cache
@require_safe
def direct_debit_card(request: HttpRequest, ref: str, setup_id: str) -> HttpResponse:
    """What came of a visit to save a card; Inicio once the account is adhered. Asks the provider, believes no address.

    With HTMX it answers `vuelta` and `estado` with the next wait, and with the new state if it is another one.
    """
    link = managed_link(request, ref)
    found = get_object_or_404(CardSetup.objects.select_related("link"), link=link, public_id=setup_id)
    setup = refresh_card_setup(found, now=timezone.now())
    if setup.mandate is not None:
        return _adhered(request, link, setup)
    turned_back = "cancelado" in request.GET
    page, look = card_setup_page(setup, turned_back=turned_back), look_of(request)
    context = {
        "link": link,
        "setup": setup,
        "page": page,
        "own_address": request.path,
        "debit_address": f"{reverse('direct_debit', args=[ref])}{'?medio=tarjeta' if page.tries_again else ''}",
        "waits": page.is_waiting and look.goes_on,
        "wait_seconds": look.wait_seconds,
        "next_look": f"{request.path}?vuelta={look.next_round}",
        "changed": request.GET.get("estado", setup.state) != setup.state,
    }
    template = "adhesions/card_setup.html"
    return render(request, f"{template}#poll" if "HX-Request" in request.headers else template, context)


def _adhered(request: HttpRequest, link: AccountLink, setup: CardSetup) -> HttpResponse:
    """Inicio, which says so; the adhesions of the account when this one has ended since."""
    if setup.mandate is None or setup.mandate.ended_at is not None:
        address = reverse("direct_debit", args=[link.public_id])
    else:
        means = means_words(setup.mandate)
        told = f"Listo: la cuenta está adherida al débito automático. Se debita de {means}."
        messages.success(request, f"{told} {left_out_words(setup.mandate)}".strip())
        address = reverse("account_home", args=[link.public_id])
    return HttpResponseClientRedirect(address) if "HX-Request" in request.headers else _see(address)


def _address(link: AccountLink, setup: CardSetup) -> str:
    return reverse("direct_debit_card", args=[link.public_id, setup.public_id])


def _see(address: str) -> HttpResponse:
    """303: the page is asked for by GET."""
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
