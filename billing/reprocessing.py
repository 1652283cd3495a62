"""Acting on a stored event again, whoever sent it."""

from billing.channels.inbox import process_message
from billing.inbox import process_event
from billing.models import WebhookEvent
from billing.models.channel import SOURCE_PREFIX


def process_again(event: WebhookEvent) -> WebhookEvent:
    """Acts on an event unless that was done; gives it as it then is. Never inside a transaction.

    What goes wrong is written on the event. Raises ProviderUnavailableError, after writing it down.
    """
    act = process_message if event.source.startswith(SOURCE_PREFIX) else process_event
    return act(event.pk)
