"""The office writes help."""

from datetime import datetime

from accounts.models import User
from tramites.models import HelpText, HelpTopic
from tramites.publishing import Words, publish


def publish_help(
    topic: HelpTopic, words: Words, *, by: User | None, now: datetime, from_: datetime | None = None
) -> HelpText | None:
    """Let a topic say this (`tramites.publishing.publish`)."""
    return publish(HelpText, topic, words, by=by, now=now, from_=from_)
