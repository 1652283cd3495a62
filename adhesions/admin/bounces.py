"""Which mail servers report mails that came back, and what they reported."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from adhesions.enums import BounceKind
from adhesions.models import BounceReport, BounceSecret, BounceSource
from oficina.shared.office.columns import linked_column, state_column
from oficina.shared.office.records import ReadOnlyAdmin
from oficina.shared.office.secret_pages import SecretPages
from oficina.shared.office.sender_pages import SenderAdmin
from oficina.shared.webhooks.sender_model import SLUG_WORDS

_COLOURS = {BounceKind.PERMANENT: "danger", BounceKind.TRANSIENT: "warning"}


def _told_at(source: BounceSource) -> str:
    return f"{settings.UTILITY.base_url}{reverse('bounce_webhook', args=[source.slug])}"


_SECRETS = SecretPages[BounceSource](
    secrets=BounceSecret,
    new_secret=lambda source: BounceSecret(source=source),
    secrets_of=lambda source: BounceSecret.objects.filter(source=source),
    told_at=_told_at,
    tells="los mails que vuelven",
)


class BounceSourceForm(forms.ModelForm[BounceSource]):
    """Which mail server it is, and what the office calls it."""

    class Meta:
        model = BounceSource
        fields = ("slug", "name", "active")
        help_texts = {
            "slug": "Va en la dirección a la que avisa: correo-saliente, relay-2…",
            "name": "Como lo conoce la oficina.",
        }
        error_messages = {"slug": {"invalid": SLUG_WORDS}}


@admin.register(BounceSource)
class BounceSourceAdmin(SenderAdmin[BounceSource]):
    """The sources, and with which secrets they sign."""

    pages = _SECRETS
    made = "Creamos el origen"
    form = BounceSourceForm
    list_display = ("name", "slug", "active", "usable", "created_at")


@admin.register(BounceReport)
class BounceReportAdmin(ReadOnlyAdmin[BounceReport]):
    """Each mail with a bill that came back, as its mail server told. What found no mail is in the inbox only."""

    list_display = ("bounced_at", "delivery_shown", "email", "kind_shown", "reason")
    list_filter = ("kind", "bounced_at")
    list_select_related = ("delivery",)
    search_help_text = "Mail que no la recibió"
    fields = ("delivery_shown", "email", "kind", "reason", "bounced_at", "created_at", "event_shown")
    readonly_fields = ("delivery_shown", "email", "event_shown")
    delivery_shown = linked_column("delivery", "envío")
    event_shown = linked_column("event", "aviso")
    kind_shown = state_column("kind", "tipo", _COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[BounceReport]:
        """Without the body of what told it."""
        return super().get_queryset(request).select_related("delivery", "event").defer("event__body")

    def found_by(self, typed: str) -> Q:
        return Q(delivery__email=typed.lower())

    @admin.display(description="mail")
    def email(self, report: BounceReport) -> str:
        return report.delivery.email
