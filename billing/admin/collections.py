"""Who collects for the utility, and what they told."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone

from billing.channels.opening import change_channel, open_channel
from billing.enums import OperationState
from billing.models import ChannelSecret, CollectionChannel, CollectionOperation
from billing.refusals import ChannelExists
from oficina.shared.office.act_pages import record_address
from oficina.shared.office.columns import json_column, linked_column, pesos_column, state_column
from oficina.shared.office.records import OfficeAdmin, ReadOnlyAdmin
from oficina.shared.office.secret_pages import SECRETS_TEMPLATE, SecretPages

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
        error_messages = {"slug": {"invalid": "Usá minúsculas, números y guiones."}}


@admin.register(CollectionChannel)
class CollectionChannelAdmin(OfficeAdmin[CollectionChannel]):
    """The channels, and with which secrets they sign. A secret is shown once, when it is issued, and never again."""

    form = ChannelForm
    list_display = ("name", "slug", "active", "sandbox", "usable", "created_at")
    list_filter = ("active", "sandbox")
    ordering = ("name",)
    search_help_text = "Nombre o identificador"
    change_form_outer_before_template = SECRETS_TEMPLATE

    def found_by(self, typed: str) -> Q:
        return Q(name__icontains=typed) | Q(slug=typed.lower())

    def get_queryset(self, request: HttpRequest) -> QuerySet[CollectionChannel]:
        """Each with how many secrets verify what it tells now."""
        usable = Count("secrets", filter=Q(secrets__in=ChannelSecret.objects.usable(at=timezone.now())))
        return super().get_queryset(request).annotate(usable_secrets=usable)

    @admin.display(description="secretos que valen")
    def usable(self, channel: CollectionChannel) -> int:
        count: int = getattr(channel, "usable_secrets")  # noqa: B009  annotated above
        return count

    def get_fields(self, request: HttpRequest, obj: CollectionChannel | None = None) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        """What a new one is stays; of one that exists only the name and whether it is heard change."""
        return ("slug", "name", "sandbox") if obj is None else ("name", "active", "slug", "sandbox", "created_at")

    def get_readonly_fields(self, request: HttpRequest, obj: CollectionChannel | None = None) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        return () if obj is None else ("slug", "sandbox", "created_at")

    def save_model(
        self,
        request: HttpRequest,  # noqa: ARG002  Django's signature
        obj: CollectionChannel,
        form: forms.ModelForm[CollectionChannel],
        change: bool,  # noqa: FBT001
    ) -> None:
        """Through the acts."""
        given = form.cleaned_data
        if change:
            change_channel(obj, name=given["name"], active=given["active"])
        else:
            obj.pk = open_channel(slug=given["slug"], name=given["name"], sandbox=given["sandbox"]).pk

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Whoever was overtaken by somebody else is told, and finds the channel."""
        try:
            return super().add_view(request, form_url, extra_context)
        except ChannelExists:
            messages.warning(request, "Otra persona lo creó recién. Quedó como lo creó ella.")
            return HttpResponseRedirect(reverse("admin:billing_collectionchannel_changelist"))

    def response_add(
        self,
        request: HttpRequest,
        obj: CollectionChannel,
        post_url_continue: str | None = None,  # noqa: ARG002  Django's signature
    ) -> HttpResponse:
        """On to its page, where its secret is issued."""
        messages.success(request, f"Creamos el canal {obj}. Para que pueda avisar, emitile un secreto.")
        return HttpResponseRedirect(record_address(obj))

    def get_urls(self) -> list[URLPattern]:
        """With what is done about its secrets."""
        return [*_SECRETS.addresses(self), *super().get_urls()]

    def about(self, request: HttpRequest, row: CollectionChannel) -> Mapping[str, object]:
        """Its address and its secrets."""
        return _SECRETS.about(request, row)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,  # noqa: FBT001, FBT002  Django's signature
        change: bool = False,  # noqa: FBT001, FBT002
        form_url: str = "",
        obj: CollectionChannel | None = None,
    ) -> HttpResponse:
        """With one way to save: a new one leads to its page, where it is given a secret."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, add, change, form_url, obj)


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
