"""Stopping one debit, which leaves the mandate as it is."""

from datetime import datetime

from django.db import transaction

from adhesions.debit.announcing import last_moment_to_stop
from adhesions.debit.mails import tell_stopped
from adhesions.debit.refusals import TooLateToStop
from adhesions.enums import DebitState
from adhesions.models import ScheduledDebit
from billing.locks import lock_account


def may_be_stopped(debit: ScheduledDebit, *, now: datetime) -> bool:
    """Whether whoever gave the mandate may still stop it: a day before its date at the latest, or between two tries."""
    if debit.state == DebitState.WAITING:
        return True
    return debit.state == DebitState.ANNOUNCED and now < last_moment_to_stop(debit)


def stop_debit(debit: ScheduledDebit, *, now: datetime) -> ScheduledDebit:
    """Have the bill not debited: it is to be paid by other means. Twice is once. Raises TooLateToStop."""
    with transaction.atomic():
        lock_account(debit.mandate.account_id)
        found = ScheduledDebit.objects.select_for_update(no_key=True, of=("self",)).select_related(
            "mandate__account", "mandate__made_by", "invoice"
        )
        locked = found.get(pk=debit.pk)
        if locked.state == DebitState.STOPPED:
            return locked
        if not may_be_stopped(locked, now=now):
            raise TooLateToStop(locked)
        locked.state, locked.try_on, locked.decided_at = DebitState.STOPPED, None, now
        locked.save(update_fields=["state", "try_on", "decided_at"])
        tell_stopped(locked)
    return locked
