"""What ends a conversation when nobody does: silence, and the end of the customer's user. And what is forgotten."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from tramites.chat.assistant import CLOSED_BY_SILENCE
from tramites.chat.saying import assistant_says, lock_conversation, move
from tramites.enums import ConversationEnd, ConversationState
from tramites.models import Conversation

FORGET_VISITORS_AFTER: Final = timedelta(days=90)
"""From then on nobody can answer a visitor, so their mail has no purpose any more (Ley 25.326, art. 4 inc. 7)."""

_BATCH: Final = 500


def close_silent(*, now: datetime) -> int:
    """Close the conversations in which nobody wrote for days and nobody waits for the office; gives how many."""
    before = now - timedelta(days=settings.UTILITY.chat_silence_days)
    silent = Conversation.objects.filter(
        state__in=(ConversationState.ASSISTED, ConversationState.ANSWERED), said_at__lt=before
    )
    closed = 0
    for conversation in silent.order_by("said_at")[:_BATCH]:
        with transaction.atomic():
            locked = lock_conversation(conversation)
            is_silent = locked.state in (ConversationState.ASSISTED, ConversationState.ANSWERED)
            if is_silent and locked.said_at < before:
                _close(locked, ConversationEnd.SILENCE, CLOSED_BY_SILENCE, now=now)
                closed += 1
    return closed


def close_with_user(user: User, *, now: datetime) -> None:
    """Close what a person who closes their user talked about. In the caller's transaction."""
    for conversation in Conversation.objects.of_user(user).live().order_by("pk"):
        locked = lock_conversation(conversation)
        if locked.state != ConversationState.CLOSED:
            _close(locked, ConversationEnd.USER_CLOSED, "El cliente cerró su usuario.", now=now)


def forget_visitors(*, now: datetime) -> int:
    """Forget the mail and the browsers of visitors whose conversation was closed months ago; gives how many."""
    known = ~Q(visitor_key="") | ~Q(mailed_visitor_key="") | ~Q(visitor_email="")
    closed = Conversation.objects.filter(
        known, state=ConversationState.CLOSED, closed_at__lt=now - FORGET_VISITORS_AFTER
    )
    return closed.update(visitor_key="", mailed_visitor_key="", visitor_email="")


def _close(conversation: Conversation, end: ConversationEnd, words: str, *, now: datetime) -> None:
    assistant_says(conversation, words, now=now)
    move(conversation, ConversationState.CLOSED, now=now)
    conversation.end = end
    conversation.save()
