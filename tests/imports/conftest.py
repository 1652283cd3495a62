"""What several tests of imports listen to."""

from collections.abc import Sequence

import pytest

from billing import hooks
from billing.hooks import InvoiceChange


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[InvoiceChange, list[int]]]:
    """What a handler of an upper app is told."""
    told: list[tuple[InvoiceChange, list[int]]] = []
    monkeypatch.setattr(hooks, "_handlers", {change: [] for change in InvoiceChange})

    def listen(change: InvoiceChange) -> None:
        def handler(invoice_ids: Sequence[int]) -> None:
            told.append((change, [*invoice_ids]))

        hooks.on_invoices(change, handler)

    for change in InvoiceChange:
        listen(change)
    return told
