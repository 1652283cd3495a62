import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
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


def test_log_says_why_a_job_is_tried_again_and_nothing_of_its_arguments(caplog: pytest.LogCaptureFixture) -> None:
    TRIES_AGAIN_SOON.get_retry_decision(exception=OSError("the server is busy"), job=a_job(2))

    assert caplog.messages == ["job 1 any failed, again in 120 s"]
    assert "OSError: the server is busy" in caplog.text


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


def kill_the_worker_of(task_name: str) -> None:
    """The jobs of this task are in the hands of a worker that was last heard of an hour ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        worker = cursor.fetchone()
        assert worker is not None
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE task_name = %s AND status = 'todo'",
            [worker[0], task_name],
        )


def jobs_left() -> list[tuple[str, int, str]]:
    """What the queue has of the test: the task, the moment its job was made for, and the status.

    The worker adds the periodic jobs of the minute in which it runs.
    """
    kept = ProcrastinateJob.objects.filter(args__timestamp__lt=10).order_by("task_name", "id")
    return [(job.task_name, job.args["timestamp"], job.status) for job in kept]


@pytest.mark.django_db(transaction=True)
def test_job_of_a_killed_worker_is_run_again() -> None:
    app.configure_task(tidy_up.name).defer(timestamp=1)
    kill_the_worker_of(tidy_up.name)
    app.configure_task(retry_stalled_jobs.name).defer(timestamp=2)

    run_worker()
    run_worker()

    assert jobs_left() == [("shared.retry_stalled_jobs", 2, "succeeded"), ("shared.tidy_up", 1, "succeeded")]


@pytest.mark.django_db(transaction=True)
def test_job_of_a_killed_worker_gives_way_to_the_same_one_that_waits_already() -> None:
    app.configure_task("billing.reconcile").defer(timestamp=1)
    kill_the_worker_of("billing.reconcile")
    app.configure_task("billing.reconcile").defer(timestamp=2)  # it waits for the lock that the dead one still has
    app.configure_task(tidy_up.name).defer(timestamp=3)
    kill_the_worker_of(tidy_up.name)
    app.configure_task(retry_stalled_jobs.name).defer(timestamp=4)

    run_worker()
    run_worker()

    assert jobs_left() == [
        ("billing.reconcile", 2, "succeeded"),
        ("shared.retry_stalled_jobs", 4, "succeeded"),
        ("shared.tidy_up", 3, "succeeded"),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_put_back_the_jobs_of_a_killed_worker() -> None:
    app.configure_task(tidy_up.name).defer(timestamp=1)
    kill_the_worker_of(tidy_up.name)
    app.configure_task("accounts.forget_link_attempts").defer(timestamp=2)
    kill_the_worker_of("accounts.forget_link_attempts")
    app.configure_task(retry_stalled_jobs.name).defer(timestamp=3)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")  # as whoever starts next does with the dead

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM procrastinate_jobs"
                " WHERE task_name = %s",
                [tidy_up.name],
            )
            working = pool.submit(run_worker)
            wait_until_somebody_stands_at_a_lock()
        working.result()
    run_worker()

    assert jobs_left() == [
        ("accounts.forget_link_attempts", 2, "succeeded"),
        ("shared.retry_stalled_jobs", 3, "succeeded"),
        ("shared.tidy_up", 1, "succeeded"),
    ]


def wait_until_somebody_stands_at_a_lock() -> None:
    """Looks on, from a connection that waits for nothing itself."""
    for _ in range(2000):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_stat_clear_snapshot(), EXISTS (SELECT FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock')"  # the server is shared
            )
            row = cursor.fetchone()
        if row is not None and row[1]:
            return
        time.sleep(0.005)
    raise TimeoutError("nobody came to the lock")


@pytest.fixture
def fails_after_enqueueing() -> Iterator[str]:
    """A task that enqueues a job and then fails, all in one transaction."""
    name = "tests.fails_after_enqueueing"

    @app.task(name=name)
    def fail_after_enqueueing(*, timestamp: int) -> None:
        with transaction.atomic():
            app.configure_task(tidy_up.name).defer(timestamp=timestamp + 1)
            raise OSError("rolled back")

    yield name
    del app.tasks[name]


@pytest.mark.django_db(transaction=True)
def test_what_a_job_enqueues_is_rolled_back_with_the_transaction_that_caused_it(fails_after_enqueueing: str) -> None:
    app.configure_task(fails_after_enqueueing).defer(timestamp=1)

    run_worker()

    assert jobs_left() == [("tests.fails_after_enqueueing", 1, "failed")]
