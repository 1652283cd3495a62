"""Operations that a channel undid: their money leaves the ledger again."""

from billing.channels.messages import Undone
from billing.models import CollectionChannel, CollectionOperation, WebhookEvent


def reverse_operation(channel: CollectionChannel, told: Undone, event: WebhookEvent) -> CollectionOperation:
    """Waits for the refunds of the ledger: until then such a message stays unfinished, and is tried again."""
    raise NotImplementedError(f"{event.event_id}: operation {told.operation_number} of {channel.slug}")
