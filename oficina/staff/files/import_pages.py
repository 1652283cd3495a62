"""The pages on which the office brings files, sees them tried or imported, and reads what became of them."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import logged_in_user
from oficina.shared.imports.refusals import FilesRefusedError
from oficina.staff.files.downloads import download
from oficina.staff.files.forms import ImportForm
from oficina.staff.files.import_jobs import (
    AlreadyFollowedError,
    FilesForgottenError,
    KindsNotAllowedError,
    ask_again,
    ask_for_import,
)
from oficina.staff.files.jobs import cancel_job
from oficina.staff.files.models import ImportJob
from oficina.staff.files.shown_imports import TONES, recent_imports, shown_import
from oficina.staff.files.trace import ASKED, note
from oficina.staff.imports import IMPORT_KINDS, PERMISSIONS
from oficina.staff.pages import office_answer, office_page

SEES: Final = "staff.view_importjob"
_RECENT: Final = 15
_LOOKS_AGAIN_AFTER: Final = 2
"""Seconds."""


@csrf_exempt  # the page checks it itself, once it knows who sends: what is checked is read, and may be large
@office_page(SEES)
@require_http_methods(["GET", "HEAD", "POST"])
def import_files(request: HttpRequest) -> HttpResponse:
    """The files are chosen, looked at and kept; then a job tries or imports them."""
    kinds = [kind.label for kind in IMPORT_KINDS if request.user.has_perm(PERMISSIONS[kind.name])]
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if request.method == "POST" and form.is_valid():
        job = _ask(request, form)
        if job is not None:
            return _see(job)
    jobs = [(job, TONES[job.state]) for job in recent_imports(_RECENT)]
    return office_answer(
        request,
        "office/files/import.html",
        title="Importar archivos",
        form=form if kinds else None,
        kinds=kinds,
        most=settings.UTILITY.office_upload_megabytes,
        jobs=jobs,
    )


@office_page(SEES)
@require_safe
def import_job(request: HttpRequest, job_id: str) -> HttpResponse:
    """How far it is, and what became of it. With HTMX only that, as it is now."""
    job = _job(job_id)
    shown = shown_import(job, logged_in_user(request))
    part = "#progress" if "HX-Request" in request.headers else ""
    return office_answer(
        request,
        f"office/files/import_job.html{part}",
        title=shown.heading,
        shown=shown,
        job=job,
        wait_seconds=_LOOKS_AGAIN_AFTER,
        days=settings.UTILITY.office_file_days,
    )


@office_page(SEES)
@require_POST
def import_again(request: HttpRequest, job_id: str) -> HttpResponse:
    """The same files once more: for real after a trial, or again after what was not finished."""
    job, person = _job(job_id), logged_in_user(request)
    dry_run = request.POST.get("como") != ImportForm.IMPORT
    try:
        following = ask_again(job, by=person, dry_run=dry_run, now=timezone.now())
    except KindsNotAllowedError:
        messages.error(request, "No tenés permiso para importar estos archivos.")
    except FilesForgottenError:
        messages.error(request, "Los archivos ya no están guardados. Subilos de nuevo.")
    except AlreadyFollowedError:
        messages.info(request, "Ya se pidió.")
    else:
        note(following, "Pidió probarlos" if dry_run else "Pidió importarlos", by=person, flag=ASKED)
        return _see(following)
    return _see(job)


@office_page(SEES)
@require_POST
def cancel_import(request: HttpRequest, job_id: str) -> HttpResponse:
    """Stop it: of the file in hand nothing is kept."""
    job, person = _job(job_id), logged_in_user(request)
    if not (job.requested_by_id == person.pk or _may_stop(request)):
        messages.error(request, "La puede cancelar quien la pidió.")
    elif cancel_job(job, now=timezone.now()):
        note(job, "Pidió cancelarla", by=person)
        messages.info(request, "Se cancela. Del archivo que estaba en curso no queda nada a medias.")
    return _see(job)


@office_page(SEES)
@require_safe
def import_report(request: HttpRequest, job_id: str) -> HttpResponse:
    """The rows that were refused, for a spreadsheet. That they were taken is noted: they may have personal data."""
    job = _job(job_id)
    if job.report is None:
        raise Http404
    note(job, "Descargó las filas rechazadas", by=logged_in_user(request))
    return download(job.report, f"filas-rechazadas-{job.pk}.csv")


def _ask(request: HttpRequest, form: ImportForm) -> ImportJob | None:
    """The job; None when the files were refused, which the form then says."""
    person, files = logged_in_user(request), form.cleaned_data["chosen"]
    with _on_disk(files) as paths:
        try:
            key, dry_run = form.cleaned_data["key"], form.dry_run
            job = ask_for_import(paths, by=person, dry_run=dry_run, key=key, now=timezone.now())
        except FilesRefusedError as refusal:
            for path, reason in refusal.refused:
                form.add_error("chosen", f"{paths[path]}: {reason}")
            form.add_error("chosen", "No se importó nada.")
            return None
        except KindsNotAllowedError as refusal:
            form.add_error("chosen", f"No tenés permiso para importar archivos de {', '.join(refusal.labels)}.")
            return None
    note(job, f"Subió {', '.join(paths.values())}"[:500], by=person, flag=ASKED)
    return job


@contextmanager
def _on_disk(files: Sequence[UploadedFile[bytes]]) -> Iterator[dict[Path, str]]:
    """The uploaded files by their place on the disk, with people's names for them. What is small was in memory."""
    with tempfile.TemporaryDirectory(prefix="oficina-upload-") as folder:
        paths = {}
        for number, file in enumerate(files):
            path = Path(folder) / f"{number}.csv"
            with path.open("wb") as written:
                for block in file.chunks():
                    written.write(block)
            paths[path] = file.name or f"{number + 1}.csv"
        yield paths


def _may_stop(request: HttpRequest) -> bool:
    """Whoever may import everything may stop what others began."""
    return all(request.user.has_perm(permission) for permission in PERMISSIONS.values())


def _job(job_id: str) -> ImportJob:
    return get_object_or_404(ImportJob.objects.select_related("requested_by", "report", "follows"), public_id=job_id)


def _see(job: ImportJob) -> HttpResponse:
    return HttpResponseRedirect(reverse("office:import_job", args=[job.public_id]), status=HTTPStatus.SEE_OTHER)
