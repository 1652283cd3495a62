"""What upper apps do when a person stops acting for an account, without accounts knowing them.

An app registers in `AppConfig.ready`, so handlers run in the order of INSTALLED_APPS. They run in the transaction that
ended the link: a handler that fails undoes it.
"""

from enum import StrEnum
from typing import Protocol

from accounts.models import AccountLink


class LinkEnd(StrEnum):
    """Why a link ended: the account was taken away from the person's accounts, or the person closed their user."""

    UNLINKED = "unlinked"
    USER_CLOSED = "user_closed"


class LinkEndHandler(Protocol):
    """A function that is told of a link that has just ended."""

    __module__: str
    __qualname__: str

    def __call__(self, link: AccountLink, end: LinkEnd) -> None:
        """Does what the app has to do about what the person had of this account."""


_link_end_handlers: list[LinkEndHandler] = []


def on_link_end(handler: LinkEndHandler) -> None:
    """Have `handler` called for every link that ends. Once, however often it is registered."""
    if handler not in _link_end_handlers:
        _link_end_handlers.append(handler)


def tell_link_end(link: AccountLink, end: LinkEnd) -> None:
    """Call the handlers, one after the other, in the caller's transaction."""
    for handler in _link_end_handlers:
        handler(link, end)


def link_end_handlers() -> list[str]:
    """The dotted names of the handlers, in the order in which they run."""
    return [f"{handler.__module__}.{handler.__qualname__}" for handler in _link_end_handlers]
