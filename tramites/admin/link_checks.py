"""Links of the office's texts that lead nowhere, and where they are."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from oficina.shared.office.columns import NOTHING
from oficina.shared.office.records import ReadOnlyAdmin
from tramites.links.finding import linked_from
from tramites.models import LinkCheck, PublishedText


class BrokenFilter(admin.SimpleListFilter):
    """What has to be mended, before all the rest."""

    title = "estado"
    parameter_name = "estado"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [("rotos", "Rotos"), ("bien", "Bien")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LinkCheck]) -> QuerySet[LinkCheck]:  # noqa: ARG002  Django's signature
        broken = LinkCheck.objects.broken().values("pk")
        chosen = {"rotos": queryset.filter(pk__in=broken), "bien": queryset.exclude(pk__in=broken)}
        return chosen.get(self.value() or "", queryset)


@admin.register(LinkCheck)
class LinkCheckAdmin(ReadOnlyAdmin[LinkCheck]):
    """The longest broken first. A link that failed once is only noted: its site may be down for a night."""

    list_filter = (BrokenFilter,)
    search_help_text = "Parte de la dirección"
    fields = ("address", "fault", "status", "failures", "broken_since", "checked_at")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        return ("broken_since", "address")

    def found_by(self, typed: str) -> Q:
        return Q(address__icontains=typed)

    def get_list_display(self, request: HttpRequest) -> list[str | Callable[[LinkCheck], str | bool]]:  # noqa: ARG002  Django's signature
        """With where each link is, which is looked up once for the whole list."""
        places = linked_from(at=timezone.now())

        @admin.display(description="dónde está")
        def where(check: LinkCheck) -> str:
            return _records(places.get(check.address, []))

        where.leads_elsewhere = True  # type: ignore[attr-defined]  # read by `OfficeAdmin.get_list_display_links`
        return ["address", "state_shown", where, "broken_since", "status", "checked_at"]

    @admin.display(description="estado")
    def state_shown(self, check: LinkCheck) -> str:
        return str(check.get_fault_display()) if check.fault else "Bien"


def _records(texts: list[PublishedText]) -> SafeString | str:
    rows = []
    for text in texts:
        subject = getattr(text, text.SUBJECT)
        page = f"admin:{subject._meta.app_label}_{subject._meta.model_name}_change"
        rows.append((reverse(page, args=[subject.pk]), text.title))
    return format_html_join(", ", '<a class="office-link" href="{}">{}</a>', rows) or NOTHING
