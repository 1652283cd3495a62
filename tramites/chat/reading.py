"""How far a conversation was read, by each side. Reading never waits for whoever writes, and is never taken back."""

from django.db.models import F
from django.db.models.functions import Least

from oficina.shared.reading_only import reads_only
from tramites.models import Conversation


def customer_read(conversation: Conversation, *, up_to: int) -> None:
    """The customer had the messages up to this number before their eyes."""
    if conversation.read_by_customer < up_to and not reads_only():
        unread = Conversation.objects.filter(pk=conversation.pk, read_by_customer__lt=up_to)
        unread.update(read_by_customer=Least(F("said"), up_to))


def office_read(conversation: Conversation, *, up_to: int) -> None:
    """Somebody of the office had."""
    if conversation.read_by_office < up_to:
        unread = Conversation.objects.filter(pk=conversation.pk, read_by_office__lt=up_to)
        unread.update(read_by_office=Least(F("said"), up_to))
