"""How the office sees the rows of a table: a list that stays quick at any size, and a page for each row."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.contrib.admin import ModelAdmin as DjangoModelAdmin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from oficina.shared.audit.changes import RecordedChange
from oficina.shared.audit.telling import tables_of, tell
from oficina.shared.office.paging import BoundedPaginator

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, TabularInline
else:  # Unfold has no annotations; its classes are Django's, drawn its way
    from unfold.admin import ModelAdmin, TabularInline

CHANGES_TOLD = 100
"""Changes of a record that its history tells; the list of all changes has the older ones."""


class OfficeAdmin[Row: Model](ModelAdmin[Row]):
    """Newest first, never counted whole, found by exact keys that have an index (`found_by`)."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    sortable_by = ()
    search_fields: ClassVar[tuple[str, ...]] = ("pk",)  # shows the box; what it finds is up to `found_by`

    def get_action_choices(
        self,
        request: HttpRequest,
        default_choices: list[tuple[str, str]] | None = None,  # noqa: ARG002  Django's signature
        action_location: ActionLocation = ActionLocation.CHANGE_LIST,
    ) -> list[tuple[str, str]]:
        """Django's own: Unfold's does not know of locations yet."""
        return DjangoModelAdmin.get_action_choices(self, request, [("", "Elegí qué hacer")], action_location)

    def get_list_display_links(
        self,
        request: HttpRequest,  # noqa: ARG002  Django's signature
        list_display: Sequence[str | Callable[[Row], str | bool]],
    ) -> list[str | Callable[[Row], str | bool]]:
        """The first column that is no link of its own leads to the record: a link in a link is none."""
        own = [name for name in list_display if not self._leads_elsewhere(name)]
        return own[:1]

    def _leads_elsewhere(self, column: str | Callable[[Row], str | bool]) -> bool:
        found = getattr(self, column, None) if isinstance(column, str) else column
        return bool(getattr(found, "leads_elsewhere", False))

    def found_by(self, typed: str) -> Q:
        """The rows that somebody of the office means by what they typed, which is never empty."""
        return Q(pk=int(typed)) if typed.isdecimal() and len(typed) < 19 else Q(pk__in=[])

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002  Django's signature
        queryset: QuerySet[Row],
        search_term: str,
    ) -> tuple[QuerySet[Row], bool]:
        """The rows found, each once."""
        typed = search_term.strip().replace("\x00", "")
        return (queryset.filter(self.found_by(typed)) if typed else queryset), False

    def about(self, request: HttpRequest, row: Row) -> Mapping[str, object]:  # noqa: ARG002  for those that need it
        """What the template of a row's page is told besides its fields: its story, and what this person may do."""
        return {}

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,  # noqa: FBT001, FBT002  Django's signature
        change: bool = False,  # noqa: FBT001, FBT002
        form_url: str = "",
        obj: Row | None = None,
    ) -> HttpResponse:
        """With what there is to say `about` the row."""
        if obj is not None:
            context |= self.about(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the office did to the record and, for whoever may see that, what changed: from what to what."""
        told = []
        if request.user.has_perm("shared.view_recordedchange") and object_id.isdecimal() and len(object_id) < 19:
            changes = RecordedChange.objects.filter(table__in=tables_of(self.model), record=int(object_id))
            told = tell(changes.newest_first()[:CHANGES_TOLD])
        return super().history_view(request, object_id, {**(extra_context or {}), "told": told})

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002  Django's signature
        obj: Row | None = None,  # noqa: ARG002
    ) -> bool:
        """Nothing is deleted from here."""
        return False


class ReadOnlyAdmin[Row: Model](OfficeAdmin[Row]):
    """Rows that the office reads and only acts of the portal write."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  Django's signature
        """Never."""
        return False

    def has_change_permission(
        self,
        request: HttpRequest,  # noqa: ARG002  Django's signature
        obj: Row | None = None,  # noqa: ARG002
    ) -> bool:
        """Never."""
        return False


class ReadOnlyInline[Row: Model, Parent: Model](TabularInline[Row, Parent]):
    """Rows that belong to a record."""

    extra = 0
    max_num = 0
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    can_delete = False
    show_title = False  # a line says by its columns what it is
    per_page: ClassVar[int | None] = 15
    fields: ClassVar[tuple[str, ...]]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        """All of them, also those that no form could have."""
        return self.fields

    def has_add_permission(self, request: HttpRequest, obj: Parent | None = None) -> bool:  # noqa: ARG002  Django's signature
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Parent | None = None) -> bool:  # noqa: ARG002  Django's signature
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Parent | None = None) -> bool:  # noqa: ARG002  Django's signature
        """Never."""
        return False
