"""The front door."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the portal does and the ways in; whoever is already in goes on to Inicio."""
    if request.user.is_authenticated:
        return redirect("account_home_short")
    return render(request, "pages/home.html")
