"""Which of the bills that an account has pending will be debited by themselves."""

from collections.abc import Sequence
from dataclasses import replace

from accounts.models import AccountLink
from adhesions.models import ScheduledDebit
from billing.pending_bills import PendingBill


def with_debits(bills: Sequence[PendingBill], link: AccountLink) -> list[PendingBill]:
    """The same bills, each with the local date of its next debit when one was announced: one query for all."""
    announced = ScheduledDebit.objects.filter(mandate__account=link.account_id, try_on__isnull=False)
    days = dict(announced.values_list("invoice__public_id", "try_on"))
    return [replace(bill, debit_on=days.get(bill.ref)) for bill in bills]
