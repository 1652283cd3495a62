"""Row locks in the one order that every act keeps: account, payment, then bills by id. Each needs a transaction.

They are the locks of an update that leaves keys alone, so rows that merely refer to these can still be written.
"""

from collections.abc import Iterable

from accounts.models import ServiceAccount
from billing.models import Invoice, Payment


def lock_account(account_id: int) -> ServiceAccount:
    """The account, locked: whoever moves money of it waits here first."""
    return ServiceAccount.objects.select_for_update(no_key=True).get(pk=account_id)


def lock_payment(payment_id: int) -> Payment:
    """The payment as it is now, locked after its account. Raises Payment.DoesNotExist."""
    lock_account(Payment.objects.values_list("account_id", flat=True).get(pk=payment_id))
    return Payment.objects.select_for_update(no_key=True).get(pk=payment_id)


def lock_invoices(invoice_ids: Iterable[int]) -> list[Invoice]:
    """The bills as they are now, locked one after the other by id."""
    return list(Invoice.objects.select_for_update(no_key=True).filter(pk__in=invoice_ids).order_by("pk"))
