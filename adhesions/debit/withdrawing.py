"""A debit that was announced and will not be made after all."""

from datetime import datetime

from adhesions.enums import DebitState
from adhesions.models import ScheduledDebit, ScheduledDebitQuerySet

_NOT_BEGUN = (DebitState.ANNOUNCED, DebitState.WAITING)


def withdraw_debits(debits: ScheduledDebitQuerySet, *, now: datetime) -> list[ScheduledDebit]:
    """Withdraw those of the debits that take no money yet; gives them. The caller holds the lock of their accounts."""
    waiting = list(debits.filter(state__in=_NOT_BEGUN).select_for_update(no_key=True, of=("self",)).order_by("pk"))
    for debit in waiting:
        debit.state, debit.try_on, debit.decided_at = DebitState.WITHDRAWN, None, now
        debit.save(update_fields=["state", "try_on", "decided_at"])
    return waiting
