"""Asks a customer who logged in to accept the registration terms in force, before anything else.

The mark is in the session and is set at login, so that no page pays a query for it.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from accounts.customer_views import view_of
from accounts.enums import TermsPurpose
from accounts.terms import owes_acceptance

SESSION_KEY = "terms_due"
ALWAYS_OPEN = frozenset(
    {
        "accept_terms",
        "account_logout",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "my_data",
        "my_data_download",
        "close_user",
    }
)
"""Whoever does not accept may still read, take their data away and leave."""


def ask_for_acceptance(request: HttpRequest) -> None:
    """From now on this session is led to the terms."""
    request.session[SESSION_KEY] = True


def stop_asking(request: HttpRequest) -> None:
    """The person accepted."""
    request.session.pop(SESSION_KEY, None)


class TermsGateMiddleware:
    """Leads a session that owes an acceptance to the page that asks for it. Public pages stay open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing of its own: what is asked depends on the view."""
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """The redirect, or None when the page may be seen."""
        match = request.resolver_match
        is_public = not getattr(view, "login_required", True)
        if is_public or match is None or match.url_name in ALWAYS_OPEN or not _is_due(request):
            return None
        asked = resolve_url("accept_terms")
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(asked)
        if request.method == "GET":
            return HttpResponseRedirect(f"{asked}?{urlencode({'next': request.get_full_path()})}")
        return HttpResponseRedirect(asked)


def _is_due(request: HttpRequest) -> bool:
    """What the session says; of a customer whom the office looks at, whose session this is not, what they accepted."""
    view = view_of(request)
    return owes_acceptance(view.seen, TermsPurpose.REGISTRATION) if view else bool(request.session.get(SESSION_KEY))
