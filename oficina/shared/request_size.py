"""The largest request that a customer's form may send, refused before any of it is read.

Well above the limit of one attachment, so that a photograph that is somewhat too large still gets its answer beside the
field, with nothing lost. The office's pages, where files of the billing system are loaded, have limits of their own.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

REQUEST_LIMIT = 20 * 1024 * 1024
"""Bytes."""

_OFFICE = "/admin/"


class RequestSizeMiddleware:
    """Answers 413, with a page that says what to do. It needs neither session nor user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Passes on what is not too large."""
        if announced_size(request) > REQUEST_LIMIT and not request.path_info.startswith(_OFFICE):
            return HttpResponse(render_to_string("413.html"), status=413)
        return self.get_response(request)


_MORE_DIGITS_THAN_NEEDED = 15


def announced_size(request: HttpRequest) -> int:
    """Bytes that the sender says will come; a body without a stated size is not read at all by the server."""
    announced = request.headers.get("Content-Length", "")
    return int(announced[:_MORE_DIGITS_THAN_NEEDED]) if announced.isascii() and announced.isdigit() else 0
