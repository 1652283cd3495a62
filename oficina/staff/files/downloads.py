"""Kept files on their way to a browser: as a download, part by part, stored by nobody in between."""

from typing import cast

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from oficina.shared.spreadsheets import MEDIA_TYPE
from oficina.staff.files.models import StoredFile
from oficina.staff.files.storage import content_of


def download(file: StoredFile, name: str) -> HttpResponse:
    """The file under this name. Whoever calls this has asked whether the person may have it."""
    response = StreamingHttpResponse(content_of(file), content_type=MEDIA_TYPE)
    response.headers["Content-Length"] = str(file.size)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response.headers["Cache-Control"] = "private, no-store"
    return cast("HttpResponse", response)  # the stubs of decorators know no other answer
