"""How the queue stands: which workers are alive, when each periodic task ran last, and which did not when it should."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import procrastinate.periodic
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinatePeriodicDefer, ProcrastinateWorker

from oficina.shared.jobs import TASK_WORDS, TaskWords
from oficina.staff.models import BackgroundJob, JobStatus

SILENT_AFTER: Final = timedelta(seconds=30)
"""Without a heartbeat for this long a worker is held to be dead, as the queue itself does."""

_GRACE = timedelta(minutes=10)
"""For a periodic task to begin. A worker that comes later leaves that round out."""


@dataclass(frozen=True, kw_only=True)
class PeriodicTask:
    """A task that runs by the clock. `last_at` is the moment its last round was for; moments are UTC."""

    name: str
    words: TaskWords
    last_at: datetime | None
    status: str
    job_id: int | None
    next_at: datetime
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A process that runs jobs."""

    number: int
    heard_at: datetime
    is_alive: bool


def task_words(name: str) -> TaskWords:
    """What a task is; one that is not the portal's any more keeps its name."""
    return TASK_WORDS.get(name, TaskWords(name, "Esta tarea ya no existe en el portal."))


def workers(*, now: datetime) -> list[Worker]:
    """Those that run, and those that ended without a word and were not forgotten yet."""
    return [
        Worker(number=each.pk, heard_at=each.last_heartbeat, is_alive=each.last_heartbeat > now - SILENT_AFTER)
        for each in ProcrastinateWorker.objects.order_by("pk")
    ]


def periodic_tasks(*, now: datetime) -> list[PeriodicTask]:
    """All of them, late ones first."""
    rounds = {defer.task_name: defer for defer in ProcrastinatePeriodicDefer.objects.order_by("defer_timestamp")}
    jobs = _jobs_of(rounds.values())
    found = [
        _standing(task, rounds.get(task.task.name), jobs, now) for task in app.periodic_registry.periodic_tasks.values()
    ]
    return sorted(found, key=lambda task: (not task.is_late, task.words.title))


def _jobs_of(rounds: Iterable[ProcrastinatePeriodicDefer]) -> dict[int, str]:
    keys = [defer.job_id for defer in rounds if defer.job_id is not None]
    return dict(BackgroundJob.objects.filter(pk__in=keys).values_list("pk", "status"))


def _standing(
    task: procrastinate.periodic.PeriodicTask[..., Any, ...],
    last: ProcrastinatePeriodicDefer | None,
    jobs: dict[int, str],
    now: datetime,
) -> PeriodicTask:
    last_at = None
    if last is not None and last.defer_timestamp is not None:
        last_at = datetime.fromtimestamp(last.defer_timestamp, UTC)
    clock = copy(task.croniter)  # it remembers where it is, and other threads ask it too
    due = datetime.fromtimestamp(clock.get_prev(ret_type=float, start_time=(now - _GRACE).timestamp()), UTC)
    status = jobs.get(last.job_id or 0, "") if last is not None else ""
    waits = status == JobStatus.TODO and last_at is not None and last_at < now - _GRACE
    return PeriodicTask(
        name=task.task.name,
        words=task_words(task.task.name),
        last_at=last_at,
        status=status,
        job_id=last.job_id if status and last is not None else None,
        next_at=datetime.fromtimestamp(clock.get_next(ret_type=float, start_time=now.timestamp()), UTC),
        is_late=last_at is None or last_at < due or waits,
    )
