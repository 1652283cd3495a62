"""Collection channels, and the secrets with which tests sign for them."""

import base64

from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import User
from billing.models import ChannelSecret, CollectionChannel
from oficina.shared.webhooks.secrets import keep_secret
from tests.factories.accounts import UserFactory


def secret_text(fill: str, size: int = 32) -> str:
    """A secret of so many bytes, all of them this character."""
    return "whsec_" + base64.b64encode(fill.encode() * size).decode()


SECRET = secret_text("s")


class CollectionChannelFactory(DjangoModelFactory[CollectionChannel]):
    """Rapipago, without any secret."""

    class Meta:
        model = CollectionChannel
        django_get_or_create = ("slug",)

    slug = "rapipago"
    name = "Rapipago"


def give_secret(channel: CollectionChannel, text: str = SECRET, *, by: User | None = None) -> ChannelSecret:
    """A secret of the channel, usable from now on."""
    return keep_secret(
        ChannelSecret(channel=channel), text, by=by or UserFactory.create(is_staff=True), at=timezone.now()
    )
