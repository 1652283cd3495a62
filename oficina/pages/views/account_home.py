"""Inicio of one account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import managed_link


@require_safe
def account_home(request: HttpRequest, ref: str) -> HttpResponse:
    """The account in hand."""
    return render(request, "pages/account_home.html", {"link": managed_link(request, ref)})
