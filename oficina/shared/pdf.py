"""Documents as PDF: the only place that knows WeasyPrint.

Every document is PDF/UA-1 (tagged, with title and language), made from a template and our own style sheets. Nothing
is fetched while rendering: a document holds what it shows.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from PIL import Image
from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher

_PIXELS_A_UNIT = 2
_UNITS_A_POINT = 96 / 72
_COLOURS = 64
"""Of a picture: enough for text, bars and the colours of a document, at a third of the size."""
_STYLE_SHEETS = ("css/tokens.css", "css/documents.css")


class StyleSheetMissingError(Exception):
    """A style sheet of the documents is not among the static files: the installation is incomplete."""


@dataclass(frozen=True, kw_only=True)
class PagePicture:
    """The first page of a document. `width`, `height` and where each mark begins, left and top, in CSS pixels."""

    png: bytes
    width: float
    height: float
    marks: dict[str, tuple[float, float]]


def picture_first_page(html: str, *, marked_by: str, marks: Collection[str]) -> PagePicture:
    """How the first page of a document is printed, and where the elements lie that have one of these words as the
    value of the attribute `marked_by`.

    `html` comes from `document_html`. Raises StyleSheetMissingError.
    """
    sheets = [_style_sheet(name) for name in _STYLE_SHEETS]
    marking = CSS(string="".join(f'[{marked_by}="{mark}"] {{ -weasy-anchor: "{mark}" }}' for mark in marks))
    drawn = HTML(string=html, url_fetcher=_fetcher()).render(stylesheets=[*sheets, marking])
    page = drawn.pages[0]
    with pdfium.PdfDocument(drawn.copy([page]).write_pdf()) as pdf:
        bitmap = pdf[0].render(scale=_PIXELS_A_UNIT * _UNITS_A_POINT)
        picture = bitmap.to_pil().convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    content = BytesIO()
    picture.save(content, "PNG", optimize=True)
    places = {mark: (float(left), float(top)) for mark, (left, top, *_) in page.anchors.items()}
    return PagePicture(png=content.getvalue(), width=page.width, height=page.height, marks=places)


def document_html(template: str, context: Mapping[str, object]) -> str:
    """The template filled in: what is drawn of it changes exactly when this or `documents_style` does."""
    return render_to_string(template, dict(context))


def documents_style() -> str:
    """The style sheets of the documents, as text. Raises StyleSheetMissingError."""
    return "".join(_style_path(name).read_text(encoding="utf-8") for name in _STYLE_SHEETS)


def render_pdf(template: str, context: Mapping[str, object]) -> bytes:
    """The template as a tagged PDF. Raises StyleSheetMissingError when the installation lacks the documents' style."""
    html = HTML(
        string=document_html(template, context),
        url_fetcher=_fetcher(),
    )
    pdf = html.write_pdf(stylesheets=[_style_sheet(name) for name in _STYLE_SHEETS], pdf_variant="pdf/ua-1")
    return bytes(pdf)


@lru_cache(maxsize=1)
def _fetcher() -> URLFetcher:
    """Made once: it reads the machine's certificates, a tenth of the time of a bill, and fetches nothing with them."""
    return URLFetcher(allowed_protocols=["data"], fail_on_errors=True)


def _style_sheet(name: str) -> CSS:
    path = _style_path(name)
    return _read_style_sheet(path, path.stat().st_mtime_ns)


def _style_path(name: str) -> Path:
    path = finders.find(name)
    if not isinstance(path, str):
        raise StyleSheetMissingError(name)
    return Path(path)


@lru_cache(maxsize=2 * len(_STYLE_SHEETS))
def _read_style_sheet(path: Path, modified_at: int) -> CSS:  # noqa: ARG001  a sheet that changed is another one
    """Read once: it takes a sixth of the time of a bill."""
    return CSS(filename=path)
