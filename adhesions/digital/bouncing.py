"""Mails with bills that came back: the adhesion waits until its maker says that the mailbox works.

Only mails that were sent since its maker said so for the last time put it on hold again: older ones tell nothing new.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from adhesions.enums import BounceKind, DeliveryState
from adhesions.models import BillDelivery, BounceReport, DigitalBilling
from adhesions.models.bounce import LONGEST_REASON
from billing.models import WebhookEvent

TRANSIENT_BEFORE_PAUSE: Final = 3
"""A mailbox that is full, or a server that is down, may work next week; one that failed so often is as good as gone."""
TRANSIENT_WITHIN: Final = timedelta(days=30)
"""A bill and its two reminders go out within a month: whoever lost all of them has read no bill of that month."""


class BillNotSentYetError(Exception):
    """The mail is being sent, or was and its worker could not note it: it will be known. The report waits till then."""


def note_bounce(delivery: BillDelivery, reason: str, *, now: datetime) -> bool:
    """A mail that was sent came back for good, for this reason; tells whether that was news.

    Its adhesion is on hold from then on: after one such answer more mails only harm the utility's name as a sender.
    """
    with transaction.atomic():
        # By its key alone: a row that is being sent matches no state yet, and would not be waited for.
        locked = BillDelivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
        if locked.state != DeliveryState.SENT:
            return False
        _came_back_for_good(locked, reason, now=now)
    return True


def record_bounce(
    delivery: BillDelivery, kind: str, reason: str, *, at: datetime, event: WebhookEvent, now: datetime
) -> bool:
    """A mail server told that this mail came back at that instant; tells whether that was news.

    For good: as `note_bounce`. For now: the mail stays sent, and the third within 30 days puts the adhesion on hold.
    `event` is the message that told it. Raises BillNotSentYetError; nobody waits here for another mail server.
    """
    said = " ".join(reason.split())[:LONGEST_REASON]
    with transaction.atomic():
        lockable = BillDelivery.objects.select_for_update(no_key=True, skip_locked=True)
        locked = lockable.filter(pk=delivery.pk).first()
        if locked is None or locked.state == DeliveryState.QUEUED:
            raise BillNotSentYetError
        _, is_new = BounceReport.objects.get_or_create(
            delivery=locked, kind=kind, bounced_at=at, defaults={"reason": said, "event": event}
        )
        if is_new and locked.state == DeliveryState.SENT:
            if kind == BounceKind.PERMANENT:
                _came_back_for_good(locked, said, now=now)
            else:
                _came_back_for_now(locked, now=now)
    return is_new


def resume_digital_billing(adhesion: DigitalBilling, *, now: datetime) -> bool:
    """Its maker says that the mail works again; tells whether it was on hold. What was not mailed meanwhile is not."""
    waiting = DigitalBilling.objects.live().filter(pk=adhesion.pk, paused_at__isnull=False)
    return bool(waiting.update(paused_at=None, resumed_at=now))


def _came_back_for_good(sent: BillDelivery, reason: str, *, now: datetime) -> None:
    sent.state, sent.reason = DeliveryState.BOUNCED, reason[:LONGEST_REASON]
    sent.save(update_fields=["state", "reason"])
    _pause(sent, now=now)


def _came_back_for_now(sent: BillDelivery, *, now: datetime) -> None:
    if sent.adhesion_id is None:
        return
    # Locked before they are counted: of two reports at once each would not see the other.
    adhesion = DigitalBilling.objects.select_for_update(no_key=True).get(pk=sent.adhesion_id)
    lately = BounceReport.objects.filter(
        delivery__adhesion=adhesion, kind=BounceKind.TRANSIENT, bounced_at__gt=now - TRANSIENT_WITHIN
    )
    if adhesion.resumed_at is not None:
        lately = lately.filter(delivery__sent_at__gte=adhesion.resumed_at)
    if lately.count() >= TRANSIENT_BEFORE_PAUSE:
        _pause(sent, now=now)


def _pause(sent: BillDelivery, *, now: datetime) -> None:
    if sent.adhesion_id is None:
        return
    told_since = Q(resumed_at=None) | Q(resumed_at__lte=sent.sent_at)
    DigitalBilling.objects.receiving().filter(told_since, pk=sent.adhesion_id).update(paused_at=now)
