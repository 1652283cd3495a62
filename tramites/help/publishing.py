"""The office writes help. A text is never edited: another one takes its place, at once or on a day to come."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from tramites.models import HelpText, HelpTopic


@dataclass(frozen=True, kw_only=True)
class HelpWords:
    """What a topic is to say. `body` is Markdown."""

    title: str
    body: str
    asked_as: str = ""
    shown: bool = True


def publish_help(
    topic: HelpTopic, words: HelpWords, *, by: User | None, now: datetime, from_: datetime | None = None
) -> HelpText | None:
    """Save a topic, which may be new, and let it say this from an instant (UTC) on, at once without one.

    None when it says just that already and nothing else is to come. `by` is empty for what the portal brings itself.
    """
    with transaction.atomic():
        topic.save()
        HelpTopic.objects.select_for_update().get(pk=topic.pk)
        last = topic.texts.order_by("-published_at", "-number").first()
        if last is not None and from_ is None and last.published_at <= now and _says(last) == words:
            return None
        return HelpText.objects.create(
            topic=topic,
            number=(topic.texts.aggregate(last=Max("number"))["last"] or 0) + 1,
            title=words.title,
            body=words.body,
            asked_as=words.asked_as,
            shown=words.shown,
            published_at=from_ or now,
            written_at=now,
            written_by=by,
        )


def _says(text: HelpText) -> HelpWords:
    return HelpWords(title=text.title, body=text.body, asked_as=text.asked_as, shown=text.shown)
