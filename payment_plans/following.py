"""What payment plans do when something changes below: a bill, an instalment, or whose an account is."""

from accounts.hooks import on_holder_change
from billing.hooks import InvoiceChange, on_invoices
from payment_plans.activating import instalments_were_paid
from payment_plans.closing import instalments_lost_money
from payment_plans.ending import bills_moved, end_with_holder


def follow() -> None:
    """Register the handlers, in the order in which they run. Again changes nothing.

    A payment that pays a bill of a waiting plan and its first instalment too ends the plan: its bill is paid.
    """
    on_holder_change(end_with_holder)
    on_invoices(InvoiceChange.SETTLED, bills_moved)
    on_invoices(InvoiceChange.SETTLED, instalments_were_paid)
    on_invoices(InvoiceChange.BALANCE_MOVED, bills_moved)
    on_invoices(InvoiceChange.CHANGED, bills_moved)
    on_invoices(InvoiceChange.VOIDED, bills_moved)
    on_invoices(InvoiceChange.REOPENED, instalments_lost_money)
