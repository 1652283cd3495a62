"""Acting on a stored event again, whoever sent it.

The provider's events and the channels' messages are billing's own. An upper app that stores what others report names
the prefix of its sources, and what acts on them, when it starts.
"""

from collections.abc import Callable

from billing.channels.inbox import process_message
from billing.inbox import process_event
from billing.models import WebhookEvent
from billing.models.channel import SOURCE_PREFIX

type EventAct = Callable[[int], WebhookEvent]

_acts: dict[str, EventAct] = {SOURCE_PREFIX: process_message}


def acts_on_events(prefix: str, act: EventAct) -> None:
    """Have `act` act on the events whose source begins with `prefix`. Once, however often it is registered."""
    _acts[prefix] = act


def process_again(event: WebhookEvent) -> WebhookEvent:
    """Acts on an event unless that was done; gives it as it then is. Never inside a transaction.

    What goes wrong is written on the event. Raises ProviderUnavailableError, after writing it down.
    """
    act = next((act for prefix, act in _acts.items() if event.source.startswith(prefix)), process_event)
    return act(event.pk)
