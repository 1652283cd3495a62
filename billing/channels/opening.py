"""Which channels collect for the utility: opened, renamed, closed. Their secrets are `oficina.shared.webhooks`'."""

from django.db import IntegrityError, transaction

from billing.models import CollectionChannel
from billing.refusals import ChannelExists


def open_channel(*, slug: str, name: str, sandbox: bool) -> CollectionChannel:
    """A new channel, without a secret: nothing can be told in its name before it has one. `slug` and `sandbox` stay.

    Raises ChannelExists.
    """
    try:
        with transaction.atomic():
            return CollectionChannel.objects.create(slug=slug, name=name, sandbox=sandbox)
    except IntegrityError as error:
        if CollectionChannel.objects.filter(slug=slug).exists():
            raise ChannelExists from error
        raise


def change_channel(channel: CollectionChannel, *, name: str, active: bool) -> CollectionChannel:
    """What customers call it, and whether it is heard. What it told stays, and its secrets stay what they are."""
    with transaction.atomic():
        locked = CollectionChannel.objects.select_for_update(no_key=True).get(pk=channel.pk)
        locked.name, locked.active = name, active
        locked.save(update_fields=["name", "active"])
    return locked
