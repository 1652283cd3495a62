"""The lists of payments by where the money came in."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from billing.channel_names import channel_names
from billing.models import Payment


class ChannelFilter(admin.SimpleListFilter):
    """The channels that the portal and the office name, so that nothing looks for them in the whole table."""

    title = "canal"
    parameter_name = "canal"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [*channel_names().items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:  # noqa: ARG002  Django's signature
        return queryset.filter(channel=self.value()) if self.value() else queryset
