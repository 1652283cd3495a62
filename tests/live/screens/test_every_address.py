"""No address of the portal without somebody who looks at its screen."""

from collections.abc import Iterable

from django.urls import URLPattern, URLResolver, get_resolver

from tests.live.screens.names import (
    CHAT,
    CUSTOMERS,
    NOT_CUSTOMERS,
    NOT_SCREENS,
    OWN_DATA,
    SECOND_FACTOR,
    STRANGERS_TO_IT,
    VISITORS,
)


def test_every_address_has_its_screen_looked_at() -> None:
    names = {name for name in names_of(get_resolver().url_patterns) if name not in NOT_SCREENS}

    assert names == (VISITORS | CHAT | STRANGERS_TO_IT | OWN_DATA | SECOND_FACTOR | CUSTOMERS) - {"404"}


def names_of(patterns: Iterable[URLPattern | URLResolver]) -> set[str | None]:
    """The names of the addresses of the portal's own pages."""
    found: set[str | None] = set()
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            found.add(pattern.name)
        elif str(pattern.pattern) not in NOT_CUSTOMERS:
            found |= names_of(pattern.url_patterns)
    return found
