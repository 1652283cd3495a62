from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job
from time_machine import Traveller

from oficina.shared.jobs import TRIES_AGAIN_FOR_A_DAY, TRIES_AGAIN_SOON, TriesAgain
from oficina.shared.tasks import retry_stalled_jobs, tidy_up
from tests.conftest import NOON
from tests.jobs import run_jobs, run_worker


def a_job(attempts: int) -> Job:
    return Job(
        id=1,
        status="doing",
        priority=0,
        queue="default",
        lock=None,
        queueing_lock=None,
        task_name="any",
        attempts=attempts,
    )


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 5), (1, 30), (4, 3600)])
def test_failed_job_is_tried_again_after_each_wait(attempts: int, seconds: int, at_noon: Traveller) -> None:
    decision = TRIES_AGAIN_SOON.get_retry_decision(exception=OSError(), job=a_job(attempts))

    assert decision is not None
    assert decision.retry_at == NOON + timedelta(seconds=seconds)


def test_failed_job_stays_failed_when_every_wait_was_used() -> None:
    assert TRIES_AGAIN_SOON.get_retry_decision(exception=OSError(), job=a_job(5)) is None
    assert TriesAgain(()).get_retry_decision(exception=OSError(), job=a_job(0)) is None


def test_mail_is_tried_for_most_of_a_day() -> None:
    assert timedelta(seconds=sum(TRIES_AGAIN_FOR_A_DAY.waits)) > timedelta(hours=20)


@pytest.mark.django_db
def test_test_queue_runs_what_is_due_in_order_and_leaves_the_rest(at_noon: Traveller) -> None:
    app.configure_task(tidy_up.name).defer(timestamp=1)
    app.configure_task("shared.send_mail", schedule_at=datetime(2026, 11, 24, 15, 0, 1, tzinfo=UTC)).defer(mail_id=0)

    assert run_jobs() == ["shared.tidy_up"]
    assert run_jobs() == []


def test_periodic_jobs_are_known_to_the_worker() -> None:
    assert {task_name for task_name, _ in app.periodic_registry.periodic_tasks} >= {
        "shared.retry_stalled_jobs",
        "shared.tidy_up",
        "shared.remove_finished_jobs",
    }


@pytest.mark.django_db(transaction=True)
def test_job_of_a_killed_worker_is_run_again() -> None:
    app.configure_task(tidy_up.name).defer(timestamp=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", cursor.fetchone())
    app.configure_task(retry_stalled_jobs.name).defer(timestamp=2)

    run_worker()
    run_worker()

    assert [job.status for job in ProcrastinateJob.objects.filter(task_name="shared.tidy_up")] == ["succeeded"]
