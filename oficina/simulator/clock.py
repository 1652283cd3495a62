"""The simulator's time: the machine's, plus what the fault API moved it forward."""

import time

from oficina.simulator.store import Store

_SETTING = "clock_offset_seconds"


class Clock:
    """Tells the UTC instant in whole seconds since the epoch. Deliveries and signatures use the machine's own time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def now(self) -> int:
        """The simulator's present, a UTC instant in seconds."""
        return int(time.time()) + self.offset()

    def offset(self) -> int:
        """How far the simulator's time is ahead of the machine's, in seconds."""
        return int(self._store.setting(_SETTING) or 0)

    def advance(self, seconds: int) -> None:
        """Move the simulator's time forward for good; a reset puts it back."""
        with self._store.transaction():
            self._store.set_setting(_SETTING, str(self.offset() + seconds))
