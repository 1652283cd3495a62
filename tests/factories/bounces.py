"""Mail servers that report what came back, the secrets with which tests sign for them, and what they reported."""

from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import User
from adhesions.enums import BounceKind
from adhesions.models import BillDelivery, BounceReport, BounceSecret, BounceSource
from billing.models import WebhookEvent
from oficina.shared.webhooks.secrets import keep_secret
from tests.factories.accounts import UserFactory
from tests.factories.channels import SECRET


class BounceSourceFactory(DjangoModelFactory[BounceSource]):
    """The mail server through which the portal sends, without any secret."""

    class Meta:
        model = BounceSource
        django_get_or_create = ("slug",)

    slug = "correo-saliente"
    name = "Correo saliente"


def give_bounce_secret(source: BounceSource, text: str = SECRET, *, by: User | None = None) -> BounceSecret:
    """A secret of the mail server, usable from now on."""
    by = by or UserFactory.create(is_staff=True)
    return keep_secret(BounceSecret(source=source), text, by=by, at=timezone.now())


def bounced(delivery: BillDelivery, event: WebhookEvent) -> BounceReport:
    """That this mail came back for good, now."""
    return BounceReport.objects.create(
        delivery=delivery,
        kind=BounceKind.PERMANENT,
        reason="550 5.1.1 No such user",
        bounced_at=timezone.now(),
        event=event,
    )
