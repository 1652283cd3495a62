"""The largest request that may be sent, refused before any of it is read.

Well above the limit of one attachment, so that a photograph that is somewhat too large still gets its answer beside the
field, with nothing lost. The page on which the office brings files of the billing system has a limit of its own
(`OFFICE_UPLOAD_MEGABYTES`), and asks who somebody is before it reads anything.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

REQUEST_LIMIT = 20 * 1024 * 1024
"""Bytes."""

MEGABYTE = 1024 * 1024
OFFICE_UPLOAD = "/admin/archivos/importar/"
"""The one page that takes more."""


class RequestSizeMiddleware:
    """Answers 413, with a page that says what to do. It needs neither session nor user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Passes on what is not too large."""
        size = announced_size(request)
        if request.path_info == OFFICE_UPLOAD:
            most = settings.UTILITY.office_upload_megabytes
            if size > most * MEGABYTE:
                return HttpResponse(render_to_string("413_office.html", {"most": most}), status=413)
        elif size > REQUEST_LIMIT:
            return HttpResponse(render_to_string("413.html"), status=413)
        return self.get_response(request)


_MORE_DIGITS_THAN_NEEDED = 15


def announced_size(request: HttpRequest) -> int:
    """Bytes that the sender says will come; a body without a stated size is not read at all by the server."""
    announced = request.headers.get("Content-Length", "")
    return int(announced[:_MORE_DIGITS_THAN_NEEDED]) if announced.isascii() and announced.isdigit() else 0
