"""The office sees what the portal does by itself: names, why a job failed, one more try, what is late."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from oficina.shared.ids import public_id
from oficina.shared.job_failures import MOST_LOST_WORKERS, failure_words, forget_failures, without_secrets
from oficina.shared.jobs import TASK_WORDS
from oficina.shared.models import JobFailure
from oficina.shared.tasks import retry_stalled_jobs, tidy_up
from oficina.staff.jobs.acts import JobNotFailed, retry_job
from oficina.staff.jobs.standing import periodic_tasks, workers
from tests.answers import said, text_of
from tests.billing.checkout.steps import at_once
from tests.conftest import NOON
from tests.jobs import run_worker
from tests.shared.test_jobs import kill_the_worker_of
from tests.staff.conftest import may

pytestmark = pytest.mark.django_db

LIST = "/admin/staff/backgroundjob/"


def page(job_id: int, act: str = "change") -> str:
    return f"{LIST}{job_id}/{act}/"


def in_queue(status: str = "todo", task: str = tidy_up.name, **args: Any) -> int:
    """A job of the queue with this status, put there as the queue's own functions would."""
    job_id = app.configure_task(task, queueing_lock=public_id()).defer(**(args or {"timestamp": 1}))
    with connection.cursor() as cursor:
        if status != "todo":
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job_id])
        if status not in {"todo", "doing"}:
            cursor.execute("SELECT procrastinate_finish_job_v1(%s, %s, false)", [job_id, status])
    return job_id


def statuses() -> list[str]:
    return list(ProcrastinateJob.objects.order_by("pk").values_list("status", flat=True))


def listed(client: Client, **chosen: str) -> list[int]:
    return sorted(row.pk for row in client.get(LIST, chosen).context["cl"].result_list)


def test_every_task_says_what_it_is() -> None:
    ours = {name for name in app.tasks if not name.startswith(("builtin:", "procrastinate.", "tests."))}

    assert ours - TASK_WORDS.keys() == set()
    titles = [words.title for words in TASK_WORDS.values()]
    assert len(set(titles)) == len(titles)
    assert all(words.does.endswith(".") for words in TASK_WORDS.values())


def test_list_names_filters_and_tells_the_last_error(as_administrator: Client) -> None:
    failed, waiting, done = in_queue("failed"), in_queue(task="shared.send_mail", mail_id=7), in_queue("succeeded")
    JobFailure.objects.create(job_id=failed, attempt=0, error="OSError: el primero")
    JobFailure.objects.create(job_id=failed, attempt=1, error="OSError: el segundo")

    shown = text_of(as_administrator.get(LIST))

    assert "Limpieza de la noche" in shown
    assert "OSError: el segundo" in shown
    assert "OSError: el primero" not in shown
    assert listed(as_administrator, estado="failed") == [failed]
    assert listed(as_administrator, tarea="shared.send_mail") == [waiting]
    assert listed(as_administrator, origen="reloj") == [failed, done]
    assert listed(as_administrator, origen="hecho", estado="todo") == [waiting]
    assert listed(as_administrator, estado="gift") == [failed, waiting, done]


def test_stalled_ones_are_those_without_a_living_worker(as_administrator: Client) -> None:
    stalled, running = in_queue(), in_queue(task="shared.send_mail", mail_id=7)
    kill_the_worker_of(tidy_up.name)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH alive AS (INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id) UPDATE procrastinate_jobs"
            " SET status = 'doing', worker_id = alive.id FROM alive WHERE procrastinate_jobs.id = %s",
            [running],
        )

    assert listed(as_administrator, estado="atascada") == [stalled]
    assert listed(as_administrator, estado="doing") == [stalled, running]


def test_record_tells_what_it_does_why_it_failed_and_hides_what_it_must(as_administrator: Client) -> None:
    job = in_queue(
        "failed", task="adhesions.forget_card", method_id="pm_1QxYzAbCdEf", note="<b>ana@correo.example</b>",
        ids=list(range(30)),
    )  # fmt: skip
    JobFailure.objects.create(job_id=job, attempt=0, error="<script>alert(1)</script>")

    shown = text_of(as_administrator.get(page(job)))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "Intento 1" in shown
    assert "y 10 más" in shown
    assert "ana@correo.example" not in shown
    assert "pm_1QxYzAbCdEf" not in shown
    assert page(job, "reintentar") in shown
    assert page(job, "cancelar") not in shown


def test_a_failed_job_is_tried_once_more(as_administrator: Client) -> None:
    failed, waiting = in_queue("failed"), in_queue()

    assert said(as_administrator.post(page(failed, "reintentar"))) == [
        "La pusimos en la cola: se prueba una vez más en unos segundos."
    ]
    again = said(as_administrator.post(page(failed, "reintentar")))
    assert again[-1] == "No hacía falta: ya no está como fallada."
    as_administrator.post(page(waiting, "reintentar"))
    assert statuses() == ["todo", "todo"]
    assert LogEntry.objects.get().change_message == "Reintentada"


def test_a_failed_job_gives_way_to_the_next_one_that_waits(as_administrator: Client) -> None:
    failed = app.configure_task(tidy_up.name).defer(timestamp=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [failed])
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [failed])
    app.configure_task(tidy_up.name).defer(timestamp=2)

    answer = as_administrator.post(page(failed, "reintentar"))

    assert said(answer) == ["No hace falta: la próxima vuelta de esta tarea ya está en espera y hace lo mismo."]
    assert statuses() == ["failed", "todo"]
    assert not LogEntry.objects.exists()


def test_many_are_tried_again(as_administrator: Client) -> None:
    jobs = [in_queue("failed"), in_queue("failed"), in_queue("succeeded")]
    chosen = {"action": "retry_chosen", "_selected_action": jobs}

    assert said(as_administrator.post(LIST, chosen)) == [
        "Pusimos 2 tareas en la cola: se prueban una vez más en unos segundos."
    ]
    assert said(as_administrator.post(LIST, chosen))[-1] == "No había nada para reintentar entre las elegidas."
    assert statuses() == ["todo", "todo", "succeeded"]


def test_a_waiting_job_is_cancelled_with_a_reason(as_administrator: Client) -> None:
    waiting, failed = in_queue(), in_queue("failed")
    form = {"key": "a" * 20, "reason": ""}
    assert "Escribí por qué se cancela." in text_of(as_administrator.post(page(waiting, "cancelar"), form))
    key = as_administrator.get(page(waiting, "cancelar")).context["form"]["key"].value()
    form = {"key": key, "reason": "Se hizo a mano."}
    assert "¿Cancelar esta tarea?" in text_of(as_administrator.post(page(waiting, "cancelar"), form))
    assert statuses() == ["todo", "failed"]

    answer = as_administrator.post(page(waiting, "cancelar"), {**form, "confirmado": "1"})

    assert said(answer)[-1] == "La cancelamos: no va a correr."
    assert statuses() == ["cancelled", "failed"]
    assert "no hay nada que cancelar" in text_of(as_administrator.get(page(failed, "cancelar")))
    assert LogEntry.objects.get().change_message == "Cancelada: Se hizo a mano."


def test_only_who_may_acts_on_jobs(as_owner: Client, anonymous: Client, as_clerk: Client, staff: User) -> None:
    failed, waiting = in_queue("failed"), in_queue()
    viewer = may(staff, "view_backgroundjob")
    assert viewer.get("/admin/procesos/").status_code == 200
    for path in (page(failed, "reintentar"), page(waiting, "cancelar")):
        assert viewer.post(path).status_code == 403
        assert as_owner.post(path).status_code == 404
        assert anonymous.post(path).status_code == 302
    assert page(failed, "reintentar") not in text_of(viewer.get(page(failed)))
    assert as_owner.get("/admin/procesos/").status_code == 404
    assert anonymous.get("/admin/procesos/").status_code == 302
    nobody = may(staff)
    assert nobody.get("/admin/procesos/").status_code == 403
    assert may(staff, "view_backgroundjob", "retry_backgroundjob").get(page(failed, "reintentar")).status_code == 405
    assert statuses() == ["failed", "todo"]


def test_the_page_tells_of_workers_and_of_what_is_late(as_administrator: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")

    shown = text_of(as_administrator.get("/admin/procesos/"))

    assert "Ningún proceso está en marcha" in shown
    assert f"{len(app.periodic_registry.periodic_tasks)} tareas no corrieron cuando debían." in shown
    assert "Nunca" in shown


@pytest.mark.parametrize(
    ("minutes_ago", "status", "is_late"),
    [(5, "succeeded", False), (5, "failed", False), (5, "todo", False), (15, "todo", True), (75, "succeeded", True)],
)
def test_a_periodic_task_is_late_when_its_round_never_came(minutes_ago: int, status: str, is_late: bool) -> None:
    """`billing.accept_reports` runs every ten minutes."""
    name = "billing.accept_reports"
    job = in_queue(status, task=name)
    moment = int((NOON - timedelta(minutes=minutes_ago)).timestamp())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_periodic_defers (task_name, defer_timestamp, job_id) VALUES (%s, %s, %s)",
            [name, moment, job],
        )

    found = next(task for task in periodic_tasks(now=NOON) if task.name == name)

    assert (found.is_late, found.status, found.job_id) == (is_late, status, job)
    assert found.last_at == datetime.fromtimestamp(moment, UTC)
    assert found.next_at == NOON + timedelta(minutes=10)


def test_a_worker_is_alive_while_it_is_heard() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s), (%s)",
            [NOON - timedelta(seconds=29), NOON - timedelta(seconds=30)],
        )

    assert [worker.is_alive for worker in workers(now=NOON)] == [True, False]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("the server is busy", "the server is busy"),
        ("no mailbox ana@correo.example here", "no mailbox … here"),
        ("key sk_test_51HxyzABCdef and whsec_MfKQ9r8GKYqr", "key … and …"),
        ("Authorization: Bearer abc.def", "…"),
        ("postgres://oficina:clave@db/1", "postgres://…@db/1"),
        ("GET https://api.example/x?email=a&code=123456", "GET https://api.example/x?…"),
        ("DNI 30.123.456 and CBU 0110599520000001234567", "DNI … and CBU …"),
        ('duplicate key "user_email"\nDETAIL:  Key (email)=(x) already exists.', 'duplicate key "user_email"'),
        ("row 12 of 400 at 10:47", "row 12 of 400 at 10:47"),
    ],
)
def test_errors_are_kept_without_secrets(text: str, told: str) -> None:
    assert without_secrets(text) == told


def test_an_error_names_the_place_in_our_code() -> None:
    with pytest.raises(JobNotFailed) as raised:
        retry_job(0)
    assert failure_words(raised.value).startswith("JobNotFailed (oficina/staff/jobs/acts.py:")
    assert len(failure_words(ValueError("x" * 900))) == 500


@pytest.fixture
def breaking_task() -> Iterator[str]:
    """A task that fails as long as nobody mended what is wrong."""
    name = "tests.breaks"

    @app.task(name=name)
    def break_down(*, timestamp: int) -> None:
        if not User.objects.filter(email="mended@aguas.example").exists():
            raise OSError(f"nobody at ana@correo.example, {timestamp}")

    yield name
    del app.tasks[name]


@pytest.mark.django_db(transaction=True)
def test_why_a_job_failed_is_kept_and_one_more_try_mends_it(breaking_task: str) -> None:
    job_id = app.configure_task(breaking_task).defer(timestamp=1)
    run_worker()

    failure = JobFailure.objects.get(job_id=job_id)
    assert failure.error.startswith("OSError: nobody at …, 1 (tests/staff/test_jobs.py:")
    assert (failure.attempt, failure.lost) == (0, False)
    User.objects.create_user("mended@aguas.example")
    gone = at_once(partial(retry_job, job_id), partial(retry_job, job_id))
    assert [type(each) for each in gone].count(JobNotFailed) == 1
    run_worker()

    assert ProcrastinateJob.objects.get(pk=job_id).status == "succeeded"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job_id])
    forget_failures()
    assert not JobFailure.objects.filter(job_id=job_id).exists()


@pytest.mark.django_db(transaction=True)
def test_a_job_that_kills_its_workers_is_put_back_a_few_times_only() -> None:
    job_id = app.configure_task(tidy_up.name, queue="of nobody").defer(timestamp=1)
    for lost in range(1, MOST_LOST_WORKERS + 1):
        rescue_after_a_death()
        expected = "todo" if lost < MOST_LOST_WORKERS else "failed"
        assert ProcrastinateJob.objects.get(pk=job_id).status == expected, lost

    failures = JobFailure.objects.filter(job_id=job_id)
    assert failures.count() == MOST_LOST_WORKERS
    assert all(failure.lost for failure in failures)
    retry_job(job_id)
    rescue_after_a_death()
    assert ProcrastinateJob.objects.get(pk=job_id).status == "todo"


def rescue_after_a_death() -> None:
    """The worker that has the nightly tidying in hand dies, and another one, of the usual queue, finds that out."""
    kill_the_worker_of(tidy_up.name)
    app.configure_task(retry_stalled_jobs.name, queueing_lock=public_id()).defer(timestamp=2)
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()) as worker_app:
        worker_app.run_worker(queues=["default"], wait=False, listen_notify=False, install_signal_handlers=False)
