"""Where money comes in, as customers know it."""

from collections.abc import Mapping

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
