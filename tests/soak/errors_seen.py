"""What broke without anybody being told: errors that the portal logged and went on after."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from billing.gateway.errors import ProviderUnavailableError
from billing.refunds import RefundWaitsError

_EXPECTED = (ProviderUnavailableError, RefundWaitsError)


class ErrorsSeen(logging.Handler):
    """Keeps the logged errors that neither a fault of the provider nor having to wait for a refund explains."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.database_is_down = False
        self._seen: list[str] = []

    def forget(self) -> None:
        """Begin with none, and with a database that is there."""
        self.database_is_down = False
        self._seen.clear()

    def first(self) -> str | None:
        """The first of them, in one line."""
        return self._seen[0] if self._seen else None

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, _EXPECTED) or self.database_is_down:
            return
        self._seen.append(f"{record.name}: {record.getMessage()}: {type(error).__name__}: {error}")

    @contextmanager
    def watching(self) -> Iterator[Self]:
        """While the block runs."""
        loggers = [
            logging.getLogger(name) for name in ("billing", "django.request", "oficina", "accounts", "adhesions")
        ]
        before = [logger.propagate for logger in loggers]
        for logger in loggers:
            logger.addHandler(self)
            logger.propagate = False
        try:
            yield self
        finally:
            for logger, propagate in zip(loggers, before, strict=True):
                logger.removeHandler(self)
                logger.propagate = propagate
