"""How an import is shown: what became of each file, and what may be done next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Prefetch

from accounts.models import User
from oficina.shared.enums import ImportState
from oficina.shared.models import ImportRun
from oficina.staff.files.enums import ImportStep, JobState
from oficina.staff.files.import_jobs import may_import
from oficina.staff.files.models import ImportFile, ImportJob
from oficina.staff.imports import kind_called

TONES: Final[Mapping[str, str]] = {
    JobState.QUEUED: "info",
    JobState.RUNNING: "info",
    JobState.FINISHED: "success",
    JobState.CANCELLED: "warning",
    JobState.FAILED: "danger",
    JobState.INTERRUPTED: "danger",
}


@dataclass(frozen=True, kw_only=True)
class ShownFile:
    """A file of a job; `run` is what became of it, None while its turn has not come. `known` was imported before."""

    name: str
    kind: str
    run: ImportRun | None
    known: ImportRun | None

    @property
    def was_cut(self) -> bool:
        """Whether its run says that it goes on, though the job has ended: the next import closes it."""
        return self.run is not None and self.run.state == ImportState.RUNNING


@dataclass(frozen=True, kw_only=True)
class ShownImport:
    """A job as its page tells it to one person. `next_step` is the button: import for real, or the same again."""

    job: ImportJob
    tone: str
    heading: str
    files: Sequence[ShownFile]
    step: str
    percent: int
    refused: int
    rows: int
    next_step: str
    next_is_real: bool
    next_job: ImportJob | None

    @property
    def is_kept(self) -> bool:
        """Whether something of it was imported."""
        return not self.job.dry_run and any(
            file.run is not None and file.run.state == ImportState.FINISHED for file in self.files
        )


def shown_import(job: ImportJob, person: User) -> ShownImport:
    """What the page of a job says."""
    files = list(job.files.order_by("pk"))
    runs = list(job.runs.order_by("pk"))
    shown = [_shown(file, runs) for file in files]
    done = [file.run for file in shown if file.run is not None]
    next_step, next_is_real = _next(job, files, person)
    return ShownImport(
        job=job,
        tone=TONES[job.state],
        heading=_heading(job, len(files)),
        files=shown,
        step=ImportStep(job.step).label if job.step else "Empieza en unos segundos",
        percent=min(100, 100 * job.bytes_read // max(job.bytes_total, 1)),
        refused=sum(run.refused for run in done),
        rows=sum(run.rows for run in done),
        next_step=next_step,
        next_is_real=next_is_real,
        next_job=job.followed_by.order_by("pk").last(),
    )


def recent_imports(count: int) -> Sequence[ImportJob]:
    """The newest, each with its files and who asked for it."""
    files = Prefetch("files", queryset=ImportFile.objects.order_by("pk"))
    return list(ImportJob.objects.select_related("requested_by").prefetch_related(files).order_by("-pk")[:count])


def _shown(file: ImportFile, runs: Sequence[ImportRun]) -> ShownFile:
    own = next((run for run in runs if (run.sha256, run.file_name) == (file.sha256, file.name)), None)
    before = ImportRun.objects.filter(sha256=file.sha256, dry_run=False, state=ImportState.FINISHED)
    known = before.exclude(pk__in=[run.pk for run in runs]).order_by("-pk").first()
    return ShownFile(name=file.name, kind=kind_called(file.kind).label, run=own, known=known)


def _heading(job: ImportJob, files: int) -> str:
    what = "Prueba" if job.dry_run else "Importación"
    return f"{what} de {'un archivo' if files == 1 else f'{files} archivos'}"


def _next(job: ImportJob, files: Sequence[ImportFile], person: User) -> tuple[str, bool]:
    """The words of the button and whether it imports; no words when nothing may be done."""
    if job.is_under_way or any(file.stored_id is None for file in files) or not may_import(person, files):
        return "", False
    if job.state == JobState.FINISHED:
        return ("Importar de verdad", True) if job.dry_run else ("", False)
    return ("Probar de nuevo", False) if job.dry_run else ("Importar de nuevo", True)
