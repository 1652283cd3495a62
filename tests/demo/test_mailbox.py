import re
from collections.abc import Callable

import pytest
from django.core.mail import EmailMultiAlternatives
from django.http.response import FileResponse, HttpResponseBase
from django.test import Client
from pytest_django import Settings

from oficina.demo.mailbox import MailboxBackend
from oficina.demo.models import ReceivedMail
from oficina.shared.mail import Attachment, send_mail_later

pytestmark = pytest.mark.django_db


def a_mail(to: str = "ana@example.com", subject: str = "Tu código", **headers: str) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject, "Tu código es <123>.\nhttp://testserver/verificar/\n", to=[to], headers=headers
    )
    message.attach_alternative("<html><head><style>b { color: red; }</style></head><b>Ñ</b></html>", "text/html")
    message.attach("recibo nº 1.pdf", b"%PDF-1.7\xff", "application/pdf")
    return message


def keep(*messages: EmailMultiAlternatives) -> ReceivedMail:
    assert MailboxBackend().send_messages(messages) == len(messages)
    return ReceivedMail.objects.latest("id")


def test_mailbox_keeps_the_mail_as_its_receiver_would_have_it() -> None:
    mail = keep(a_mail())

    assert (mail.recipients, mail.subject) == ("ana@example.com", "Tu código")
    assert mail.text == "Tu código es <123>.\nhttp://testserver/verificar/\n"
    assert "<b>Ñ</b>" in mail.html
    (file,) = mail.files.all()
    assert (file.name, file.media_type, bytes(file.content)) == ("recibo nº 1.pdf", "application/pdf", b"%PDF-1.7\xff")


def test_mailbox_keeps_a_second_try_once() -> None:
    twice = {"Message-ID": "<one@testserver>"}

    keep(a_mail(**twice), a_mail(**twice))

    assert ReceivedMail.objects.count() == 1


def test_mailbox_lists_newest_first_for_anybody(client: Client) -> None:
    keep(a_mail(subject="Primero"), a_mail(subject="Segundo"))

    page = client.get("/demo/correo/").content.decode()

    assert page.index("Segundo") < page.index("Primero")


def test_mailbox_finds_by_receiver(client: Client) -> None:
    keep(a_mail(to="ana@example.com", subject="De Ana"), a_mail(to="beto@example.com", subject="De Beto"))

    page = client.get("/demo/correo/?para=BETO").content.decode()

    assert "De Beto" in page
    assert "De Ana" not in page


def test_mailbox_shows_text_with_its_links_and_escapes_it(client: Client) -> None:
    mail = keep(a_mail())

    page = client.get(f"/demo/correo/{mail.pk}/").content.decode()

    assert "Tu código es &lt;123&gt;." in page
    assert '<a href="http://testserver/verificar/"' in page
    assert f'src="/demo/correo/{mail.pk}/html/"' in page


def test_mailbox_frames_the_html_without_scripts_and_with_its_own_style_only(client: Client) -> None:
    mail = keep(a_mail())

    answer = client.get(f"/demo/correo/{mail.pk}/html/")

    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "style-src 'sha256-K7wBnJev2A/HN5dIkwuPGm8ZO0MR8u5EXZ0CyYxMWlc='" in policy
    assert "unsafe" not in policy


def test_mailbox_gives_files_as_downloads(client: Client) -> None:
    mail = keep(a_mail())

    answer: HttpResponseBase = client.get(f"/demo/correo/{mail.pk}/archivos/{mail.files.get().pk}/")

    assert isinstance(answer, FileResponse)
    assert answer.getvalue() == b"%PDF-1.7\xff"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")


def test_mailbox_file_of_another_mail_is_not_found(client: Client) -> None:
    first, second = keep(a_mail()), keep(a_mail())

    assert client.get(f"/demo/correo/{first.pk}/archivos/{second.files.get().pk}/").status_code == 404


@pytest.mark.parametrize("path", ["", "1/", "1/html/", "1/archivos/1/"])
def test_mailbox_rejects_post(client: Client, path: str) -> None:
    assert client.post(f"/demo/correo/{path}").status_code == 405


def test_mailbox_reads_the_portal_s_own_mail(
    client: Client, run_jobs: Callable[[], list[str]], settings: Settings
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "oficina.demo.mailbox.MailboxBackend"}}
    receipt = Attachment(name="recibo.pdf", content=b"%PDF-1.7", media_type="application/pdf")
    send_mail_later("ana@example.com", "Prueba", "example", {"name": "Ana"}, attachments=[receipt])

    run_jobs()

    mail = ReceivedMail.objects.get()
    frame = client.get(f"/demo/correo/{mail.pk}/html/")
    assert "Hola, Ana." in frame.content.decode()
    assert len(re.findall(r"'sha256-[^']+'", frame.headers["Content-Security-Policy"])) == 1
