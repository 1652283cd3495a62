"""Running the queue in tests: in the test's own transaction, or as a worker does."""

import time
from unittest.mock import patch

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

QUEUE_TABLES = ("procrastinate_events", "procrastinate_periodic_defers", "procrastinate_jobs")
"""Not the workers: one may be running, and its jobs name it."""


def run_jobs() -> list[str]:
    """Run what is due in the queue, and what that enqueues, until nothing is left; gives the names of the tasks run.

    In the transaction of the test, one by one in order; a job that fails fails the test, without a second try.
    """
    done = []
    while (job := _due().order_by("-priority", "id").first()) is not None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job.pk])
            _call(job)
            cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'succeeded', false)", [job.pk])
        done.append(job.task_name)
    return done


def run_worker() -> None:
    """Let a real worker empty the queue: connections of its own, retries as in production. For tests that commit.

    What is due at this time of the day is no part of them: the tidying of the night would give way to itself.
    """
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with (
        app.replace_connector(connector.get_worker_connector()) as worker_app,
        patch.dict(worker_app.periodic_registry.periodic_tasks, clear=True),
    ):
        worker_app.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)


def forget_jobs() -> None:
    """Empty the queue. Its tables are unmanaged, so Django's flush passes them by."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(QUEUE_TABLES)} RESTART IDENTITY CASCADE")


def _due() -> QuerySet[ProcrastinateJob]:
    return ProcrastinateJob.objects.filter(Q(scheduled_at=None) | Q(scheduled_at__lte=timezone.now()), status="todo")


def _call(job: ProcrastinateJob) -> None:
    task = app.tasks[job.task_name]
    if task.pass_context:
        context = JobContext(app=app, job=job.procrastinate_job, start_timestamp=time.time(), abort_reason=lambda: None)
        task.func(context, **job.args)
    else:
        task.func(**job.args)
