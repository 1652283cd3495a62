"""The help that the portal brings (`tramites.first_texts`)."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from tramites.enums import HelpSection
from tramites.first_texts import texts_in
from tramites.help.publishing import publish_help
from tramites.models import HelpTopic
from tramites.publishing import Words

FIRST_HELP = Path(__file__).parent.parent / "first_help"


def publish_first_help(*, now: datetime) -> list[HelpTopic]:
    """Publishes each topic that the portal brings and this installation does not know; gives those.

    A topic that is known stays as it is, whatever the office made of it.
    """
    with transaction.atomic():
        known = set(HelpTopic.objects.values_list("slug", flat=True))
        return [_publish(slug, told, body, now) for slug, told, body in texts_in(FIRST_HELP, without=known)]


def _publish(slug: str, told: dict[str, Any], body: str, now: datetime) -> HelpTopic:
    topic = HelpTopic(
        slug=slug,
        section=HelpSection(told["section"]),
        position=told["position"],
        screens=told.get("screens", []),
    )
    words = Words(title=told["title"], body=body, asked_as="\n".join(told.get("asked_as", [])))
    publish_help(topic, words, by=None, now=now)
    return topic
