"""The files that were imported, and what each row of them did."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from oficina.shared.enums import ImportState
from oficina.shared.models import ImportChange, ImportRun
from oficina.shared.office.columns import NOTHING, json_column, linked_column, state_column
from oficina.shared.office.records import ReadOnlyAdmin
from oficina.staff.imports import IMPORT_KINDS

_LABELS = {kind.name: kind.label.capitalize() for kind in IMPORT_KINDS}
_COLOURS = {
    ImportState.FINISHED: "success",
    ImportState.RUNNING: "info",
    ImportState.REFUSED: "danger",
    ImportState.FAILED: "danger",
    ImportState.CANCELLED: "warning",
    ImportState.INTERRUPTED: "warning",
}


class KindFilter(admin.SimpleListFilter):
    """What the files have."""

    title = "tipo"
    parameter_name = "tipo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [(kind.name, kind.label.capitalize()) for kind in IMPORT_KINDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ImportRun]) -> QuerySet[ImportRun]:  # noqa: ARG002  Django's signature
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin[ImportRun]):
    """Each file, whatever became of it, whether the office or the console imported it."""

    list_display = (
        "started_at", "file_name", "kind_shown", "state_shown", "dry_run", "rows", "inserted", "updated", "unchanged",
        "refused", "started_by",
    )  # fmt: skip
    list_filter = ("state", KindFilter, "dry_run")
    list_before_template = "admin/import_runs.html"
    change_form_outer_before_template = "admin/import_run.html"
    list_select_related = ("started_by",)
    search_help_text = "Nombre del archivo o su SHA-256"
    fieldsets = (
        ("Archivo", {"fields": ("file_name", "kind_shown", "size", "sha256", "dry_run")}),
        ("Resultado", {"fields": ("state", "reason", "rows", ("inserted", "updated", "unchanged", "refused"))}),
        ("Momentos", {"fields": ("started_by", "started_at", "finished_at")}),
    )
    readonly_fields = ("kind_shown",)
    state_shown = state_column("state", "estado", _COLOURS)

    @admin.display(description="tipo")
    def kind_shown(self, run: ImportRun) -> str:
        return _LABELS.get(run.kind, NOTHING)

    def about(self, request: HttpRequest, row: ImportRun) -> Mapping[str, object]:  # noqa: ARG002  the same for all
        """What was asked for at the office, with the report of the bad rows; None of the console."""
        return {"job": row.jobs.order_by("-pk").first()}

    def found_by(self, typed: str) -> Q:
        return Q(file_name__icontains=typed) | Q(sha256=typed.lower())


@admin.register(ImportChange)
class ImportChangeAdmin(ReadOnlyAdmin[ImportChange]):
    """One row for each row of each file: found by import or by row, never listed to the end."""

    list_display = ("pk_shown", "run_shown", "model", "object_id", "action")
    list_select_related = ("run",)
    search_help_text = "La fila: su tabla y su número, por ejemplo billing.invoice 1842"
    fields = ("run_shown", "model", "object_id", "action", "before_shown")
    readonly_fields = ("run_shown", "before_shown")
    run_shown = linked_column("run", "importación")
    before_shown = json_column("before", "antes")

    def found_by(self, typed: str) -> Q:
        model, _, key = typed.rpartition(" ")
        known = key.isdecimal() and len(key) < 19
        return Q(model=model.strip(), object_id=int(key)) if known else Q(pk__in=[])

    @admin.display(description="número")
    def pk_shown(self, change: ImportChange) -> str:
        return str(change.pk)
