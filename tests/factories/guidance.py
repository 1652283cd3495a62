"""What the office tells people."""

from itertools import count

from django.utils import timezone

from accounts.models import User
from tramites.enums import HelpSection
from tramites.help.publishing import HelpWords, publish_help
from tramites.models import HelpTopic

_numbers = count(1)


def help_topic(
    *,
    slug: str = "",
    title: str = "Cómo pago",
    body: str = "Con tarjeta.",
    asked_as: str = "",
    screens: tuple[str, ...] = (),
    by: User | None = None,
) -> HelpTopic:
    """A topic with one text, in force since now."""
    topic = HelpTopic(slug=slug or f"tema-{next(_numbers)}", section=HelpSection.PAYING, screens=list(screens))
    publish_help(topic, HelpWords(title=title, body=body, asked_as=asked_as), by=by, now=timezone.now())
    return topic
