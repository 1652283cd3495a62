"""What a conversation is about, when its page was opened from a page of the guidance (`?tema=`)."""

from datetime import datetime

from tramites.models import HelpText


def subject_of(slug: str, *, at: datetime) -> str:
    """The title of the topic of help in force that an address names; empty for whatever else was written there."""
    text = HelpText.objects.in_force(at=at).filter(topic__slug=slug[:50]).first() if slug.isascii() else None
    return text.title if text else ""
