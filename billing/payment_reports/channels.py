"""Where a customer may have paid, to choose from."""

from collections.abc import Collection

from django.db.models import OuterRef, Q, QuerySet, Subquery

from billing.channel_names import ChannelNames, channel_names
from billing.enums import ASKING_CHANNELS, DESK_CHANNELS, PaymentChannel
from billing.models import CollectionChannel, PaymentReport

OTHER = "other"
"""A place that is none of our channels, as the customer sees it. The office finds out which it was."""

OTHER_NAME = "Otro lugar"


def channels_to_report() -> list[tuple[str, str]]:
    """Slug and name of what a customer chooses from: the channels that take money now, and some other place last."""
    closed = CollectionChannel.objects.filter(Q(sandbox=True) | Q(active=False))
    return [*_named(closed.values_list("slug", flat=True)), (OTHER, OTHER_NAME)]


def channels_to_accept() -> list[tuple[str, str]]:
    """Slug and name of what the office chooses from: a channel that is closed by now may have taken money before."""
    return _named(CollectionChannel.objects.filter(sandbox=True).values_list("slug", flat=True))


def reported_channel_names() -> ChannelNames:
    """Every channel that a report may name, by its slug."""
    return {**channel_names(), OTHER: OTHER_NAME}


def with_channel_name(reports: QuerySet[PaymentReport]) -> QuerySet[PaymentReport]:
    """These reports with the name that the office gave to their channel (`channel_in_words`): no query more."""
    named = CollectionChannel.objects.filter(slug=OuterRef("channel"))
    return reports.annotate(name_of_channel=Subquery(named.values("name")))


def channel_in_words(report: PaymentReport) -> str:
    """Where the customer says to have paid, of a report that was loaded by `with_channel_name`."""
    name: str | None = getattr(report, "name_of_channel")  # noqa: B009  annotated above
    own_words = {**dict(PaymentChannel.choices), OTHER: OTHER_NAME}
    return name or own_words.get(report.channel, report.channel)


def _named(closed: Collection[str]) -> list[tuple[str, str]]:
    left_out = {*ASKING_CHANNELS, *DESK_CHANNELS, *closed}
    named = [(slug, name) for slug, name in channel_names().items() if slug not in left_out]
    return sorted(named, key=lambda channel: channel[1].casefold())
