"""Accepting the terms in force, for somebody who is registered already."""

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import logged_in_user
from accounts.enums import TermsPurpose
from accounts.forms import TermsForm
from accounts.terms import accept_terms, current_terms, owes_acceptance
from accounts.terms_gate import stop_asking


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept_new_terms(request: HttpRequest) -> HttpResponse:
    """The text in force and a box; then on to where the person was going."""
    user = logged_in_user(request)
    next_url = get_next_redirect_url(request) or ""
    if not owes_acceptance(user, TermsPurpose.REGISTRATION):
        stop_asking(request)
        return redirect(next_url or "home")
    terms = current_terms(TermsPurpose.REGISTRATION)
    form = TermsForm(request.POST or None, in_force=terms)
    if form.is_valid():
        accept_terms(user, TermsPurpose.REGISTRATION, get_adapter().get_client_ip(request), terms=terms)
        stop_asking(request)
        messages.success(request, "Guardamos que aceptaste los términos. Gracias.")
        return redirect(next_url or "home")
    return render(request, "accounts/accept_terms.html", {"form": form, "terms": terms, "next": next_url})
