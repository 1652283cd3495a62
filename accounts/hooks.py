"""What upper apps do when a person stops acting for an account, when its holder changes, or when a person closes their
user, without accounts knowing them.

An app registers in `AppConfig.ready`, so handlers run in the order of INSTALLED_APPS. They run in the transaction of
what they are told of, which holds the locks of the accounts or of the user: a handler that fails undoes it.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from accounts.models import AccountLink, User


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


class HolderChangeHandler(Protocol):
    """A function that is told of accounts whose holder is somebody else now, in ascending order of id."""

    __module__: str
    __qualname__: str

    def __call__(self, account_ids: Sequence[int]) -> None:
        """Does what the app has to do about what was agreed with the holder before."""


class UserCloseHandler(Protocol):
    """A function that is told of a person who is closing their user; their links have ended before."""

    __module__: str
    __qualname__: str

    def __call__(self, user: User, *, now: datetime) -> None:
        """Does what the app has to do about what the person began and nobody will follow."""


_link_end_handlers: list[LinkEndHandler] = []
_holder_change_handlers: list[HolderChangeHandler] = []
_user_close_handlers: list[UserCloseHandler] = []


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


def on_holder_change(handler: HolderChangeHandler) -> None:
    """Have `handler` called for accounts whose holder changes. Once, however often it is registered."""
    if handler not in _holder_change_handlers:
        _holder_change_handlers.append(handler)


def tell_holder_change(account_ids: Sequence[int]) -> None:
    """Call the handlers, one after the other, in the caller's transaction."""
    for handler in _holder_change_handlers:
        handler(account_ids)


def holder_change_handlers() -> list[str]:
    """The dotted names of the handlers, in the order in which they run."""
    return [f"{handler.__module__}.{handler.__qualname__}" for handler in _holder_change_handlers]


def on_user_close(handler: UserCloseHandler) -> None:
    """Have `handler` called for every person who closes their user. Once, however often it is registered."""
    if handler not in _user_close_handlers:
        _user_close_handlers.append(handler)


def tell_user_close(user: User, *, now: datetime) -> None:
    """Call the handlers, one after the other, in the caller's transaction."""
    for handler in _user_close_handlers:
        handler(user, now=now)


def user_close_handlers() -> list[str]:
    """The dotted names of the handlers, in the order in which they run."""
    return [f"{handler.__module__}.{handler.__qualname__}" for handler in _user_close_handlers]
