"""What else than new bills somebody is mailed about, which they may change as long as the adhesion holds."""

from dataclasses import dataclass

from django.db import transaction

from adhesions.models import DigitalBilling


@dataclass(frozen=True, kw_only=True)
class Reminders:
    """What else somebody wants to be mailed about an unpaid bill."""

    before_due: bool
    when_overdue: bool


NO_REMINDERS = Reminders(before_due=False, when_overdue=False)


def change_reminders(adhesion: DigitalBilling, reminders: Reminders) -> bool:
    """Have its mail reminded of this from now on; tells whether it holds, since one that ended is history.

    No receipt: nothing that costs or counts depends on it, and each reminder says how to stop.
    """
    with transaction.atomic():
        live = DigitalBilling.objects.select_for_update(no_key=True).live().filter(pk=adhesion.pk).first()
        if live is None:
            return False
        live.reminds_before_due, live.reminds_when_overdue = reminders.before_due, reminders.when_overdue
        live.save(update_fields=["reminds_before_due", "reminds_when_overdue"])
    return True
