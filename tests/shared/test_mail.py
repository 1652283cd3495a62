from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from time_machine import Traveller

from oficina.shared.mail import Attachment, deliver, send_mail_later, send_prepared_later
from oficina.shared.models import OutgoingMail
from oficina.shared.tasks import tidy_up
from tests.conftest import NOON
from tests.jobs import run_jobs, run_worker

pytestmark = pytest.mark.django_db


def queue_a_mail() -> OutgoingMail:
    message = EmailMultiAlternatives("Recibimos tu pago", "Pagaste $ 10,00.\n", to=["ana@example.com"])
    message.attach_alternative("<p>Pagaste $&nbsp;10,00.</p>", "text/html")
    return send_prepared_later(message)


def test_mail_waits_for_its_job_and_leaves_once() -> None:
    queued = queue_a_mail()
    assert mail.outbox == []

    assert run_jobs() == ["shared.send_mail"]
    deliver(queued.pk)

    assert [sent.subject for sent in mail.outbox] == ["Recibimos tu pago"]


def test_mail_keeps_what_was_composed() -> None:
    message = EmailMultiAlternatives(
        "Asunto con eñe",
        "Texto",
        "Otra <otra@aguas.example>",
        ["ana@example.com"],
        cc=["b@example.com"],
        bcc=["c@example.com"],
        reply_to=["r@example.com"],
        headers={"X-Origin": "test"},
    )
    message.attach_alternative("<p>Texto</p>", "text/html")
    message.attach("lista.csv", "año;2026\n", "text/csv")
    message.attach("recibo.pdf", b"%PDF-\xff", "application/pdf")
    send_prepared_later(message)

    run_jobs()

    sent = mail.outbox[0]
    assert isinstance(sent, EmailMultiAlternatives)
    assert (sent.subject, sent.body, sent.from_email) == ("Asunto con eñe", "Texto", "Otra <otra@aguas.example>")
    assert (sent.to, sent.cc, sent.bcc, sent.reply_to) == (
        ["ana@example.com"], ["b@example.com"], ["c@example.com"], ["r@example.com"],
    )  # fmt: skip
    assert sent.extra_headers["X-Origin"] == "test"
    assert [tuple(alternative) for alternative in sent.alternatives] == [("<p>Texto</p>", "text/html")]
    assert [tuple(attachment) for attachment in sent.attachments] == [
        ("lista.csv", "año;2026\n", "text/csv"),
        ("recibo.pdf", b"%PDF-\xff", "application/pdf"),
    ]


def test_mail_has_the_same_message_id_on_every_try() -> None:
    queued = queue_a_mail()
    assert queued.message_id.endswith("@testserver>")

    run_jobs()

    assert mail.outbox[0].message()["Message-ID"] == queued.message_id
    assert mail.outbox[0].message()["Auto-Submitted"] == "auto-generated"


def test_mail_that_was_sent_keeps_no_content(at_noon: Traveller) -> None:
    queued = queue_a_mail()

    run_jobs()

    queued.refresh_from_db()
    assert (queued.content, queued.sent_at) == (None, NOON)
    assert (queued.recipients, queued.subject) == ("ana@example.com", "Recibimos tu pago")


@pytest.mark.django_db(transaction=True)
def test_mail_of_a_change_that_was_rolled_back_does_not_exist() -> None:
    with transaction.atomic():
        queue_a_mail()
        transaction.set_rollback(True)

    assert OutgoingMail.objects.count() == 0
    assert ProcrastinateJob.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_mail_is_sent_by_a_real_worker() -> None:
    queued = queue_a_mail()

    run_worker()

    queued.refresh_from_db()
    assert queued.sent_at is not None
    assert ProcrastinateJob.objects.get(task_name="shared.send_mail").status == "succeeded"


@pytest.mark.django_db(transaction=True)
def test_mail_that_the_server_refuses_is_tried_again_later() -> None:
    queued = queue_a_mail()
    assert queued.content is not None
    OutgoingMail.objects.update(content={**queued.content, "to": ["two\nlines@example.com"]})

    run_worker()

    job = ProcrastinateJob.objects.get(task_name="shared.send_mail")
    assert (job.status, job.attempts) == ("todo", 1)
    assert job.scheduled_at is not None
    queued.refresh_from_db()
    assert queued.sent_at is None


def test_mail_from_templates_escapes_html_and_never_text() -> None:
    send_mail_later("ana@example.com", "Prueba & más", "example", {"name": "Ñandú & Cía <x>"})

    run_jobs()

    sent = mail.outbox[0]
    assert isinstance(sent, EmailMultiAlternatives)
    assert "Hola, Ñandú & Cía <x>." in sent.body
    html = str(sent.alternatives[0][0])
    assert "Hola, Ñandú &amp; Cía &lt;x&gt;." in html
    assert "<title>Prueba &amp; más</title>" in html
    assert 'style="' not in html


def test_mail_from_templates_carries_files() -> None:
    receipt = Attachment(name="recibo.pdf", content=b"%PDF-1.7", media_type="application/pdf")
    send_mail_later("ana@example.com", "Prueba", "example", {"name": "Ana"}, attachments=[receipt])

    run_jobs()

    assert [tuple(file) for file in mail.outbox[0].attachments] == [("recibo.pdf", b"%PDF-1.7", "application/pdf")]


def test_tidying_forgets_sent_mail_after_thirty_days_and_keeps_what_waits(at_noon: Traveller) -> None:
    queue_a_mail()
    run_jobs()
    waiting = queue_a_mail()

    at_noon.shift(timedelta(days=30))
    tidy_up(timestamp=0)
    assert OutgoingMail.objects.count() == 2

    at_noon.shift(timedelta(seconds=1))
    tidy_up(timestamp=0)
    assert list(OutgoingMail.objects.all()) == [waiting]
