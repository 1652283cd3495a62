"""How anything is said in a conversation: under its lock, numbered, once. For the acts of this package."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from oficina.shared.models import PrivateFile
from oficina.shared.private_files import keep_file
from oficina.shared.uploads import CleanUpload
from tramites.enums import ConversationState, MessageAuthor
from tramites.models import Conversation, Message


@dataclass(frozen=True, kw_only=True)
class Words:
    """What somebody sends: a text, a file or both. `key` names the filling-in of the form that they come from."""

    body: str
    key: str
    attachment: CleanUpload | PrivateFile | None = None


def lock_conversation(conversation: Conversation) -> Conversation:
    """The conversation as it is now, and nobody else's to change until the transaction ends.

    Nothing is joined to it: a join would bring the person who attended to it before one waited for the lock.
    """
    return Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)


def was_sent(conversation: Conversation, key: str) -> bool:
    """Whether a form was sent before. To be asked under the lock."""
    return conversation.messages.filter(key=key).exists()


def say(conversation: Conversation, words: Words, *, author: MessageAuthor, by: User | None, now: datetime) -> Message:
    """Add what a person says. The caller saves the conversation. Raises DraftGoneError."""
    sent = words.attachment
    return _add(
        conversation,
        author=author,
        written_by=by,
        body=words.body,
        key=words.key,
        attachment=keep_file(sent, by=by.pk if by else None) if sent else None,
        written_at=now,
    )


def assistant_says(conversation: Conversation, body: str, *, now: datetime, topics: Sequence[str] = ()) -> Message:
    """Add what the assistant says. The caller saves the conversation."""
    return _add(conversation, author=MessageAuthor.ASSISTANT, body=body, topics=list(topics), written_at=now)


def move(conversation: Conversation, state: ConversationState, *, now: datetime) -> None:
    """Make it the turn of somebody. The caller saves the conversation, and says why when it is closed."""
    if conversation.state == state:
        return
    conversation.state = state
    conversation.waiting_since = now if state == ConversationState.WAITING else None
    conversation.closed_at = now if state == ConversationState.CLOSED else None
    conversation.end = ""


def _add(conversation: Conversation, *, written_at: datetime, **columns: object) -> Message:
    conversation.said += 1
    conversation.said_at = written_at
    return Message.objects.create(conversation=conversation, number=conversation.said, written_at=written_at, **columns)
