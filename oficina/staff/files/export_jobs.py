"""Exports that the office asks for: a job writes the file, which is kept for some days; who took what stays known."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from procrastinate.contrib.django import app

from accounts.models import User
from oficina.shared.exporting import Counted, written
from oficina.shared.money import ZERO
from oficina.staff.files.enums import ExportKind, JobState
from oficina.staff.files.exports import EXPORTS, Export
from oficina.staff.files.jobs import JobStoppedError, Telling, begin_job, end_job, telling
from oficina.staff.files.models import ExportJob
from oficina.staff.files.storage import store

RUN_EXPORT_TASK: Final = "staff.run_export"
_ONE_AT_A_TIME: Final = "staff.export"
"""The lock of the queue: the longest may take minutes, and mail has to go on meanwhile."""
_OUR_FAULT: Final = "Falló algo de nuestro lado. Quedó registrado."


class KindNotAllowedError(Exception):
    """The person may not take this out."""


class DaysMakeNoSenseError(Exception):
    """The last day is before the first."""


def ask_for_export(kind: ExportKind, since: date, until: date, *, by: User, now: datetime) -> ExportJob:
    """Have a file of these local days written, or give the job of the same person that does just that.

    Raises KindNotAllowedError and DaysMakeNoSenseError.
    """
    if not by.has_perm(EXPORTS[kind].permission):
        raise KindNotAllowedError
    if until < since:
        raise DaysMakeNoSenseError
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        same = ExportJob.objects.under_way().filter(requested_by=by, kind=kind, since=since, until=until)
        if (under_way := same.first()) is not None:
            return under_way
        job = ExportJob.objects.create(kind=kind, since=since, until=until, requested_by=by, requested_at=now)
        app.configure_task(RUN_EXPORT_TASK, lock=_ONE_AT_A_TIME).defer(job_id=job.pk)
    return job


def run_export(job_id: int, *, now: datetime) -> None:
    """Write the file, once: a job that comes back from a worker that died is interrupted instead."""
    job = begin_job(ExportJob, job_id, now=now)
    if job is None:
        return
    export = EXPORTS[ExportKind(job.kind)]
    try:
        with telling(job) as told, transaction.atomic():  # in a transaction rows come as they are read
            rows = _Added(export, job, told)
            file = store(text.encode() for text in written(export.columns, rows))
            told.tell(at_once=True, lines=rows.count)
    except JobStoppedError:
        end_job(job, JobState.CANCELLED)
    except Exception:
        end_job(job, JobState.FAILED, reason=_OUR_FAULT)
        raise
    else:
        end_job(job, JobState.FINISHED, lines=rows.count, total=rows.total, stored=file, sha256=file.sha256)


class _Added(Counted[Any]):
    """The rows, what they add up to, and the job's row that is told of each."""

    def __init__(self, export: Export[Any], job: ExportJob, told: Telling) -> None:
        super().__init__(export.rows(job.since, job.until))
        self._amount = export.amount
        self._told = told
        self.total: Decimal | None = ZERO if export.amount else None

    def __iter__(self) -> Iterator[Any]:
        for row in super().__iter__():
            if self._amount and self.total is not None:
                self.total += self._amount(row)
            self._told.tell(lines=self.count)
            yield row
