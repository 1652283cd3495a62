"""What the portal does by itself: the queue, why a job failed, and trying it again."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateWorker

from oficina.shared.dates import day_and_clock
from oficina.shared.job_failures import without_secrets
from oficina.shared.jobs import TASK_WORDS
from oficina.shared.models import JobFailure
from oficina.shared.office.columns import NOTHING, laid_out
from oficina.shared.office.records import ReadOnlyAdmin, ReadOnlyInline
from oficina.staff.admin import job_acts
from oficina.staff.jobs.standing import SILENT_AFTER, task_words
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
    "retried": "La oficina la hizo reintentar",
    "failed": "Falló",
    "succeeded": "Terminó bien",
    "cancelled": "Cancelada",
    "abort_requested": "Se pidió interrumpirla",
    "aborted": "Interrumpida",
}
_STALLED = "atascada"
_SHOWN_IDS, _SHOWN_LETTERS = 20, 80


def status_name(status: str) -> str:
    """Our word for the queue's."""
    return JobStatus(status).label if status in JobStatus.values else status


class StatusFilter(admin.SimpleListFilter):
    """How far the jobs came."""

    title = "estado"
    parameter_name = "estado"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [*((status.value, status.label) for status in JobStatus), (_STALLED, "Atascada")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BackgroundJob]) -> QuerySet[BackgroundJob]:  # noqa: ARG002  Django's signature
        if self.value() == _STALLED:
            alive = ProcrastinateWorker.objects.filter(
                pk=OuterRef("worker"), last_heartbeat__gt=timezone.now() - SILENT_AFTER
            )
            return queryset.filter(~Exists(alive), status=JobStatus.DOING)
        return queryset.filter(status=self.value()) if self.value() in JobStatus.values else queryset


class CauseFilter(admin.SimpleListFilter):
    """Whether the clock or something that happened put them in the queue."""

    title = "origen"
    parameter_name = "origen"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return [("reloj", "Corren solas"), ("hecho", "Por algo que pasó")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BackgroundJob]) -> QuerySet[BackgroundJob]:  # noqa: ARG002  Django's signature
        periodic = {name for name, _ in app.periodic_registry.periodic_tasks}
        match self.value():
            case "reloj":
                return queryset.filter(task_name__in=periodic)
            case "hecho":
                return queryset.exclude(task_name__in=periodic)
        return queryset


class TaskFilter(admin.SimpleListFilter):
    """Which task."""

    title = "tarea"
    parameter_name = "tarea"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        return sorted(((name, words.title) for name, words in TASK_WORDS.items()), key=lambda task: task[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[BackgroundJob]) -> QuerySet[BackgroundJob]:  # noqa: ARG002  Django's signature
        return queryset.filter(task_name=self.value()) if self.value() else queryset


class QueueFilter(admin.SimpleListFilter):
    """Which queue, once there is more than one."""

    title = "cola"
    parameter_name = "cola"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002  Django's signature
        queues = sorted({app.tasks[name].queue for name in TASK_WORDS if name in app.tasks})
        return [(queue, queue) for queue in queues] if len(queues) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[BackgroundJob]) -> QuerySet[BackgroundJob]:  # noqa: ARG002  Django's signature
        return queryset.filter(queue_name=self.value()) if self.value() else queryset


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

    list_display = ("pk_shown", "task", "status_shown", "tries", "when", "last_error")
    list_filter = (StatusFilter, CauseFilter, QueueFilter, TaskFilter)
    list_before_template = "admin/jobs_standing.html"
    search_help_text = "Número de la tarea, o su nombre entero en el sistema"
    fields = readonly_fields = ("task", "status_word", "tries", "when", "queue", "system_name", "args_shown")
    inlines = (EventInline,)
    actions = ("retry_chosen",)
    change_form_outer_before_template = "admin/job_acts.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[BackgroundJob]:
        """Each with its last error."""
        errors = JobFailure.objects.filter(job_id=OuterRef("pk")).order_by("-attempt").values("error")
        return super().get_queryset(request).annotate(last_failure=Subquery(errors[:1]))

    def found_by(self, typed: str) -> Q:
        return super().found_by(typed) | Q(task_name=typed)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Whoever may have failed jobs tried again."""
        return request.user.has_perm(job_acts.RETRY)

    def get_urls(self) -> list[URLPattern]:
        """With trying one again and cancelling one."""
        guarded = self.admin_site.admin_view
        retry = guarded(require_POST(partial(job_acts.retry, self)))
        cancel = guarded(partial(job_acts.cancel, self))
        return [
            path("<int:pk>/reintentar/", retry, name="staff_backgroundjob_retry"),
            path("<int:pk>/cancelar/", cancel, name="staff_backgroundjob_cancel"),
            *super().get_urls(),
        ]

    @admin.action(description="Reintentar las que fallaron", permissions=["retry"])
    def retry_chosen(self, request: HttpRequest, queryset: QuerySet[BackgroundJob]) -> None:
        """Those of the chosen that failed, once more."""
        job_acts.retry_many(self, request, queryset)

    def about(self, request: HttpRequest, row: BackgroundJob) -> Mapping[str, object]:
        """What the task does, why it failed, and what this person may do."""
        return {
            "does": task_words(row.task_name).does,
            "failures": JobFailure.objects.filter(job_id=row.pk).order_by("-attempt")[:10],
            "may_retry": row.status == JobStatus.FAILED and self.has_retry_permission(request),
            "may_cancel": row.status == JobStatus.TODO and request.user.has_perm(job_acts.CANCEL),
        }

    @admin.display(description="número")
    def pk_shown(self, job: BackgroundJob) -> str:
        return str(job.pk)

    @admin.display(description="estado")
    def status_shown(self, job: BackgroundJob) -> tuple[str, str]:
        return job.status, status_name(job.status)

    status_shown.label = dict(_COLOURS)  # type: ignore[attr-defined]  # what Unfold reads to colour it

    @admin.display(description="tarea")
    def task(self, job: BackgroundJob) -> str:
        return task_words(job.task_name).title

    @admin.display(description="nombre en el sistema")
    def system_name(self, job: BackgroundJob) -> str:
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

    @admin.display(description="último error")
    def last_error(self, job: BackgroundJob) -> str:
        error: str = vars(job)["last_failure"] or NOTHING
        return error if len(error) <= _SHOWN_LETTERS else f"{error[:_SHOWN_LETTERS]}…"

    @admin.display(description="cola")
    def queue(self, job: BackgroundJob) -> str:
        return job.queue_name

    @admin.display(description="datos")
    def args_shown(self, job: BackgroundJob) -> str:
        return laid_out({name: _harmless(value) for name, value in job.args.items()}) if job.args else NOTHING


def _harmless(value: object) -> object:
    """What a job was given: the keys of rows, mostly; of many the first."""
    if isinstance(value, list):
        few = [_harmless(each) for each in value[:_SHOWN_IDS]]
        return few if len(few) == len(value) else [*few, f"y {len(value) - _SHOWN_IDS} más"]
    return without_secrets(value) if isinstance(value, str) else value
