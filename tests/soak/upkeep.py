"""What the portal does by itself: the queue, polling, the inbox; and what befalls it: time, a process that dies."""

from datetime import timedelta

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from billing import inbox, polling
from billing.models import WebhookEvent
from billing.receipts import DELIVER_RECEIPT_TASK
from billing.stored_documents import DRAW_DOCUMENTS_TASK
from billing.stored_events import UNFINISHED
from tests.soak.threads import is_an_answer
from tests.soak.violations import Violation
from tests.soak.world import World

_NOT_RUN_HERE = (DELIVER_RECEIPT_TASK, DRAW_DOCUMENTS_TASK, "shared.send_mail")
"""Drawing takes longer than everything else together; that it is enqueued once is checked."""

_ROUNDS = 12
_UNFINISHED = Q(status__in=UNFINISHED)


def poll(world: World, *, minutes_ahead: int) -> None:
    """The periodic job asks about the checkouts whose turn it is by then."""
    polling.check_checkouts(now=timezone.now() + timedelta(minutes=minutes_ahead))


def finish_inbox(world: World, *, minutes_ahead: int) -> None:
    """The periodic job takes up the events that are unfinished and old enough by then."""
    inbox.finish_events(now=timezone.now() + timedelta(minutes=minutes_ahead))


def work(world: World) -> None:
    """A worker empties the queue; what fails is put back for another time."""
    for job in ProcrastinateJob.objects.filter(status="todo").exclude(task_name__in=_NOT_RUN_HERE).order_by("id"):
        if ProcrastinateJob.objects.filter(pk=job.pk, status="todo").exists() and _taken(job.pk):
            try:
                app.tasks[job.task_name].func(**job.args)
            except BaseException as error:
                _put_back(job.pk)
                if not is_an_answer(error):
                    raise
            else:
                _finish(job.pk)


def pass_time(world: World, *, minutes: int) -> None:
    """It becomes later, here and at the provider; sessions run out, due dates pass."""
    world.ground.live_at(timezone.now() + timedelta(minutes=minutes))
    world.strikes["clock"] += 1


def let_crash(world: World, *, point: str) -> None:
    """The next process that comes to this point dies there."""
    world.ground.crashes.arm(point)


def come_to_rest(world: World) -> None:
    """No more faults; every message arrives, every periodic job has had its turn often enough."""
    world.simulator.clear_faults()
    world.ground.crashes.disarm()
    world.simulator.wait_until_idle(20)
    for _ in range(_ROUNDS):
        later = timezone.now() + timedelta(days=30)
        work(world)
        inbox.finish_events(now=later)
        polling.check_checkouts(now=later)
        if not WebhookEvent.objects.filter(_UNFINISHED).exists() and not _waiting_jobs():
            return
    left = list(WebhookEvent.objects.filter(_UNFINISHED).values_list("event_type", "status", "last_error"))
    if left:
        raise Violation("every verified event reaches a final status", left)
    raise Violation("every job is done in the end", _waiting_jobs())


def _waiting_jobs() -> list[tuple[str, str]]:
    waiting = ProcrastinateJob.objects.filter(status__in=["todo", "doing"]).exclude(task_name__in=_NOT_RUN_HERE)
    return list(waiting.values_list("task_name", "status"))


def _taken(job_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s AND status = 'todo'", [job_id])
        return bool(cursor.rowcount)


def _put_back(job_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'todo' WHERE id = %s", [job_id])


def _finish(job_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'succeeded', false)", [job_id])
