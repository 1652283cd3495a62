"""What upper apps do when a bill changes, without billing knowing them.

An app registers in `AppConfig.ready`, so handlers run in the order of INSTALLED_APPS. They run in the transaction that
changed the bills, with those bills locked: a handler that fails undoes the change. Handlers take batches, since an
import changes many bills at once; they must not call the network.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol


class InvoiceChange(StrEnum):
    """What became of the bills. `REOPENED`: they were paid, and a refund or a dispute took money from them. `IMPORTED`:
    the utility's file brought them; `ISSUED`: the portal itself made them. `BALANCE_MOVED`: money came on them or left
    them, and neither settled nor reopened them. `COVERED`: a payment plan stands in their place. `OWED`: they
    are owed from now on, as instalments of a plan that began or as bills of a plan that ended.
    """

    SETTLED = "settled"
    REOPENED = "reopened"
    VOIDED = "voided"
    IMPORTED = "imported"
    ISSUED = "issued"
    CHANGED = "changed"
    BALANCE_MOVED = "balance_moved"
    COVERED = "covered"
    OWED = "owed"


class InvoiceHandler(Protocol):
    """A function that is told of bills, by their ids, in ascending order."""

    __module__: str
    __qualname__: str

    def __call__(self, invoice_ids: Sequence[int]) -> None:
        """Does what the app has to do about these bills."""


_handlers: dict[InvoiceChange, list[InvoiceHandler]] = {change: [] for change in InvoiceChange}


def on_invoices(change: InvoiceChange, handler: InvoiceHandler) -> None:
    """Have `handler` called for every batch of bills with this change. Once, however often it is registered."""
    if handler not in _handlers[change]:
        _handlers[change].append(handler)


def tell_invoices(change: InvoiceChange, invoice_ids: Sequence[int]) -> None:
    """Call the handlers of this change, one after the other, in the caller's transaction."""
    if invoice_ids:
        for handler in _handlers[change]:
            handler(invoice_ids)


def registered_handlers() -> dict[InvoiceChange, list[str]]:
    """The dotted names of the handlers of each change, in the order in which they run."""
    return {
        change: [f"{handler.__module__}.{handler.__qualname__}" for handler in handlers]
        for change, handlers in _handlers.items()
    }
