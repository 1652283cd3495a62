"""What channels tell: verified, read and stored first; put into the ledger after, as often as it takes.

Unlike a provider's event a message is the fact itself, since there is nobody to ask. So what is wrong with it is said
in the answer and nothing of it is kept, and two messages under one id have to say the same.
"""

import logging
from datetime import datetime, timedelta

from billing.channels.messages import PaymentReceived, is_known, read_message, read_type, says_the_same
from billing.channels.operations import record_operation, reverse_operation
from billing.channels.payments import payments_of
from billing.enums import OperationState, WebhookStatus
from billing.models import CollectionChannel, CollectionOperation, WebhookEvent
from billing.models.channel import SOURCE_PREFIX
from billing.stored_events import act_on_due, act_once, finish_event

SANDBOX_NOTE = "de prueba: no imputa nada"

_CLOCKS_DIFFER = timedelta(minutes=5)

_log = logging.getLogger(__name__)


class MessageConflictsError(Exception):
    """The channel used this `webhook-id` before, for a message that said something else."""


def receive_message(
    channel: CollectionChannel, message_id: str, body: bytes, *, now: datetime
) -> tuple[WebhookEvent, bool]:
    """Stores a verified message of a channel, and tells whether it is new. Committed when this returns.

    One of a type that is not known is stored too; one of the future is no message. Raises pydantic's ValidationError
    for what is no message, MessageConflictsError, and DatabaseError when it could not be stored.
    """
    message_type = read_type(body)
    if is_known(message_type):
        read_message(body, latest=now + _CLOCKS_DIFFER)
    event, is_new = WebhookEvent.objects.get_or_create(
        source=channel.source, event_id=message_id, defaults={"event_type": message_type, "body": body}
    )
    if is_new:
        _log.info("message %s of %s: stored, it is acted on next", message_id, channel.slug)
    elif not says_the_same(bytes(event.body), body):
        raise MessageConflictsError
    return event, is_new


def process_message(event_id: int) -> WebhookEvent:
    """Acts on a stored message unless that was done; gives its event as it then is.

    Whatever goes wrong is written on the event and leaves it unfinished; nothing of it is lost.
    """
    return act_once(event_id, _act_on)


def finish_messages(*, now: datetime) -> int:
    """Acts on the stored messages whose turn it is, and tells how many it took up."""
    return act_on_due(SOURCE_PREFIX, process_message, now=now)


def _act_on(event: WebhookEvent) -> None:
    if not is_known(event.event_type):
        finish_event(event, WebhookStatus.IGNORED, note=f"type {event.event_type} is not followed")
        return
    channel = CollectionChannel.objects.get(slug=event.source.removeprefix(SOURCE_PREFIX))
    operation = _record(channel, event)
    if channel.sandbox:
        finish_event(event, WebhookStatus.IGNORED, note=SANDBOX_NOTE)
    elif operation.state == OperationState.HELD:
        finish_event(event, WebhookStatus.PROCESSED, note=f"en espera: {operation.get_held_because_display()}")
    else:
        payments = payments_of(channel, operation.operation_number)
        finish_event(event, WebhookStatus.PROCESSED, payment=payments[0] if payments else None)


def _record(channel: CollectionChannel, event: WebhookEvent) -> CollectionOperation:
    message = read_message(bytes(event.body))
    if isinstance(message, PaymentReceived):
        return record_operation(channel, message.data, event)
    return reverse_operation(channel, message.data, event)
