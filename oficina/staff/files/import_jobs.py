"""Imports that the office asks for: the files are looked at and kept at once, a job tries or imports them."""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from csv import reader
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from django.db import transaction
from procrastinate.contrib.django import app

from accounts.models import User
from oficina.shared.imports.files import TrustedFile
from oficina.shared.imports.refusals import FilesRefusedError, ImportCancelledError, ImportFailedError
from oficina.shared.imports.reports import HEADER, ImportReport
from oficina.shared.imports.runs import ImportRequest, import_files, inspect_files
from oficina.shared.imports.staging import BadRow
from oficina.shared.imports.watching import ImportStage, ImportWatcher
from oficina.shared.spreadsheets import spreadsheet
from oficina.staff.files.enums import ImportStep, JobState
from oficina.staff.files.jobs import JobStoppedError, Telling, begin_job, end_job, telling
from oficina.staff.files.models import ImportFile, ImportJob, StoredFile
from oficina.staff.files.storage import blocks_of, store, write_to
from oficina.staff.imports import IMPORT_KINDS, PERMISSIONS

RUN_IMPORT_TASK: Final = "staff.run_import"
_ONE_AT_A_TIME: Final = "staff.import"
"""The lock of the queue. Imports would wait for each other anyway, but each in the hands of a worker."""
_STEPS: Final = {
    ImportStage.WAITING: ImportStep.WAITING,
    ImportStage.READING: ImportStep.READING,
    ImportStage.MERGING: ImportStep.MERGING,
}
_OUR_FAULT: Final = "Falló algo de nuestro lado. Quedó registrado."


@dataclass(eq=False)
class KindsNotAllowedError(Exception):
    """The person may not import files of these kinds; `labels` are what the office calls them."""

    labels: Sequence[str]


class FilesForgottenError(Exception):
    """The files were kept for some days, and are gone."""


class AlreadyFollowedError(Exception):
    """The same files are waiting or in hand already, after the same job."""


def ask_for_import(paths: Mapping[Path, str], *, by: User, dry_run: bool, key: str, now: datetime) -> ImportJob:
    """Look at files on this machine's disk, each with people's name for it, keep them, and have them tried or imported.

    `key` names this filling-in of the form, and becomes the name of the job: sent twice, it is one job.

    Raises FilesRefusedError when one cannot be trusted as a whole, and KindsNotAllowedError; nothing is kept then.
    """
    request = ImportRequest(paths=list(paths), kinds=IMPORT_KINDS, names=paths, dry_run=dry_run, started_by_id=by.pk)
    files = inspect_files(request)
    forbidden = [file.kind.label for file in files if not by.has_perm(PERMISSIONS[file.kind.name])]
    if forbidden:
        raise KindsNotAllowedError(forbidden)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        if (sent_before := ImportJob.objects.filter(public_id=key, requested_by=by).first()) is not None:
            return sent_before
        return _enqueue([_keep(file) for file in files], ImportJob(public_id=key, dry_run=dry_run), by=by, now=now)


def ask_again(job: ImportJob, *, by: User, dry_run: bool, now: datetime) -> ImportJob:
    """Have the files of an earlier job tried or imported. Raises KindsNotAllowedError, FilesForgottenError and
    AlreadyFollowedError.
    """
    with transaction.atomic():
        ImportJob.objects.select_for_update(no_key=True).get(pk=job.pk)
        files = list(job.files.order_by("pk"))
        if not may_import(by, files):
            raise KindsNotAllowedError([file.kind for file in files])
        if any(file.stored_id is None for file in files):
            raise FilesForgottenError
        if job.followed_by.under_way().exists():
            raise AlreadyFollowedError
        return _enqueue(files, ImportJob(dry_run=dry_run, follows=job), by=by, now=now)


def may_import(person: User, files: Sequence[ImportFile]) -> bool:
    """Whether the person may import files of all these kinds."""
    return all(person.has_perm(PERMISSIONS[file.kind]) for file in files)


def run_import(job_id: int, *, now: datetime) -> None:
    """Do what was asked for, once: a job that comes back from a worker that died is interrupted instead."""
    job = begin_job(ImportJob, job_id, now=now)
    if job is None:
        return
    try:
        report = _import(job)
    except ImportCancelledError:
        end_job(job, JobState.CANCELLED)
    except ImportFailedError as failure:
        end_job(job, JobState.FAILED, reason=f"No se pudo importar: {failure.reason}")
    except FilesRefusedError as refusal:
        end_job(job, JobState.FAILED, reason=str(refusal.refused[0][1]))
    except FilesForgottenError:
        end_job(job, JobState.FAILED, reason="Los archivos ya no están guardados.")
    except Exception:
        end_job(job, JobState.FAILED, reason=_OUR_FAULT)
        raise
    else:
        end_job(job, JobState.FINISHED, bytes_read=job.bytes_total, report=report)


def _keep(file: TrustedFile) -> ImportFile:
    return ImportFile.objects.create(
        name=file.name[-255:],
        kind=file.kind.name,
        size=file.size,
        sha256=file.sha256,
        stored=store(blocks_of(file.path)),
    )


def _enqueue(files: Sequence[ImportFile], job: ImportJob, *, by: User, now: datetime) -> ImportJob:
    job.requested_by, job.requested_at = by, now
    job.bytes_total = sum(file.size for file in files)
    job.save()
    job.files.set(files)
    app.configure_task(RUN_IMPORT_TASK, lock=_ONE_AT_A_TIME).defer(job_id=job.pk)
    return job


def _import(job: ImportJob) -> StoredFile | None:
    """The report of the bad rows, None when there is none."""
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="oficina-import-")))
        names = _laid_out(job, folder)
        report = held.enter_context(_Report(folder / "report"))
        told = held.enter_context(telling(job))
        request = ImportRequest(
            paths=list(names), kinds=IMPORT_KINDS, names=names, dry_run=job.dry_run, started_by_id=job.requested_by_id
        )
        import_files(request, _Watcher(job, told, report))
        return report.stored()


def _laid_out(job: ImportJob, folder: Path) -> dict[Path, str]:
    """The files on this machine's disk, with people's names for them. Raises FilesForgottenError."""
    names = {}
    for number, file in enumerate(job.files.select_related("stored").order_by("pk")):
        if file.stored is None:
            raise FilesForgottenError
        path = folder / f"{number}.csv"
        write_to(path, file.stored)
        names[path] = file.name
    return names


class _Report:
    """The bad rows of all files, written as they are found, and kept as people open them (docs/decisions/0092)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows = 0
        self._written = ImportReport(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._written.__exit__(kind, error, traceback)

    def add(self, file_name: str, row: BadRow) -> None:
        """One bad row."""
        self._rows += 1
        self._written.add(file_name, row)

    def stored(self) -> StoredFile | None:
        """The report in the database; None without a bad row."""
        self._written.__exit__(None, None, None)
        if not self._rows:
            return None
        with self._path.open(encoding="utf-8", newline="") as stream:
            return store(spreadsheet(HEADER, islice(reader(stream), 1, None)))


class _Watcher(ImportWatcher):
    """Tells the job's row how far the import is, and stops the import when somebody asked for it."""

    def __init__(self, job: ImportJob, told: Telling, report: _Report) -> None:
        self._job = job
        self._told = told
        self._report = report
        self._file: TrustedFile | None = None
        self._bytes_before = self._rows_before = self._rows = 0

    def began(self, file: TrustedFile, run_id: int) -> None:  # noqa: ARG002  the watcher's signature
        """The run belongs to the job."""
        self._job.runs.add(run_id)

    def rows_read(self, file: TrustedFile, rows: int) -> None:
        """Of this file; those of the files before it count too."""
        self._turn_to(file)
        self._rows = rows

    def advanced(self, file: TrustedFile | None, stage: ImportStage, bytes_read: int) -> None:
        """Raises ImportCancelledError."""
        if file is not None:
            self._turn_to(file)
        try:
            self._told.tell(
                at_once=stage is not ImportStage.READING,
                step=_STEPS[stage].value,
                bytes_read=self._bytes_before + bytes_read,
                rows_read=self._rows_before + self._rows,
            )
        except JobStoppedError:
            raise ImportCancelledError from None

    def refused(self, file: TrustedFile, row: BadRow) -> None:
        """Into the report."""
        self._report.add(file.name, row)

    def _turn_to(self, file: TrustedFile) -> None:
        if self._file is not None and file is not self._file:
            self._bytes_before += self._file.size
            self._rows_before += self._rows
            self._rows = 0
        self._file = file
