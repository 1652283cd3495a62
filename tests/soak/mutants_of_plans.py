"""Deliberate bugs in payment plans."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from billing import covering, hooks, instalments
from billing.hooks import InvoiceChange
from payment_plans.closing import instalments_lost_money
from tests.soak.sabotage import swapped


@contextmanager
def cover_stays() -> Iterator[None]:
    """A plan ends, and its bills stay covered as if it went on."""

    def uncover_bills(account_id: int, *, plan: str, paid_capital: Decimal, at: datetime) -> None:
        """Does nothing."""

    with swapped(covering.uncover_bills, uncover_bills):
        yield


@contextmanager
def instalments_stay_offers() -> Iterator[None]:
    """A plan begins, and nobody owes its instalments."""

    def begin_instalments(account_id: int, invoice_ids: Collection[int]) -> None:
        """Does nothing."""

    with swapped(instalments.begin_instalments, begin_instalments):
        yield


@contextmanager
def lost_money_is_not_told() -> Iterator[None]:
    """A plan does not hear that an instalment lost its money."""
    handlers = hooks._handlers[InvoiceChange.REOPENED]
    place = handlers.index(instalments_lost_money)
    handlers.remove(instalments_lost_money)
    try:
        yield
    finally:
        handlers.insert(place, instalments_lost_money)
