"""What the office does in a conversation."""

from datetime import datetime

from django.db import transaction

from accounts.models import ServiceAccount, User
from tramites.chat.assistant import CLOSED_BY_OFFICE
from tramites.chat.refusals import NotAsked, SaidMeanwhile, TakenMeanwhile, UserGone
from tramites.chat.saying import Words, assistant_says, lock_conversation, move, say, was_sent
from tramites.enums import ConversationEnd, ConversationState, MessageAuthor
from tramites.models import Conversation


def answer_customer(conversation: Conversation, words: Words, *, by: User, now: datetime) -> None:
    """Say something to the customer; whoever answers first takes the conversation, and a closed one goes on.

    A form that was sent before changes nothing. Raises NotAsked, UserGone and DraftGoneError.
    """
    with transaction.atomic():
        locked = lock_conversation(conversation)
        if was_sent(locked, words.key):
            return
        _refuse_unanswerable(locked)
        move(locked, ConversationState.ANSWERED, now=now)
        say(locked, words, author=MessageAuthor.OFFICE, by=by, now=now)
        locked.office_said, locked.office_said_at = locked.said, now
        locked.assigned_to = locked.assigned_to or by
        locked.save()


def take_conversation(conversation: Conversation, *, by: User) -> None:
    """Attend to it oneself. Again changes nothing. Raises TakenMeanwhile when somebody else does."""
    with transaction.atomic():
        locked = lock_conversation(conversation)
        if locked.assigned_to is not None and locked.assigned_to != by:
            raise TakenMeanwhile(locked.assigned_to)
        locked.assigned_to = by
        locked.save(update_fields=["assigned_to"])


def assign_conversation(conversation: Conversation, to: User | None, *, seen: int | None) -> None:
    """Have somebody of the office attend to it, or nobody for now. `seen` is the key of whom it was when one looked.

    Raises TakenMeanwhile when it is somebody else's by now.
    """
    with transaction.atomic():
        locked = lock_conversation(conversation)
        current = locked.assigned_to
        if current is not None and current != to and current.pk != seen:
            raise TakenMeanwhile(current)
        locked.assigned_to = to
        locked.save(update_fields=["assigned_to"])


def attach_account(conversation: Conversation, account: ServiceAccount | None) -> None:
    """Say which account it is about, for the office; None for no account."""
    with transaction.atomic():
        locked = lock_conversation(conversation)
        locked.account = account
        locked.save(update_fields=["account"])


def close_conversation(conversation: Conversation, *, seen: int, now: datetime) -> None:
    """End it. `seen` is the number of the last message that whoever closes has seen. Again changes nothing.

    Raises SaidMeanwhile when the customer wrote since.
    """
    with transaction.atomic():
        locked = lock_conversation(conversation)
        if locked.state == ConversationState.CLOSED:
            return
        if locked.messages.filter(number__gt=seen, author=MessageAuthor.CUSTOMER).exists():
            raise SaidMeanwhile(locked)
        assistant_says(locked, CLOSED_BY_OFFICE, now=now)
        move(locked, ConversationState.CLOSED, now=now)
        locked.end = ConversationEnd.OFFICE
        locked.save()


def reopen_conversation(conversation: Conversation, *, now: datetime) -> None:
    """Open it again, as one that waits for an answer. Open ones stay as they are. Raises NotAsked and UserGone."""
    with transaction.atomic():
        locked = lock_conversation(conversation)
        if locked.state != ConversationState.CLOSED:
            return
        _refuse_unanswerable(locked)
        move(locked, ConversationState.WAITING, now=now)
        locked.save()


def _refuse_unanswerable(conversation: Conversation) -> None:
    if conversation.person_asked_at is None:
        raise NotAsked
    if conversation.user is not None and not conversation.user.is_active:
        raise UserGone
