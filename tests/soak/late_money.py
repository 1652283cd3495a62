"""A provider that says it closed a checkout while its page can still be paid: how money comes that nobody waits for.

What the real one does with vouchers that were handed out, and what the local one never does by itself. From its own
books the money can be told, so all of this ends as it should only when polling is not all there is.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from billing.gateway.reports import CheckoutReport, CheckoutStatus
from billing.gateway.stripe_gateway import StripeGateway


class LateMoney:
    """Armed, it strikes the next sessions that the portal closes. `kept_open` are those that it struck."""

    def __init__(self) -> None:
        self.kept_open: set[str] = set()
        self._times = 0
        self._switch = threading.Lock()

    def arm(self, times: int) -> None:
        """Let so many of the next sessions stay open."""
        self._times = times

    def disarm(self) -> None:
        """Close what is to be closed."""
        self._times = 0

    def forget(self) -> None:
        """Begin with none."""
        self.disarm()
        self.kept_open.clear()

    def strikes(self, session_id: str) -> bool:
        """Whether this session is one of them."""
        with self._switch:
            if not self._times:
                return False
            self._times -= 1
            self.kept_open.add(session_id)
            return True

    @contextmanager
    def at_the_provider(self) -> Iterator[None]:
        """The portal hears what is not so while the block runs."""
        right = StripeGateway.expire_checkout

        def expire_checkout(gateway: StripeGateway, session_id: str) -> CheckoutReport:
            report = gateway.retrieve_checkout(session_id)
            if report.status is CheckoutStatus.OPEN and self.strikes(session_id):
                return replace(report, status=CheckoutStatus.EXPIRED, url="")
            return right(gateway, session_id)

        setattr(StripeGateway, "expire_checkout", expire_checkout)  # noqa: B010  a method is not assigned to
        try:
            yield
        finally:
            setattr(StripeGateway, "expire_checkout", right)  # noqa: B010
