"""The pages on which the office has files written, sees them grow, and takes them."""

from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import logged_in_user
from oficina.shared.dates import today
from oficina.shared.office.act_pages import list_address
from oficina.staff.files.downloads import download
from oficina.staff.files.enums import ExportKind
from oficina.staff.files.export_jobs import ask_for_export
from oficina.staff.files.exports import EXPORTS
from oficina.staff.files.forms import ExportForm
from oficina.staff.files.jobs import cancel_job
from oficina.staff.files.models import ExportJob
from oficina.staff.files.shown_imports import TONES
from oficina.staff.files.trace import ASKED, note
from oficina.staff.pages import office_answer, office_page

SEES: Final = "staff.view_exportjob"
_RECENT: Final = 15
_LOOKS_AGAIN_AFTER: Final = 2
"""Seconds."""


@office_page(SEES)
@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: HttpRequest) -> HttpResponse:
    """What and of which days; then a job writes the file."""
    person = logged_in_user(request)
    kinds = [kind for kind, export in EXPORTS.items() if person.has_perm(export.permission)]
    first = {"since": today().replace(day=1), "until": today()}
    form = ExportForm(request.POST or None, kinds=kinds, initial=first)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        kind = ExportKind(asked["kind"])
        job = ask_for_export(kind, asked["since"], asked["until"], by=person, now=timezone.now())
        note(job, "Pidió la exportación", by=person, flag=ASKED)
        return _see(job)
    recent = ExportJob.objects.select_related("requested_by").order_by("-pk")[:_RECENT]
    return office_answer(
        request,
        "office/files/exports.html",
        title="Exportar datos",
        form=form if kinds else None,
        jobs=[(job, TONES[job.state]) for job in recent],
        history=list_address(ExportJob),
    )


@office_page(SEES)
@require_safe
def export_job(request: HttpRequest, job_id: str) -> HttpResponse:
    """How far it is, and the file. With HTMX only that, as it is now."""
    job = _job(job_id)
    part = "#progress" if "HX-Request" in request.headers else ""
    return office_answer(
        request,
        f"office/files/export_job.html{part}",
        title=job.get_kind_display(),
        job=job,
        tone=TONES[job.state],
        may_take=_may_take(request, job),
        wait_seconds=_LOOKS_AGAIN_AFTER,
        days=settings.UTILITY.office_file_days,
    )


@office_page(SEES)
@require_POST
def cancel_export(request: HttpRequest, job_id: str) -> HttpResponse:
    """Stop it: no file is kept."""
    job, person = _job(job_id), logged_in_user(request)
    if not _may_take(request, job):
        messages.error(request, "No tenés permiso para cancelarla.")
    elif cancel_job(job, now=timezone.now()):
        note(job, "Pidió cancelarla", by=person)
        messages.info(request, "Se cancela la exportación.")
    return _see(job)


@office_page(SEES)
@require_safe
def export_file(request: HttpRequest, job_id: str) -> HttpResponse:
    """The file, for who may export such a thing. That it was taken is noted: it may have personal data."""
    job = _job(job_id)
    if job.stored is None or not _may_take(request, job):
        raise Http404
    note(job, "Descargó el archivo", by=logged_in_user(request))
    return download(job.stored, f"{EXPORTS[ExportKind(job.kind)].name}-{job.since}-{job.until}.csv")


def _may_take(request: HttpRequest, job: ExportJob) -> bool:
    return request.user.has_perm(EXPORTS[ExportKind(job.kind)].permission)


def _job(job_id: str) -> ExportJob:
    return get_object_or_404(ExportJob.objects.select_related("requested_by", "stored"), public_id=job_id)


def _see(job: ExportJob) -> HttpResponse:
    return HttpResponseRedirect(reverse("office:export_job", args=[job.public_id]), status=HTTPStatus.SEE_OTHER)
