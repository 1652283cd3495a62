"""What becomes of debits when their bills change. Handlers of `billing.hooks`, in the transaction of the change, which
holds the locks of the accounts.
"""

from collections.abc import Sequence

from django.utils import timezone

from adhesions.debit.withdrawing import withdraw_debits
from adhesions.enums import DebitState
from adhesions.models import ScheduledDebit
from billing.enums import PaymentState


def bills_were_paid(invoice_ids: Sequence[int]) -> None:
    """A bill that a try paid was collected, even if that try had been given up; what was paid by other means is not
    debited any more.
    """
    now = timezone.now()
    of_bills = ScheduledDebit.objects.filter(invoice__in=invoice_ids)
    collected = of_bills.filter(tries__payment__state=PaymentState.SUCCEEDED).exclude(state=DebitState.COLLECTED)
    for debit in collected.select_for_update(no_key=True, of=("self",)).order_by("pk"):
        debit.state, debit.try_on, debit.decided_at = DebitState.COLLECTED, None, now
        debit.save(update_fields=["state", "try_on", "decided_at"])
    withdraw_debits(of_bills, now=now)


def bills_were_covered(invoice_ids: Sequence[int]) -> None:
    """What the instalments of a plan pay is not debited too."""
    withdraw_debits(ScheduledDebit.objects.filter(invoice__in=invoice_ids), now=timezone.now())


def bills_were_voided(invoice_ids: Sequence[int]) -> None:
    """Nothing is collected for a bill by which the utility no longer stands."""
    withdraw_debits(ScheduledDebit.objects.filter(invoice__in=invoice_ids), now=timezone.now())
