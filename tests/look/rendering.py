"""Templates written in a test, rendered as a page would."""

from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory


def rendered(source: str, context: dict[str, object] | None = None, *, request: HttpRequest | None = None) -> str:
    """The HTML of a template source, without the blank space between lines."""
    html = engines["django"].from_string(source).render(context or {}, request or RequestFactory().get("/"))
    return " ".join(html.split())
