"""Requests tell the database who is at work."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from oficina.shared.audit.origin import working_for

LONGEST_AGENT: Final = 200
"""Characters of a browser's name that are kept."""

_OFFICE: Final = "/admin/"


@dataclass(frozen=True)
class RequestOrigin:
    """A request. Addresses of customers' pages are told by their pattern, since some hold what opens them."""

    request: HttpRequest

    def told(self) -> dict[str, Any]:
        """Who asked, from where, by which page."""
        request, person = self.request, self.request.user
        match = request.resolver_match
        page = request.path if request.path.startswith(_OFFICE) or match is None else f"/{match.route}"
        who = {"user": person.pk, "name": person.get_full_name()} if person.is_authenticated else {}
        agent = request.headers.get("User-Agent", "").replace("\x00", "")[:LONGEST_AGENT]
        return {**who, "ip": _address(request), "agent": agent, "method": request.method, "page": page}


class OriginMiddleware:
    """What a request writes comes from its person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answers."""
        with working_for(RequestOrigin(request)):
            return self._get_response(request)


def _address(request: HttpRequest) -> str:
    try:
        address: str = get_adapter().get_client_ip(request)
    except PermissionDenied:  # it came another way than through the proxies
        return ""
    return address
