"""Deliberate bugs in direct debit."""

from collections.abc import Iterator
from contextlib import contextmanager

from adhesions.debit.following import bills_were_paid
from billing import debits, hooks
from billing.debits import Debit
from billing.hooks import InvoiceChange
from billing.locks import lock_invoices
from billing.models import Invoice
from tests.soak.sabotage import swapped


@contextmanager
def paid_bills_are_debited() -> Iterator[None]:
    """Neither does a debit end with the payment of its bill, nor does anybody look before taking the money."""

    def _free_bill(debit: Debit) -> Invoice:
        lock_invoices([debit.invoice_id])
        invoice = Invoice.objects.with_amount_due(on=debit.priced_on).get(pk=debit.invoice_id)
        invoice.amount_due = debit.at_most
        return invoice

    handlers = hooks._handlers[InvoiceChange.SETTLED]
    place = handlers.index(bills_were_paid)
    handlers.remove(bills_were_paid)
    try:
        with swapped(debits._free_bill, _free_bill):
            yield
    finally:
        handlers.insert(place, bills_were_paid)
