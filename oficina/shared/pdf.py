"""Documents as PDF: the only place that knows WeasyPrint.

Every document is PDF/UA-1 (tagged, with title and language), made from a template and our own style sheets. Nothing
is fetched while rendering: a document holds what it shows.
"""

from collections.abc import Mapping

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
        url_fetcher=URLFetcher(allowed_protocols=["data"], fail_on_errors=True),
    )
    pdf = html.write_pdf(
        stylesheets=[CSS(filename=_style_sheet(name)) for name in _STYLE_SHEETS], pdf_variant="pdf/ua-1"
    )
    return bytes(pdf)


def _style_sheet(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        raise StyleSheetMissingError(name)
    return path
