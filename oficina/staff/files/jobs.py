"""How jobs with files begin, are told to stop, and end: the only writer of their states.

A job is done once. One that a worker had in hand when it was killed comes back from the queue, is closed as
interrupted, and may be asked for again: somebody of the office decides, since nobody saw it happen.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from time import monotonic
from typing import Final

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils import timezone
from psycopg.sql import SQL, Identifier, Literal

from oficina.staff.files.enums import JobState
from oficina.staff.files.models import ExportJob, ImportJob

type Job = ImportJob | ExportJob

_KILLED: Final = "El proceso que la hacía se cortó."
_TELLS_EVERY: Final = 1.0
"""Seconds."""


class JobStoppedError(Exception):
    """Somebody asked the job to stop, or it is no more in hand here."""


def begin_job[Kind: (ImportJob, ExportJob)](model: type[Kind], job_id: int, *, now: datetime) -> Kind | None:
    """Take a job in hand. None when there is nothing to do: it was cancelled or done meanwhile, or a worker was killed
    at it, and then it is interrupted.
    """
    with transaction.atomic():
        job = model._default_manager.select_for_update(no_key=True).get(pk=job_id)
        if job.state == JobState.RUNNING:
            _end(job, JobState.INTERRUPTED, reason=_KILLED)
        if job.state != JobState.QUEUED:
            return None
        job.state, job.started_at = JobState.RUNNING, now
        job.save(update_fields=["state", "started_at"])
    return job


def end_job(job: Job, state: JobState, *, reason: str = "", **result: object) -> None:
    """Close a job that is in hand, with what came of it. Does nothing when it was closed meanwhile."""
    with transaction.atomic():
        stored = type(job)._default_manager.select_for_update(no_key=True).get(pk=job.pk)
        if stored.state == JobState.RUNNING:
            _end(stored, state, reason=reason, **result)


def cancel_job(job: Job, *, now: datetime) -> bool:
    """Have a job stop: at once when it waits, soon when it is in hand. Whether there was something to stop."""
    with transaction.atomic():
        stored = type(job)._default_manager.select_for_update(no_key=True).get(pk=job.pk)
        if not stored.is_under_way:
            return False
        stored.cancel_asked_at = stored.cancel_asked_at or now
        stored.save(update_fields=["cancel_asked_at"])
        if stored.state == JobState.QUEUED:
            _end(stored, JobState.CANCELLED)
    return True


class Telling:
    """Writes how far a job came, and hears whether it shall stop, on a connection of its own: the work itself is in one
    transaction, which shows nothing before it ends.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._connection = connections.create_connection(DEFAULT_DB_ALIAS)
        self._told_at = 0.0

    def tell(self, *, at_once: bool = False, **progress: int | str) -> None:
        """The job came this far. Written now and then only, unless `at_once`. Raises JobStoppedError."""
        if not at_once and monotonic() < self._told_at + _TELLS_EVERY:
            return
        self._told_at = monotonic()
        values = SQL(", ").join(SQL("{} = {}").format(Identifier(name), Literal(progress[name])) for name in progress)
        statement = SQL(
            "UPDATE {} SET {} WHERE id = {} AND state = 'running' AND cancel_asked_at IS NULL RETURNING id"
        ).format(Identifier(self._job._meta.db_table), values, Literal(self._job.pk))
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            if cursor.fetchone() is None:
                raise JobStoppedError

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


@contextmanager
def telling(job: Job) -> Iterator[Telling]:
    """While the job is in hand."""
    told = Telling(job)
    try:
        yield told
    finally:
        told.close()


def _end(job: Job, state: JobState, *, reason: str = "", **result: object) -> None:
    job.state, job.reason, job.finished_at = state, reason, timezone.now()
    for name, value in result.items():
        setattr(job, name, value)
    job.save(update_fields=["state", "reason", "finished_at", *result])
