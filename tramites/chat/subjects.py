"""What a conversation is about, when its page was opened from a page of the guidance (`?tema=`)."""

from datetime import datetime

from django.core.validators import slug_re

from tramites.models import HelpText, ProcedureText


def subject_of(slug: str, *, at: datetime) -> str:
    """The title of the topic of help, or of the procedure that offers the chat, which an address names and which is in
    force; empty for whatever else was written there.
    """
    if not slug_re.match(slug):
        return ""
    topics = HelpText.objects.in_force(at=at).filter(topic__slug=slug)
    procedures = ProcedureText.objects.in_force(at=at).filter(procedure__slug=slug, chat_offered=True)
    text = topics.first() or procedures.first()
    return text.title if text else ""
