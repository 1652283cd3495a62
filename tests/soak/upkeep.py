"""What the portal does by itself: the queue, polling, the inbox, reconciliation; and what befalls it: time, a process
that dies.
"""

from datetime import date, timedelta

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from billing import inbox, polling, return_polling
from billing.channels.inbox import finish_messages
from billing.channels.operations import finish_operations
from billing.enums import PaymentState, RefundState
from billing.gateway.errors import ProviderUnavailableError
from billing.models import Payment, Refund, WebhookEvent
from billing.receipts import DELIVER_RECEIPT_TASK
from billing.reconciliation.comparison import reconcile as reconcile_days
from billing.stored_documents import DRAW_DOCUMENTS_TASK
from billing.stored_events import UNFINISHED
from oficina.shared.dates import local_day, today
from tests.soak import debits
from tests.soak.ground import BEGINNING
from tests.soak.threads import is_an_answer
from tests.soak.truths_at_rest import check_after_reconciliation, check_at_rest
from tests.soak.violations import Violation
from tests.soak.world import World

_NOT_RUN_HERE = (DELIVER_RECEIPT_TASK, DRAW_DOCUMENTS_TASK, "shared.send_mail")
"""Drawing takes longer than everything else together; that it is enqueued once is checked."""

_ROUNDS = 12
_REFUNDS_TAKE_SECONDS = 31
_UNFINISHED = Q(status__in=UNFINISHED)


def poll(world: World, *, minutes_ahead: int) -> None:
    """The periodic job asks about the checkouts, refunds and disputes whose turn it is by then."""
    now = timezone.now() + timedelta(minutes=minutes_ahead)
    polling.check_checkouts(now=now)
    return_polling.check_refunds(now=now)
    return_polling.check_disputes(now=now)
    with world.lock:
        world.horizon = max(world.horizon, now)


def finish_inbox(world: World, *, minutes_ahead: int) -> None:
    """The periodic jobs take up the events and messages that are unfinished and old enough by then."""
    now = timezone.now() + timedelta(minutes=minutes_ahead)
    inbox.finish_events(now=now)
    finish_messages(now=now)


def hourly(world: World) -> None:
    """The periodic job tries again what channels told."""
    finish_operations()


def reconcile(world: World) -> None:
    """The periodic job compares the days that are due with the provider's books."""
    reconcile_days(now=timezone.now())


def reconcile_day(world: World, *, day: int) -> None:
    """Somebody compares one day by hand."""
    reconcile_days(now=timezone.now(), days=[_days()[day % len(_days())]])


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
    world.pass_time(seconds=minutes * 60)
    world.strikes["clock"] += 1


def let_crash(world: World, *, point: str) -> None:
    """The next process that comes to this point dies there."""
    world.ground.crashes.arm(point)


def come_to_rest(world: World) -> None:
    """No more faults; every message that was not lost arrives, every periodic job has had its turn often enough. Then
    the books are compared. Raises Violation unless all totals agree in the end.
    """
    _arrive(world)
    check_at_rest(world)
    _agree_on_the_time(world)
    _compare_all_days()
    _arrive(world)
    _compare_all_days()
    check_after_reconciliation(world)


def _arrive(world: World) -> None:
    world.simulator.clear_faults()
    world.ground.crashes.disarm()
    world.ground.late_money.disarm()
    world.simulator.release()
    for turn in range(_ROUNDS):
        world.pass_time(seconds=_REFUNDS_TAKE_SECONDS)
        world.simulator.wait_until_idle(20)
        later = world.horizon = max(world.horizon, timezone.now() + timedelta(days=30)) + timedelta(days=1)
        work(world)
        inbox.finish_events(now=later)
        finish_messages(now=later)
        finish_operations()
        polling.check_checkouts(now=later)
        return_polling.check_refunds(now=later)
        return_polling.check_disputes(now=later)
        debits.follow(world)
        if turn and not _unfinished():
            return
    raise Violation("everything that came is done in the end", _unfinished())


def _agree_on_the_time(world: World) -> None:
    """The days of both are the same days."""
    ahead, world.provider_is_ahead = world.provider_is_ahead, 0
    world.pass_time(seconds=max(0, ahead))


def _compare_all_days() -> None:
    for turn in range(_ROUNDS):
        try:
            reconcile_days(now=timezone.now(), days=_days())
        except ProviderUnavailableError:  # it may have been slow, as everything is on a busy machine
            if turn == _ROUNDS - 1:
                raise
        else:
            return


def _days() -> list[date]:
    first = local_day(BEGINNING)
    return [first + timedelta(days=count) for count in range((today() - first).days + 1)]


def _unfinished() -> list[object]:
    """What is still to be done, of which nothing is left in the end."""
    waiting = ProcrastinateJob.objects.filter(status__in=["todo", "doing"]).exclude(task_name__in=_NOT_RUN_HERE)
    return [
        *WebhookEvent.objects.filter(_UNFINISHED).values_list("event_type", "status", "last_error"),
        *waiting.values_list("task_name", "status"),
        *Payment.objects.filter(state=PaymentState.CREATED).values_list("pk", "state"),
        *Refund.objects.filter(state=RefundState.CREATED).values_list("pk", "state"),
    ]


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
