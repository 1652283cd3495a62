"""The pages on which the office has a job tried again, or cancels one that waits."""

from typing import Any, Final, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from oficina.shared.office.act_pages import ActForm, ActPage, record_address, record_to_act_on
from oficina.staff.jobs.acts import JobNotFailed, JobNotWaiting, JobRefusal, JobWaitsAlready, cancel_job, retry_job
from oficina.staff.jobs.standing import task_words
from oficina.staff.models import BackgroundJob, JobStatus

RETRY: Final = "staff.retry_backgroundjob"
CANCEL: Final = "staff.cancel_backgroundjob"
_MOST = 200


class CancelForm(ActForm):
    """Why."""

    reason = forms.CharField(
        label="Motivo",
        max_length=300,
        widget=forms.Textarea,
        help_text="Queda con tu nombre.",
        error_messages={"required": "Escribí por qué se cancela."},
    )


def retry(listed: ModelAdmin[BackgroundJob], request: HttpRequest, pk: int) -> HttpResponse:
    """One more try of a job that failed; back to it."""
    job = record_to_act_on(listed, request, pk, RETRY)
    try:
        retry_job(job.pk)
    except JobNotFailed:
        messages.warning(request, "No hacía falta: ya no está como fallada.")
    except JobWaitsAlready:
        messages.info(request, "No hace falta: la próxima vuelta de esta tarea ya está en espera y hace lo mismo.")
    else:
        listed.log_change(cast("Any", request), job, "Reintentada")
        messages.success(request, "La pusimos en la cola: se prueba una vez más en unos segundos.")
    return HttpResponseRedirect(record_address(job))


def retry_many(listed: ModelAdmin[BackgroundJob], request: HttpRequest, chosen: QuerySet[BackgroundJob]) -> None:
    """One more try of those of the chosen that failed, oldest first."""
    again = 0
    for job in chosen.filter(status=JobStatus.FAILED).order_by("pk")[:_MOST]:
        try:
            retry_job(job.pk)
        except JobRefusal:
            continue
        listed.log_change(cast("Any", request), job, "Reintentada")
        again += 1
    if again:
        words = "1 tarea" if again == 1 else f"{again} tareas"
        messages.success(request, f"Pusimos {words} en la cola: se prueban una vez más en unos segundos.")
    else:
        messages.info(request, "No había nada para reintentar entre las elegidas.")


def cancel(listed: ModelAdmin[BackgroundJob], request: HttpRequest, pk: int) -> HttpResponse:
    """The form, the question, and the act; back to the job."""
    job = record_to_act_on(listed, request, pk, CANCEL)
    words = task_words(job.task_name)
    return _CANCELLING.answer(
        listed, request, job, CancelForm(request.POST or None), possible=job.status == JobStatus.TODO,
        title=f"Cancelar: {words.title}", does=words.does,
    )  # fmt: skip


def _cancel(listed: ModelAdmin[BackgroundJob], request: HttpRequest, job: BackgroundJob, form: CancelForm) -> None:
    try:
        cancel_job(job.pk)
    except JobNotWaiting:
        messages.warning(request, "No se canceló: ya había comenzado o terminado.")
    else:
        listed.log_change(cast("Any", request), job, f"Cancelada: {form.cleaned_data['reason']}")
        messages.success(request, "La cancelamos: no va a correr.")


_CANCELLING = ActPage(template="admin/acts/cancel_job.html", confirm="Sí, cancelarla", do=_cancel)
