"""When each open session was last used, for the list that its owner sees.

One statement a request, and a write only every few minutes; allauth's own middleware reads and writes a row each time.
The row is made at login (allauth.usersessions).
"""

from collections.abc import Callable
from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

PRECISION = timedelta(minutes=5)
"""How old the moment kept may be."""


class SessionActivityMiddleware:
    """Keeps when and from where a logged-in session was last used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Marks the session as used, and answers."""
        if request.session.session_key and request.user.is_authenticated:
            now = timezone.now()
            seen = UserSession.objects.filter(
                session_key=request.session.session_key, user=request.user, last_seen_at__lt=now - PRECISION
            )
            seen.update(last_seen_at=now, ip=get_adapter().get_client_ip(request))
        return self._get_response(request)
