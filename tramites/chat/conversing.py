"""What a customer or a visitor does in a conversation. Whoever calls these has looked it up among the talker's own."""

from datetime import datetime

from django.db import IntegrityError, transaction

from tramites.chat.assistant import CLOSED_BY_CUSTOMER, propose_help, tell_if_away, tell_what_comes_next
from tramites.chat.people import Talker
from tramites.chat.saying import Words, assistant_says, lock_conversation, move, say, was_sent
from tramites.enums import ConversationEnd, ConversationState, MessageAuthor
from tramites.models import Conversation


def begin_conversation(talker: Talker, words: Words, *, subject: str, now: datetime) -> Conversation:
    """Ask the assistant something; gives the conversation that it begins, or the one that the same form began before.

    `subject` is the title of the topic from which the person came, or empty.
    """
    try:
        with transaction.atomic():
            conversation = Conversation.objects.create(
                user=talker.user,
                visitor_key="" if talker.user else talker.visitor_key,
                subject=subject,
                begun_at=now,
                said_at=now,
            )
            _ask_assistant(conversation, words, now=now)
            _save_read(conversation)
    except IntegrityError:
        begun = talker.conversations().filter(messages__key=words.key).first()
        if begun is None:
            raise
        return begun
    return conversation


def write_message(conversation: Conversation, talker: Talker, words: Words, *, now: datetime) -> None:
    """Say something; a closed conversation goes on with it. A form that was sent before changes nothing.

    While nobody asked for a person the assistant answers; otherwise the office's turn begins. A customer who began as
    a visitor takes the conversation into their user. Raises DraftGoneError.
    """
    with transaction.atomic():
        locked = lock_conversation(conversation)
        if was_sent(locked, words.key):
            return
        _take(locked, talker)
        if locked.person_asked_at is None:
            move(locked, ConversationState.ASSISTED, now=now)
            _ask_assistant(locked, words, now=now)
        else:
            waited = locked.state == ConversationState.WAITING
            move(locked, ConversationState.WAITING, now=now)
            say(locked, words, author=MessageAuthor.CUSTOMER, by=locked.user, now=now)
            if not waited:
                tell_if_away(locked, now=now)
        _save_read(locked)


def ask_for_person(conversation: Conversation, talker: Talker, *, email: str, now: datetime) -> None:
    """Have somebody of the office answer. `email` is where a visitor wants to be told, or empty.

    Again changes nothing.
    """
    with transaction.atomic():
        locked = lock_conversation(conversation)
        if locked.person_asked_at is not None:
            return
        _take(locked, talker)
        if locked.user is None:
            locked.visitor_email = email
        locked.person_asked_at = now
        move(locked, ConversationState.WAITING, now=now)
        tell_what_comes_next(locked, now=now)
        _save_read(locked)


def leave_mail(conversation: Conversation, talker: Talker, email: str) -> None:
    """Say where a visitor wants to be told of answers; empty for nowhere. A customer's mail is that of their user."""
    with transaction.atomic():
        locked = lock_conversation(conversation)
        _take(locked, talker)
        if locked.user is None:
            locked.visitor_email = email
        locked.save()


def keep_conversation(conversation: Conversation, talker: Talker) -> None:
    """Take what was begun as a visitor into the customer's user. Again changes nothing."""
    with transaction.atomic():
        locked = lock_conversation(conversation)
        _take(locked, talker)
        locked.save()


def end_conversation(conversation: Conversation, *, now: datetime) -> None:
    """Close it because its person has no more to say. Again changes nothing."""
    with transaction.atomic():
        locked = lock_conversation(conversation)
        if locked.state == ConversationState.CLOSED:
            return
        assistant_says(locked, CLOSED_BY_CUSTOMER, now=now)
        move(locked, ConversationState.CLOSED, now=now)
        locked.end = ConversationEnd.CUSTOMER
        _save_read(locked)


def return_by_mail(conversation: Conversation, talker: Talker) -> None:
    """Let the browser that opened the link of a mail read and write too, besides the one that began. Locks it."""
    with transaction.atomic():
        locked = lock_conversation(conversation)
        if locked.user is None and talker.visitor_key not in (locked.visitor_key, locked.mailed_visitor_key):
            locked.mailed_visitor_key = talker.visitor_key
            locked.save()


def _ask_assistant(conversation: Conversation, words: Words, *, now: datetime) -> None:
    say(conversation, words, author=MessageAuthor.CUSTOMER, by=conversation.user, now=now)
    propose_help(conversation, f"{conversation.subject} {words.body}", now=now)


def _take(conversation: Conversation, talker: Talker) -> None:
    """A visitor who logged in keeps what they began."""
    if conversation.user is not None or talker.user is None:
        return
    conversation.user = talker.user
    conversation.visitor_key = conversation.mailed_visitor_key = conversation.visitor_email = ""
    # The trigger reads whose it is when the next message is added.
    conversation.save(update_fields=["user", "visitor_key", "mailed_visitor_key", "visitor_email"])


def _save_read(conversation: Conversation) -> None:
    """Whoever acts has the conversation before their eyes, but for what the office said while they wrote."""
    if conversation.office_said <= conversation.read_by_customer:
        conversation.read_by_customer = conversation.said
    conversation.save()
