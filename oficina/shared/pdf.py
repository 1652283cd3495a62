"""Documents as PDF: the only place that knows WeasyPrint.

Every document is PDF/UA-1 (tagged, with title and language), made from a template and our own style sheets. Nothing
is fetched while rendering: a document holds what it shows.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher

_STYLE_SHEETS = ("css/tokens.css", "css/documents.css")


class StyleSheetMissingError(Exception):
    """A style sheet of the documents is not among the static files: the installation is incomplete."""


def render_pdf(template: str, context: Mapping[str, object]) -> bytes:
    """The template as a tagged PDF. Raises StyleSheetMissingError when the installation lacks the documents' style."""
    html = HTML(
        string=render_to_string(template, dict(context)),
        url_fetcher=_fetcher(),
    )
    pdf = html.write_pdf(stylesheets=[_style_sheet(name) for name in _STYLE_SHEETS], pdf_variant="pdf/ua-1")
    return bytes(pdf)


@lru_cache(maxsize=1)
def _fetcher() -> URLFetcher:
    """Made once: it reads the machine's certificates, a tenth of the time of a bill, and fetches nothing with them."""
    return URLFetcher(allowed_protocols=["data"], fail_on_errors=True)


def _style_sheet(name: str) -> CSS:
    path = finders.find(name)
    if not isinstance(path, str):
        raise StyleSheetMissingError(name)
    return _read_style_sheet(path, Path(path).stat().st_mtime_ns)


@lru_cache(maxsize=2 * len(_STYLE_SHEETS))
def _read_style_sheet(path: str, modified_at: int) -> CSS:  # noqa: ARG001  a sheet that changed is another one
    """Read once: it takes a sixth of the time of a bill."""
    return CSS(filename=path)
