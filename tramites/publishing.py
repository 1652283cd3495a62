"""The office publishes. A text is never edited: another one takes its place, at once or on a day to come."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Model

from accounts.models import User
from tramites.models import PublishedText


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a subject is to say, by the names of the columns. `body` is Markdown."""

    title: str
    body: str
    asked_as: str = ""
    shown: bool = True


def publish[Text: PublishedText](
    kind: type[Text], subject: Model, words: Words, *, by: User | None, now: datetime, from_: datetime | None = None
) -> Text | None:
    """Save a subject, which may be new, and let it say this from an instant (UTC) on, at once without one.

    None when it says just that already and nothing else is to come. `by` is empty for what the portal brings itself.
    """
    said = asdict(words)
    with transaction.atomic():
        subject.save()
        type(subject)._default_manager.select_for_update().get(pk=subject.pk)
        texts = kind._default_manager.filter(**{kind.SUBJECT: subject})
        last = texts.order_by("-published_at", "-number").first()
        if last is not None and from_ is None and last.published_at <= now and words_of(last, like=words) == words:
            return None
        return kind._default_manager.create(
            **{kind.SUBJECT: subject},
            **said,
            number=(texts.aggregate(last=Max("number"))["last"] or 0) + 1,
            published_at=from_ or now,
            written_at=now,
            written_by=by,
        )


def words_of[Kind: Words](text: PublishedText, *, like: Kind) -> Kind:
    """What a text says, in the shape of other words of its kind."""
    return type(like)(**{name: getattr(text, name) for name in asdict(like)})
