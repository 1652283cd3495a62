"""A process that dies at a marked point, inside of one process: everything after that point is simply not done.

The marked points are the log lines that the portal writes where a process may die with work half done
(docs/checkout.md), and the middle of the settling transaction. Processes that are really killed: `tests/kill/`.
"""

import logging
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from billing import hooks
from billing.hooks import InvoiceChange

POINTS = {
    "payment saved": "saved, the provider is called next",
    "checkout made": "the provider made checkout",
    "event stored": "stored, it is acted on next",
    "settling": "",
}
"""Marked points with what their log lines say; the last one is in the settling transaction, where nothing is logged."""


class CrashError(BaseException):
    """The process is gone. Not an Exception, since nothing may handle it."""


class CrashSwitch(logging.Handler):
    """Armed for a point, it ends whoever comes by there next, once. `struck` counts by point."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.struck: Counter[str] = Counter()
        self._armed: str | None = None
        self._switch = threading.Lock()

    def arm(self, point: str) -> None:
        """Let the next one who passes this point die there."""
        self._armed = point

    def disarm(self) -> None:
        """Let everybody pass."""
        self._armed = None

    def pass_point(self, point: str) -> None:
        """Raises CrashError when this is the point that is armed."""
        with self._switch:
            if self._armed != point:
                return
            self._armed = None
            self.struck[point] += 1
        raise CrashError(point)

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        for point, words in POINTS.items():
            if words and words in message:
                self.pass_point(point)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """The log lines of billing are marks while the block runs."""
        logger = logging.getLogger("billing")
        before = (logger.level, logger.propagate)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logger.addHandler(self)
        try:
            yield
        finally:
            logger.removeHandler(self)
            logger.setLevel(before[0])
            logger.propagate = before[1]


@contextmanager
def crash_in_the_middle_of_settling(switch: CrashSwitch) -> Iterator[None]:
    """Bills are told to be settled while the transaction is under way: there the switch is passed too."""

    def settled(invoice_ids: Sequence[int]) -> None:
        switch.pass_point("settling")

    handlers = hooks._handlers[InvoiceChange.SETTLED]
    hooks.on_invoices(InvoiceChange.SETTLED, settled)
    try:
        yield
    finally:
        handlers.remove(settled)
