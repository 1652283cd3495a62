"""What was taken out of the portal as files: by whom, when, of which days."""

from django.contrib import admin
from django.db.models import Q

from accounts.admin.search import people_found_by
from oficina.shared.office.columns import pesos_column, state_column
from oficina.shared.office.records import ReadOnlyAdmin
from oficina.staff.files.models import ExportJob
from oficina.staff.files.shown_imports import TONES


@admin.register(ExportJob)
class ExportJobAdmin(ReadOnlyAdmin[ExportJob]):
    """Each file, also when it is not kept any more."""

    list_display = (
        "requested_at", "kind", "since", "until", "requested_by", "state_shown", "lines", "total_shown",
    )  # fmt: skip
    list_filter = ("state", "kind")
    list_select_related = ("requested_by",)
    list_before_template = "admin/export_jobs.html"
    change_form_outer_before_template = "admin/export_job.html"
    search_help_text = "Mail, nombre o documento de quien la pidió"
    fieldsets = (
        ("Qué", {"fields": ("kind", ("since", "until"))}),
        ("Resultado", {"fields": ("state", "reason", ("lines", "total_shown"), "sha256")}),
        ("Momentos", {"fields": ("requested_by", "requested_at", ("started_at", "finished_at"), "cancel_asked_at")}),
    )
    readonly_fields = ("total_shown",)
    state_shown = state_column("state", "estado", TONES)
    total_shown = pesos_column("total", "total")

    def found_by(self, typed: str) -> Q:
        return Q(requested_by__in=people_found_by(typed))
