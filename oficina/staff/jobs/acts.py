"""What the office does about background jobs. Only jobs that failed are run again, and only waiting ones cancelled."""
# ruff: noqa: N818  refusals are named by what is wrong

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation

from oficina.staff.models import BackgroundJob, JobStatus


class JobRefusal(Exception):
    """Any of these. Nothing was changed."""


class JobNotFailed(JobRefusal):
    """It did not fail, or somebody had it tried again before."""


class JobWaitsAlready(JobRefusal):
    """The next of its kind waits, and will do its work."""


class JobNotWaiting(JobRefusal):
    """It is not waiting any more: it began, ended, or was cancelled."""


def retry_job(job_id: int) -> None:
    """Have a job that failed tried once more, at once. Raises JobNotFailed and JobWaitsAlready."""
    with transaction.atomic():
        _locked(job_id, JobStatus.FAILED, otherwise=JobNotFailed)
        try:
            with transaction.atomic():
                app.job_manager.retry_job_by_id(job_id, retry_at=timezone.now())
        except UniqueViolation:  # the index of the queueing lock, which admits one waiting job
            raise JobWaitsAlready from None


def cancel_job(job_id: int) -> None:
    """Have a job that waits never run. Raises JobNotWaiting."""
    with transaction.atomic():
        _locked(job_id, JobStatus.TODO, otherwise=JobNotWaiting)
        app.job_manager.cancel_job_by_id(job_id)


def _locked(job_id: int, status: JobStatus, *, otherwise: type[JobRefusal]) -> None:
    found = BackgroundJob.objects.select_for_update(no_key=True).filter(pk=job_id, status=status)
    if not found.values("pk").exists():
        raise otherwise
