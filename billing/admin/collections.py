"""Who collects for the utility, and what they told."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from billing.enums import OperationState
from billing.models import ChannelSecret, CollectionChannel, CollectionOperation
from oficina.shared.office.columns import json_column, linked_column, pesos_column, state_column
from oficina.shared.office.records import ReadOnlyAdmin
from oficina.shared.office.secret_pages import SecretPages
from oficina.shared.office.sender_pages import SenderAdmin
from oficina.shared.webhooks.sender_model import SLUG_WORDS

_COLOURS = {OperationState.HELD: "warning", OperationState.SETTLED: "success", OperationState.REVERSED: "danger"}


def _told_at(channel: CollectionChannel) -> str:
    return f"{settings.UTILITY.base_url}{reverse('collection_webhook', args=[channel.slug])}"


_SECRETS = SecretPages[CollectionChannel](
    secrets=ChannelSecret,
    new_secret=lambda channel: ChannelSecret(channel=channel),
    secrets_of=lambda channel: ChannelSecret.objects.filter(channel=channel),
    told_at=_told_at,
    tells="lo que cobra",
)


class ChannelForm(forms.ModelForm[CollectionChannel]):
    """What a channel is, and what customers call it."""

    class Meta:
        model = CollectionChannel
        fields = ("slug", "name", "sandbox", "active")
        help_texts = {
            "slug": "El mismo que trae el archivo de pagos: rapipago, pago-facil…",
            "name": "Como lo lee el cliente.",
        }
        error_messages = {"slug": {"invalid": SLUG_WORDS}}


@admin.register(CollectionChannel)
class CollectionChannelAdmin(SenderAdmin[CollectionChannel]):
    """The channels, and with which secrets they sign."""

    pages = _SECRETS
    stays = ("sandbox",)
    made = "Creamos el canal"
    form = ChannelForm
    list_display = ("name", "slug", "active", "sandbox", "usable", "created_at")
    list_filter = ("active", "sandbox")


@admin.register(CollectionOperation)
class CollectionOperationAdmin(ReadOnlyAdmin[CollectionOperation]):
    """Each operation that a channel told, whether or not its money found a bill."""

    list_display = ("created_at", "channel_shown", "operation_number", "state_shown", "amount_shown", "paid_at")
    list_filter = ("state", "held_because", "channel")
    list_select_related = ("channel", "event", "reversal_event")
    search_help_text = "Número de operación"
    fields = (
        "channel_shown", "operation_number", "state", "held_because", "amount_shown", "paid_at", "bills_shown",
        "event_shown", "reversed_at", "reversal_reason", "reversal_shown", "created_at",
    )  # fmt: skip
    readonly_fields = ("channel_shown", "amount_shown", "bills_shown", "event_shown", "reversal_shown")
    channel_shown = linked_column("channel", "canal")
    amount_shown = pesos_column("amount", "importe")
    state_shown = state_column("state", "estado", _COLOURS)
    bills_shown = json_column("bills", "facturas")
    event_shown = linked_column("event", "aviso del pago")
    reversal_shown = linked_column("reversal_event", "aviso de la anulación")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CollectionOperation]:
        """Without the bodies of its messages."""
        return super().get_queryset(request).defer("event__body", "reversal_event__body")

    def found_by(self, typed: str) -> Q:
        return Q(operation_number=typed)
