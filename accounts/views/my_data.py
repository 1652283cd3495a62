"""MIS DATOS: what the portal knows of a person, to read and to mend; and leaving."""

from allauth.account.internal.flows.logout import logout
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.access import logged_in_user
from accounts.closing import close_user
from accounts.forms import CloseUserForm, ProfileForm
from accounts.models import User
from accounts.office_roles import LastAdministrator
from accounts.profile import update_profile

SAVED = "Guardamos tus datos."
NOTHING_CHANGED = "No había nada para guardar: tus datos ya estaban así."
CLOSED = "Cerramos tu usuario. Te mandamos un mail que lo confirma."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request: HttpRequest) -> HttpResponse:
    """The data of registration, and the ways to everything else about one's user."""
    user = logged_in_user(request)
    initial = {name: getattr(user, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST or None, initial=initial)
    if form.is_valid():
        changed = update_profile(user, form.profile(), by=user)
        messages.success(request, SAVED if changed else NOTHING_CHANGED)
        return redirect("my_data")
    return render(request, "accounts/my_data.html", {"form": form, "second_factor": is_mfa_enabled(user)})


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def close_my_user(request: HttpRequest) -> HttpResponse:
    """Leaving for good, confirmed with the password."""
    user = logged_in_user(request)
    form = CloseUserForm(request.POST or None, request=request, user=user)
    if form.is_valid() and _closed(user, form):
        logout(request, show_message=False)
        messages.success(request, CLOSED)
        return redirect("home")
    return render(request, "accounts/close_user.html", {"form": form})


def _closed(user: User, form: CloseUserForm) -> bool:
    """Whether it was closed; when not, the form says why."""
    try:
        close_user(user)
    except LastAdministrator:
        form.add_error(None, "Sos la única persona que administra la oficina. Primero dale ese rol a otra.")
        return False
    return True
