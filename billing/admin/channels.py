"""Where money came in, in words."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from billing.enums import PaymentChannel
from billing.models import Payment


def channel_name(channel: str) -> str:
    """The channel's name, or its slug when it is one that the portal does not know."""
    return PaymentChannel(channel).label if channel in PaymentChannel.values else channel


class ChannelFilter(admin.SimpleListFilter):
    """The channels that the portal knows, so that nothing looks for them in the whole table."""

    title = "canal"
    parameter_name = "canal"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [(channel.value, channel.label) for channel in PaymentChannel]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:  # noqa: ARG002  Django's signature
        return queryset.filter(channel=self.value()) if self.value() else queryset
