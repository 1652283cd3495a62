"""What the portal does by itself: the queue, for reading. Why a job failed is in the worker's log."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from procrastinate.contrib.django.models import ProcrastinateEvent

from oficina.shared.dates import day_and_clock
from oficina.shared.office.columns import NOTHING, json_column
from oficina.shared.office.records import ReadOnlyAdmin, ReadOnlyInline
from oficina.staff.models import BackgroundJob, JobStatus

_COLOURS = {
    JobStatus.TODO: "info",
    JobStatus.DOING: "info",
    JobStatus.SUCCEEDED: "success",
    JobStatus.FAILED: "danger",
    JobStatus.CANCELLED: "warning",
    JobStatus.ABORTED: "warning",
}
_EVENTS = {
    "deferred": "Puesta en la cola",
    "scheduled": "Programada",
    "started": "Comenzó",
    "deferred_for_retry": "Se va a reintentar",
    "failed": "Falló",
    "succeeded": "Terminó bien",
    "cancelled": "Cancelada",
    "abort_requested": "Se pidió interrumpirla",
    "aborted": "Interrumpida",
}


def status_name(status: str) -> str:
    """Our word for the queue's."""
    return JobStatus(status).label if status in JobStatus.values else status


class StatusFilter(admin.SimpleListFilter):
    """How far the jobs came."""

    title = "estado"
    parameter_name = "estado"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [(status.value, status.label) for status in JobStatus]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BackgroundJob]) -> QuerySet[BackgroundJob]:  # noqa: ARG002  Django's signature
        return queryset.filter(status=self.value()) if self.value() else queryset


class EventInline(ReadOnlyInline[ProcrastinateEvent, BackgroundJob]):
    """What happened to a job."""

    model = ProcrastinateEvent
    fk_name = "job"
    fields = ("moment", "what")
    ordering = ("pk",)
    verbose_name_plural = "Qué pasó"

    @admin.display(description="momento")
    def moment(self, event: ProcrastinateEvent) -> str:
        return day_and_clock(event.at) if event.at else NOTHING

    @admin.display(description="qué pasó")
    def what(self, event: ProcrastinateEvent) -> str:
        return _EVENTS.get(event.type, event.type)


@admin.register(BackgroundJob)
class BackgroundJobAdmin(ReadOnlyAdmin[BackgroundJob]):
    """The queue, newest first."""

    list_display = ("pk_shown", "task", "status_shown", "tries", "when")
    list_filter = (StatusFilter,)
    search_help_text = "Número de la tarea, o su nombre entero"
    fields = readonly_fields = ("task", "status_word", "tries", "when", "queue", "args_shown")
    inlines = (EventInline,)
    args_shown = json_column("args", "datos")

    def found_by(self, typed: str) -> Q:
        return super().found_by(typed) | Q(task_name=typed)

    @admin.display(description="número")
    def pk_shown(self, job: BackgroundJob) -> str:
        return str(job.pk)

    @admin.display(description="estado")
    def status_shown(self, job: BackgroundJob) -> tuple[str, str]:
        return job.status, status_name(job.status)

    status_shown.label = dict(_COLOURS)  # type: ignore[attr-defined]  # what Unfold reads to colour it

    @admin.display(description="tarea")
    def task(self, job: BackgroundJob) -> str:
        return job.task_name

    @admin.display(description="estado")
    def status_word(self, job: BackgroundJob) -> str:
        return status_name(job.status)

    @admin.display(description="intentos")
    def tries(self, job: BackgroundJob) -> int:
        return job.attempts

    @admin.display(description="programada para")
    def when(self, job: BackgroundJob) -> str:
        return day_and_clock(job.scheduled_at) if job.scheduled_at else NOTHING

    @admin.display(description="cola")
    def queue(self, job: BackgroundJob) -> str:
        return job.queue_name
