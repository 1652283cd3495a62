"""Auditoría: what changed and who changed it, what was opened and who opened it. For reading; nothing changes it."""

from typing import Any, ClassVar

import pgtrigger
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin.search import accounts_numbered, people_found_by
from oficina.shared.audit.changes import ChangeKind, RecordedChange
from oficina.shared.audit.telling import ToldChange, table_name, tell
from oficina.shared.audit.tracking import TRIGGER
from oficina.shared.dates import day_and_clock
from oficina.shared.office.columns import NOTHING, linked_column
from oficina.shared.office.day_range import DayRangeFilter
from oficina.shared.office.records import ReadOnlyAdmin
from oficina.staff.models import Visit

_LINK = "text-primary-600 dark:text-primary-400"
_KINDS = {ChangeKind.INSERT: "success", ChangeKind.UPDATE: "info", ChangeKind.DELETE: "danger"}


class TableFilter(admin.SimpleListFilter):
    """The changes of one table."""

    title = "tabla"
    parameter_name = "tabla"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        labels = {model._meta.label_lower for model, trigger in pgtrigger.registered() if trigger.name == TRIGGER}
        return sorted(((label, table_name(label).capitalize()) for label in labels), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[RecordedChange]) -> QuerySet[RecordedChange]:  # noqa: ARG002  Django's signature
        return queryset.filter(table=self.value()) if self.value() else queryset


@admin.register(RecordedChange)
class RecordedChangeAdmin(ReadOnlyAdmin[RecordedChange]):
    """Everything that changed, newest first."""

    list_display = ("moment", "who_shown", "kind_shown", "record_shown", "data", "where")
    list_filter = (TableFilter, ("at", DayRangeFilter))
    list_filter_submit = True
    ordering: ClassVar[tuple[str, ...]] = ("-at", "-pk")
    search_help_text = "Quien lo hizo (mail, nombre o documento), número de cuenta o de registro"
    fields = readonly_fields = (
        "moment", "who_shown", "kind_word", "record_shown", "account_shown", "data", "where", "browser",
    )  # fmt: skip

    def found_by(self, typed: str) -> Q:
        """By whom, of which account, or of which record."""
        found = Q(who__in=people_found_by(typed)) | Q(account__in=accounts_numbered(typed))
        return found | Q(record=int(typed)) if typed.isdecimal() and len(typed) < 19 else found

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """With the page's changes in words, found out for all of them at once."""
        listed = super().get_changelist_instance(request)
        changes = list(listed.result_list)
        for change, told in zip(changes, tell(changes), strict=True):
            change.told = told  # for the columns
        listed.result_list = changes
        return listed

    @admin.display(description="momento")
    def moment(self, change: RecordedChange) -> str:
        return day_and_clock(change.at)

    @admin.display(description="quién")
    def who_shown(self, change: RecordedChange) -> str:
        return NOTHING if change.who is None else person_link(change.who, change.origin.get("name", ""))

    who_shown.leads_elsewhere = True  # type: ignore[attr-defined]  # read by `OfficeAdmin.get_list_display_links`

    @admin.display(description="qué pasó")
    def kind_shown(self, change: RecordedChange) -> tuple[str, str]:
        return change.kind, change.get_kind_display()

    kind_shown.label = dict(_KINDS)  # type: ignore[attr-defined]  # what Unfold reads to colour it

    @admin.display(description="qué pasó")
    def kind_word(self, change: RecordedChange) -> str:
        return change.get_kind_display()

    @admin.display(description="registro")
    def record_shown(self, change: RecordedChange) -> str:
        told = _told(change)
        name = f"{told.table.capitalize()} {told.record}"
        return format_html('<a class="{}" href="{}">{}</a>', _LINK, told.address, name) if told.address else name

    record_shown.leads_elsewhere = True  # type: ignore[attr-defined]  # read by `OfficeAdmin.get_list_display_links`

    @admin.display(description="cuenta")
    def account_shown(self, change: RecordedChange) -> str:
        if change.account is None:
            return NOTHING
        address = reverse("admin:accounts_serviceaccount_change", args=[change.account])
        return format_html('<a class="{}" href="{}">Ver la cuenta</a>', _LINK, address)

    @admin.display(description="antes y después")
    def data(self, change: RecordedChange) -> SafeString:
        return render_to_string("admin/told_data.html", {"told": _told(change)})

    @admin.display(description="desde dónde")
    def where(self, change: RecordedChange) -> str:
        told = _told(change)
        return f"{told.where} · {told.ip}" if told.ip else told.where

    @admin.display(description="navegador")
    def browser(self, change: RecordedChange) -> str:
        return change.origin.get("agent") or NOTHING


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin[Visit]):
    """Every page that the office opened, newest first."""

    list_display = ("moment", "who_link", "roles_shown", "page", "record_shown", "status", "ip", "seen_as_shown")
    list_filter = (("at", DayRangeFilter), ("seen_as", admin.EmptyFieldListFilter))
    list_filter_submit = True
    list_select_related = ("seen_as", "table")
    ordering: ClassVar[tuple[str, ...]] = ("-at", "-pk")
    search_help_text = "Mail, nombre o documento de quien miró o del cliente como quien miró"
    fields = readonly_fields = (
        "moment", "who_link", "roles_shown", "method", "page", "record_shown", "status", "ip", "seen_as_shown",
    )  # fmt: skip
    seen_as_shown = linked_column("seen_as", "como cliente")

    def found_by(self, typed: str) -> Q:
        """By whom, or as whom."""
        people = people_found_by(typed)
        return Q(who__in=people) | Q(seen_as__in=people)

    @admin.display(description="momento")
    def moment(self, visit: Visit) -> str:
        return day_and_clock(visit.at)

    @admin.display(description="quién")
    def who_link(self, visit: Visit) -> str:
        return person_link(visit.who_id, visit.who_name)

    who_link.leads_elsewhere = True  # type: ignore[attr-defined]  # read by `OfficeAdmin.get_list_display_links`

    @admin.display(description="roles")
    def roles_shown(self, visit: Visit) -> str:
        return visit.roles or NOTHING

    @admin.display(description="página")
    def page(self, visit: Visit) -> str:
        return f"{visit.path}?{visit.query}" if visit.query else visit.path

    @admin.display(description="sobre")
    def record_shown(self, visit: Visit) -> str:
        model = None if visit.table is None else visit.table.model_class()
        if model is None:
            return NOTHING
        name = str(model._meta.verbose_name).capitalize()
        return name if visit.record is None else f"{name} {visit.record}"


def person_link(person: int, name: str) -> SafeString:
    """Somebody's name as it was, with the way to their record."""
    address = reverse("admin:accounts_user_change", args=[person])
    return format_html('<a class="{}" href="{}">{}</a>', _LINK, address, name or f"n.º {person}")


def _told(change: RecordedChange) -> ToldChange:
    told: ToldChange | None = getattr(change, "told", None)
    return told or tell([change])[0]
