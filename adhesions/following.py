"""What adhesions do when something changes below: a bill, who acts for an account, or whose it is; and what acts on the
reports in the inbox that are theirs.
"""

from accounts.hooks import on_holder_change, on_link_end
from adhesions.bounces.inbox import process_bounce
from adhesions.debit import mandates
from adhesions.debit.announcing import announce_new_bills
from adhesions.debit.following import bills_were_covered, bills_were_paid, bills_were_voided
from adhesions.digital import leaving
from adhesions.digital.planning import plan_new_bills
from adhesions.models.bounce import BOUNCES_PREFIX
from billing.hooks import InvoiceChange, on_invoices
from billing.reprocessing import acts_on_events


def follow() -> None:
    """Register the handlers, in the order in which they run. Again changes nothing."""
    acts_on_events(BOUNCES_PREFIX, process_bounce)
    on_link_end(leaving.end_with_link)
    on_link_end(mandates.end_with_link)
    on_holder_change(leaving.end_with_holder)
    on_holder_change(mandates.end_with_holder)
    on_invoices(InvoiceChange.IMPORTED, announce_new_bills)
    on_invoices(InvoiceChange.IMPORTED, plan_new_bills)
    on_invoices(InvoiceChange.SETTLED, bills_were_paid)
    on_invoices(InvoiceChange.VOIDED, bills_were_voided)
    on_invoices(InvoiceChange.COVERED, bills_were_covered)
    on_invoices(InvoiceChange.OWED, announce_new_bills)
