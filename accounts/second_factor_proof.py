"""Whoever works in the office enters with a second factor: what a stolen password opens must not be everybody's bills.

The proof is the session's: allauth keeps in it how somebody authenticated and when. It counts for a workday
(`OFFICE_SECOND_FACTOR_HOURS`), so that a computer left on asks again.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User


def acts_for_office(request: HttpRequest) -> bool:
    """Whether this is somebody of the office who has proved it as the office asks."""
    user = request.user
    return isinstance(user, User) and user.is_staff and user.is_active and not _asked_at(request, user)


def second_factor_asked(request: HttpRequest, person: User) -> HttpResponse | None:
    """The way to where somebody of the office sets the second factor up or proves it; None when they need not."""
    asked = _asked_at(request, person)
    if not asked:
        return None
    if "HX-Request" in request.headers:
        return HttpResponseClientRedirect(asked)
    if request.method != "GET":
        return HttpResponseRedirect(asked, status=HTTPStatus.SEE_OTHER)
    return HttpResponseRedirect(f"{asked}?{urlencode({'next': request.get_full_path()})}")


def proved_again[Answer: HttpResponseBase](view: Callable[..., Answer]) -> Callable[..., Answer | HttpResponse]:
    """A page about the second factor itself: somebody of the office who has one and did not prove it in this session
    could replace it there with a password alone.
    """

    @wraps(view)
    def asked_first(request: HttpRequest, *args: Any, **kwargs: Any) -> Answer | HttpResponse:
        user = request.user
        if isinstance(user, User) and user.is_staff and has_second_factor(user):
            asked = second_factor_asked(request, user)
            if asked is not None:
                return asked
        return view(request, *args, **kwargs)

    return asked_first


def has_second_factor(person: User) -> bool:
    """Whether the person has set one up. Recovery codes alone are none."""
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()


def _asked_at(request: HttpRequest, person: User) -> str:
    if not settings.UTILITY.office_second_factor:
        return ""
    if not has_second_factor(person):
        return reverse("mfa_activate_totp")
    return "" if _proved(request, person) else reverse("mfa_reauthenticate")


def _proved(request: HttpRequest, person: User) -> bool:
    counts_since = timezone.now() - timedelta(hours=settings.UTILITY.office_second_factor_hours)
    records = get_authentication_records(request, person)
    return any(record["method"] == "mfa" and record["at"] > counts_since.timestamp() for record in records)
