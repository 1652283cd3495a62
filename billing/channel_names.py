"""Where money comes in, as people know it."""

from collections.abc import Mapping

from django.db.models import OuterRef, QuerySet, Subquery

from billing.enums import PaymentChannel
from billing.models import CollectionChannel, Payment

type ChannelNames = Mapping[str, str]
"""Every channel by its slug."""


def channel_names() -> ChannelNames:
    """The portal's own words, and over them those that the office gave to collection channels. One query."""
    return {**dict(PaymentChannel.choices), **dict(CollectionChannel.objects.values_list("slug", "name"))}


def channel_in_words(payment: Payment, names: ChannelNames) -> str:
    """The channel of a payment; its slug when nobody named it."""
    return names.get(payment.channel, payment.channel)


def with_channel_name[Payments: QuerySet[Payment]](payments: Payments) -> Payments:
    """These payments with the name that the office gave to their channel (`named_channel_in_words`): no query more."""
    named = CollectionChannel.objects.filter(slug=OuterRef("channel"))
    return payments.annotate(name_of_channel=Subquery(named.values("name")))


def named_channel_in_words(payment: Payment) -> str:
    """As `channel_in_words`, of a payment that was loaded by `with_channel_name`."""
    name: str | None = getattr(payment, "name_of_channel")  # noqa: B009  annotated above
    return name or channel_in_words(payment, dict(PaymentChannel.choices))
