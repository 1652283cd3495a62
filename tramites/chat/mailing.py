"""Tells by mail of answers that the customer did not see: once for all that were said since the last time."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from oficina.shared.mail import send_mail_later
from tramites.chat.saying import lock_conversation
from tramites.models import Conversation

LINK_GOOD_FOR: Final = timedelta(days=30)

_SALT: Final = "way back to a conversation"
_BATCH: Final = 200


def mail_unread_answers(*, now: datetime) -> int:
    """Mail whoever has an answer that waits unread for some minutes and left a mail; gives how many mails."""
    before = now - timedelta(minutes=settings.UTILITY.chat_unread_minutes)
    unread = Conversation.objects.with_unread_answers(said_before=before)
    mailed = 0
    for conversation in unread.order_by("office_said_at")[:_BATCH]:
        with transaction.atomic():
            locked = lock_conversation(conversation)
            if locked.office_said > max(locked.read_by_customer, locked.mailed):
                mailed += _mail(locked)
                locked.mailed = locked.office_said
                locked.save(update_fields=["mailed"])
    return mailed


def way_back(conversation: Conversation) -> str:
    """The absolute address in the mail: a customer logs in; a visitor is known by having received it."""
    if conversation.user is not None:
        return f"{settings.BASE_URL}{reverse('conversation', args=[conversation.public_id])}"
    token = signing.dumps([conversation.public_id, conversation.visitor_email], salt=_SALT)
    return f"{settings.BASE_URL}{reverse('return_to_conversation', args=[token])}"


def conversation_of_token(token: str) -> Conversation | None:
    """The visitor's conversation that a mail leads back to; None when the address is forged, old or of another mail
    than the visitor wants now.
    """
    try:
        public_id, email = signing.loads(token, salt=_SALT, max_age=LINK_GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (
        Conversation.objects.filter(public_id=public_id, visitor_email=email, user=None)
        .exclude(visitor_email="")
        .first()
    )


def _mail(conversation: Conversation) -> bool:
    """Whether there was an address to mail to. What was said stays out of it: a mail can be read by others."""
    if not conversation.answers_to:
        return False
    context = {
        "name": conversation.user.first_name if conversation.user else "",
        "subject_of_it": conversation.subject,
        "begun_at": conversation.begun_at,
        "address": way_back(conversation),
    }
    send_mail_later(conversation.answers_to, "Respondimos tu consulta", "conversation_answered", context)
    return True
