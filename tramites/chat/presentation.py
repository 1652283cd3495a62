"""How a conversation is shown to each of its sides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from django.db.models import QuerySet
from django.urls import reverse

from tramites.enums import ConversationState, MessageAuthor
from tramites.models import Conversation, HelpText, Message

SHOWN_AT_ONCE = 100
"""Messages of a page; those before are one click away."""


class Side(Enum):
    """Who reads."""

    CUSTOMER = auto()
    OFFICE = auto()


@dataclass(frozen=True, kw_only=True)
class ShownMessage:
    """A message as one side reads it. `links`: addresses in its text may be pressed, since we wrote it."""

    number: int
    who: str
    is_own: bool
    is_new: bool
    written_at: datetime
    body: str
    links: bool
    topics: Sequence[tuple[str, str]]
    file_name: str
    file_address: str


def shown_messages(
    conversation: Conversation, side: Side, *, after: int, read: int, at: datetime
) -> list[ShownMessage]:
    """The messages after a number; those after `read` are marked as new, but for the side's own. Two queries."""
    found = list(_loaded(conversation, after))
    titles = _titles({slug for message in found for slug in message.topics}, at=at)
    return [_shown(conversation, message, side, titles, read) for message in found]


def first_shown(conversation: Conversation, *, all_of_them: bool) -> int:
    """The number after which a page begins: all, or the last hundred and whatever was not read."""
    return 0 if all_of_them else max(conversation.said - SHOWN_AT_ONCE, 0)


def state_words(conversation: Conversation) -> tuple[str, str]:
    """What the customer is told of whose turn it is, and its tone."""
    match conversation.state:
        case ConversationState.ASSISTED:
            return "Con el asistente", "info"
        case ConversationState.WAITING:
            return "Esperando a la oficina", "warning"
        case ConversationState.ANSWERED:
            return "Respondida", "success"
        case _:
            return "Terminada", ""


def _loaded(conversation: Conversation, after: int) -> QuerySet[Message]:
    messages = conversation.messages.filter(number__gt=after).select_related("attachment", "written_by")
    return messages.defer("attachment__content").order_by("number")


def _titles(slugs: Iterable[str], *, at: datetime) -> dict[str, str]:
    return dict(HelpText.objects.in_force(at=at).filter(topic__slug__in=slugs).values_list("topic__slug", "title"))


def _shown(conversation: Conversation, message: Message, side: Side, titles: dict[str, str], read: int) -> ShownMessage:
    author = MessageAuthor(message.author)
    is_own = author is (MessageAuthor.CUSTOMER if side is Side.CUSTOMER else MessageAuthor.OFFICE)
    return ShownMessage(
        number=message.number,
        who=_who(conversation, message, side),
        is_own=is_own,
        is_new=message.number > read and not is_own,
        written_at=message.written_at,
        body=message.body,
        links=author is not MessageAuthor.CUSTOMER,
        topics=[(titles[slug], reverse("help_topic", args=[slug])) for slug in message.topics if slug in titles],
        file_name=message.attachment.name if message.attachment else "",
        file_address=_file_address(conversation, message),
    )


def _who(conversation: Conversation, message: Message, side: Side) -> str:
    match MessageAuthor(message.author):
        case MessageAuthor.ASSISTANT:
            return "Asistente virtual"
        case MessageAuthor.CUSTOMER:
            return "Vos" if side is Side.CUSTOMER else conversation.customer_name
        case MessageAuthor.OFFICE:
            writer = message.written_by
            name = writer.first_name if writer else ""
            return f"{name}, de la oficina" if side is Side.CUSTOMER else (writer.full_name if writer else "")


def _file_address(conversation: Conversation, message: Message) -> str:
    if message.attachment is None:
        return ""
    return reverse("conversation_file", args=[conversation.public_id, message.attachment.public_id])
