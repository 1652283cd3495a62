"""Reports of mails that came back: verified, read and stored first; acted on after, as often as it takes.

A report may overtake our own note that its mail was sent: then it waits until that is known, and so does one whose mail
is being sent again by a worker that took over from a killed one.
"""

import logging
from datetime import datetime, timedelta

from django.utils import timezone

from adhesions.bounces.messages import read_bounce
from adhesions.digital.bill_mail import reference_in
from adhesions.digital.bouncing import BillNotSentYetError, record_bounce
from adhesions.models import BillDelivery, BounceSource
from adhesions.models.bounce import BOUNCES_PREFIX
from billing.enums import WebhookStatus
from billing.models import WebhookEvent
from billing.stored_events import act_on_due, act_once, finish_event

UNKNOWN_NOTE = "ningún envío de factura tiene ese Message-ID"
ANOTHER_MAILBOX_NOTE = "rebotó otra casilla que la del envío"

_CLOCKS_DIFFER = timedelta(minutes=5)

_log = logging.getLogger(__name__)


class BounceConflictsError(Exception):
    """The source used this `webhook-id` before, for a report that said something else."""


def receive_bounce(source: BounceSource, message_id: str, body: bytes, *, now: datetime) -> tuple[WebhookEvent, bool]:
    """Stores a verified report of a source, and tells whether it is new. Committed when this returns.

    Raises pydantic's ValidationError for what is no report, BounceConflictsError, and DatabaseError when it could not
    be stored.
    """
    told = read_bounce(body, latest=now + _CLOCKS_DIFFER)
    event, is_new = WebhookEvent.objects.get_or_create(
        source=source.source, event_id=message_id, defaults={"event_type": told.event_type, "body": body}
    )
    if is_new:
        _log.info("report %s of %s: stored, it is acted on next", message_id, source.slug)
    elif read_bounce(bytes(event.body)) != told:
        raise BounceConflictsError
    return event, is_new


def process_bounce(event_id: int) -> WebhookEvent:
    """Acts on a stored report unless that was done; gives its event as it then is.

    Whatever goes wrong is written on the event and leaves it unfinished; nothing of it is lost.
    """
    return act_once(event_id, _act_on, waits_for=(BillNotSentYetError,))


def finish_bounces(*, now: datetime) -> int:
    """Acts on the stored reports whose turn it is, and tells how many it took up."""
    return act_on_due(BOUNCES_PREFIX, process_bounce, now=now)


def _act_on(event: WebhookEvent) -> None:
    told = read_bounce(bytes(event.body))
    delivery = BillDelivery.objects.filter(public_id=reference_in(told.message_id)).first()
    if delivery is None:
        finish_event(event, WebhookStatus.IGNORED, note=UNKNOWN_NOTE)
    elif delivery.email != told.recipient.lower():
        finish_event(event, WebhookStatus.IGNORED, note=ANOTHER_MAILBOX_NOTE)
    else:
        record_bounce(delivery, told.kind, told.reason, at=told.instant, event=event, now=timezone.now())
        finish_event(event, WebhookStatus.PROCESSED)
