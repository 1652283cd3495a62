"""A page that looks again by itself until something is known: by HTMX, or by a refresh where no scripts run."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

_WAITS: Final = (2, 2, 3, 5, 8, 13, 20, 30)
"""Seconds until the page looks again, round by round; the last one holds for the rest."""

_ROUNDS: Final = 90
"""After these the page leaves it to the reader: over forty minutes, as long as a checkout is open."""


@dataclass(frozen=True)
class Look:
    """One look of a page. `round` counts from 0."""

    round: int

    @property
    def goes_on(self) -> bool:
        """Whether the page looks again by itself."""
        return self.round < _ROUNDS

    @property
    def wait_seconds(self) -> int:
        """Until it does."""
        return _WAITS[min(self.round, len(_WAITS) - 1)]

    @property
    def next_round(self) -> int:
        """What the next look tells as `vuelta`."""
        return self.round + 1


def look_of(request: HttpRequest) -> Look:
    """Which look at its page a request is, by the parameter `vuelta`; the first one when it makes no sense."""
    asked = request.GET.get("vuelta", "")
    return Look(min(int(asked), _ROUNDS) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0)
