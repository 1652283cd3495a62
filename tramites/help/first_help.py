"""The help that the portal brings: a file for each topic, its facts in TOML between `+++`, its text in Markdown."""

import tomllib
from datetime import datetime
from pathlib import Path

from django.db import transaction

from tramites.enums import HelpSection
from tramites.help.publishing import HelpWords, publish_help
from tramites.models import HelpTopic

FIRST_HELP = Path(__file__).parent.parent / "first_help"


def publish_first_help(*, now: datetime) -> list[HelpTopic]:
    """Publishes each topic that the portal brings and this installation does not know; gives those.

    A topic that is known stays as it is, whatever the office made of it.
    """
    with transaction.atomic():
        known = set(HelpTopic.objects.values_list("slug", flat=True))
        files = [path for path in sorted(FIRST_HELP.glob("*.md")) if path.stem not in known]
        return [_publish(path, now) for path in files]


def _publish(path: Path, now: datetime) -> HelpTopic:
    _nothing, facts, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    told = tomllib.loads(facts)
    topic = HelpTopic(
        slug=path.stem,
        section=HelpSection(told["section"]),
        position=told["position"],
        screens=told.get("screens", []),
    )
    words = HelpWords(title=told["title"], body=body.strip(), asked_as="\n".join(told.get("asked_as", [])))
    publish_help(topic, words, by=None, now=now)
    return topic
