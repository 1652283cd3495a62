"""The files that were imported, and what each row of them did."""

from django.contrib import admin
from django.db.models import Q

from oficina.shared.enums import ImportState
from oficina.shared.models import ImportChange, ImportRun
from oficina.shared.office.columns import json_column, linked_column, state_column
from oficina.shared.office.records import ReadOnlyAdmin

_COLOURS = {
    ImportState.FINISHED: "success",
    ImportState.RUNNING: "info",
    ImportState.REFUSED: "danger",
    ImportState.FAILED: "danger",
    ImportState.CANCELLED: "warning",
    ImportState.INTERRUPTED: "warning",
}


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin[ImportRun]):
    """Each file, whatever became of it."""

    list_display = (
        "started_at", "file_name", "kind", "state_shown", "dry_run", "rows", "inserted", "updated", "unchanged",
        "refused",
    )  # fmt: skip
    list_filter = ("state", "dry_run")
    list_select_related = ("started_by",)
    search_help_text = "Nombre del archivo o su SHA-256"
    fieldsets = (
        ("Archivo", {"fields": ("file_name", "kind", "size", "sha256", "dry_run")}),
        ("Resultado", {"fields": ("state", "reason", "rows", ("inserted", "updated", "unchanged", "refused"))}),
        ("Momentos", {"fields": ("started_by", "started_at", "finished_at")}),
    )
    state_shown = state_column("state", "estado", _COLOURS)

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
