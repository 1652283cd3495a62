"""What the payment provider tells by itself: stored and committed first, acted on after, as often as it takes.

An event is a notice, not a fact: its payload is a snapshot, and events come twice, late and in any order. So acting on
one is asking the provider how that checkout, refund or dispute is now and recording the answer. An old event can then
not undo a newer one, whoever forges a body gains nothing, and there is one way from the provider's words to ours. When
the provider does not answer, the event waits for `finish_events`, since after a 2xx nobody sends it again.
"""

import logging
from datetime import datetime

from billing.discrepancies import open_discrepancy
from billing.enums import DiscrepancyKind, WebhookStatus
from billing.gateway.base import EventSubject
from billing.gateway.configured import gateway
from billing.gateway.errors import ProviderUnavailableError
from billing.models import WebhookEvent
from billing.provider_news import UnknownToLedgerError, follow_checkout, follow_return
from billing.stored_events import BATCH, act_once, due_events, finish_event

_log = logging.getLogger(__name__)


def receive_event(body: bytes, signature: str) -> tuple[WebhookEvent, bool]:
    """Stores an event of the provider, and tells whether it is new. Committed when this returns.

    One that came before is not stored again nor acted on again: the first delivery is being handled, or
    `finish_events` will. Raises EventRejectedError, and DatabaseError when it could not be stored.
    """
    provider = gateway()
    told = provider.verify_event(body, signature)
    event, is_new = WebhookEvent.objects.get_or_create(
        source=provider.source, event_id=told.event_id, defaults={"event_type": told.event_type, "body": body}
    )
    if is_new:
        _log.info("event %s: stored, it is acted on next", event.event_id)
    return event, is_new


def process_event(event_id: int) -> WebhookEvent:
    """Acts on a stored event unless that was done; gives it as it then is. Never inside a transaction.

    Whatever goes wrong is written on the event and leaves it unfinished; nothing of it is lost. Raises only
    ProviderUnavailableError, after writing it down, so that whoever goes through many can stop.
    """
    return act_once(event_id, _act_on, passes_on=(ProviderUnavailableError,))


def finish_events(*, now: datetime) -> int:
    """Acts on the stored events of the provider whose turn it is, and tells how many it took up.

    Stops when the provider does not answer.
    """
    due = due_events(now=now).filter(source=gateway().source).values_list("pk", flat=True)
    taken = 0
    for event_id in list(due[:BATCH]):
        taken += 1
        try:
            process_event(event_id)
        except ProviderUnavailableError:
            _log.warning("the provider does not answer; events wait")
            break
    return taken


def _act_on(event: WebhookEvent) -> None:
    told = gateway().read_event(bytes(event.body))
    if not told.object_id:
        finish_event(event, WebhookStatus.IGNORED, note=told.ignored_because)
        return
    cause = f"{event.source} {event.event_type}"
    try:
        payment = (
            follow_checkout(told.object_id, cause=cause)
            if told.subject is EventSubject.CHECKOUT
            else follow_return(told.subject, told.object_id, cause=cause)
        )
    except UnknownToLedgerError as unknown:
        open_discrepancy(
            DiscrepancyKind.UNKNOWN_OBJECT,
            about=f"{unknown.kind}:{unknown.object_id}",
            event=event,
            detail={unknown.kind: unknown.object_id},
        )
        payment = None
    finish_event(event, WebhookStatus.PROCESSED, payment=payment)
