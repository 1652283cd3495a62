"""Leads whoever has to prove an account again to the page that asks for it, whatever they wanted of the account."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import ProofDue


class ProofGateMiddleware:
    """Answers `accounts.access.ProofDue`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing of its own: the view finds out."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The redirect, or None when something else happened."""
        if not isinstance(exception, ProofDue):
            return None
        asked = reverse("prove_account", args=[exception.link.public_id])
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(asked)
        return HttpResponseRedirect(asked, status=HTTPStatus.SEE_OTHER)
