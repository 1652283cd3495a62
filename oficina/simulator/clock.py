"""The simulator's time: the machine's, moved as the fault API says.

Two movements add up. The world's moves all that the shop can see, signatures too, for a test whose own time is not the
machine's. The simulator's own moves only its objects forward, so that sessions and keys grow old in a shop whose time
goes on as it was. Deliveries and their retries always keep the machine's time.
"""

import time

from oficina.simulator.store import Store

_WORLD = "world_offset_seconds"
_STANDS_AT = "world_stands_at"
_OWN = "own_offset_seconds"


class Clock:
    """Tells UTC instants in whole seconds since the epoch."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def now(self) -> int:
        """The present of sessions, events and idempotency keys."""
        return self.signing_now() + self._offset(_OWN)

    def signing_now(self) -> int:
        """The present that signatures tell."""
        stands_at = self._store.setting(_STANDS_AT)
        return int(stands_at) if stands_at else int(time.time()) + self._offset(_WORLD)

    def advance(self, seconds: int) -> None:
        """Make the simulator's objects older, until a reset."""
        with self._store.transaction():
            self._store.set_setting(_OWN, str(self._offset(_OWN) + seconds))

    def move_world(self, instant: int, *, stands: bool) -> None:
        """Let it be `instant`, and go on from there unless time `stands` still, until a reset."""
        with self._store.transaction():
            self._store.set_setting(_WORLD, str(instant - int(time.time())))
            self._store.set_setting(_STANDS_AT, str(instant) if stands else "")
            self._store.set_setting(_OWN, "0")

    def _offset(self, name: str) -> int:
        return int(self._store.setting(name) or 0)
