"""Mails with bills that came back: the adhesion waits until its maker says that the mailbox works."""

from datetime import datetime

from django.db import transaction

from adhesions.enums import DeliveryState
from adhesions.models import BillDelivery, DigitalBilling

_LONGEST_REASON = 300


def note_bounce(delivery: BillDelivery, reason: str, *, now: datetime) -> bool:
    """A mail that was sent came back for good, for this reason; tells whether that was news.

    Its adhesion is on hold from then on: after one such answer more mails only harm the utility's name as a sender.
    """
    with transaction.atomic():
        sent = BillDelivery.objects.select_for_update(no_key=True).filter(pk=delivery.pk, state=DeliveryState.SENT)
        found = sent.first()
        if found is None:
            return False
        found.state, found.reason = DeliveryState.BOUNCED, reason[:_LONGEST_REASON]
        found.save(update_fields=["state", "reason"])
        if found.adhesion_id is not None:
            DigitalBilling.objects.receiving().filter(pk=found.adhesion_id).update(paused_at=now)
    return True


def resume_digital_billing(adhesion: DigitalBilling) -> bool:
    """Its maker says that the mail works again; tells whether it was on hold. What was not mailed meanwhile is not."""
    waiting = DigitalBilling.objects.live().filter(pk=adhesion.pk, paused_at__isnull=False)
    return bool(waiting.update(paused_at=None))
