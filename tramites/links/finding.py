"""Which addresses the office's texts in force link to, and from where."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import urldefrag, urlsplit

from oficina.shared.prose import links_in
from tramites.models import HelpText, LinkCheck, ProcedureText, PublishedText

_PROSE: Final = {HelpText: ("body",), ProcedureText: ("who", "requirements", "body")}
"""The columns that are shown as prose, by kind of text."""
_NOT_PAGES: Final = {"mailto", "tel"}
_LONGEST: Final = LinkCheck._meta.get_field("address").max_length


def linked_from(*, at: datetime) -> dict[str, list[PublishedText]]:
    """Each address, without the part after `#`, and the texts in force at an instant that link to it."""
    found: dict[str, list[PublishedText]] = {}
    for text in _texts(at):
        for address in dict.fromkeys(urldefrag(each).url for each in _links_of(text)):
            if address and len(address) <= (_LONGEST or 0) and urlsplit(address).scheme not in _NOT_PAGES:
                found.setdefault(address, []).append(text)
    return found


def _texts(at: datetime) -> Iterator[PublishedText]:
    yield from HelpText.objects.in_force(at=at).order_by(*HelpText.LISTED)
    yield from ProcedureText.objects.in_force(at=at).order_by(*ProcedureText.LISTED)


def _links_of(text: PublishedText) -> Iterator[str]:
    for column in _PROSE[type(text)]:
        yield from links_in(getattr(text, column))
    if isinstance(text, ProcedureText) and text.managed_at:
        yield text.managed_at
