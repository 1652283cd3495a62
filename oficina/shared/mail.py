"""The one way to send mail: rendered when called, kept in a table with the change that causes it, sent by a job.

What is said in a mail is thus true of the moment it speaks of, a mail is never sent for a change that was rolled
back, and a mail server that is down loses nothing.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import make_msgid
from typing import TypedDict
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.template import Context, Engine
from django.template.loader import render_to_string
from django.utils import timezone
from procrastinate.contrib.django import app

from oficina.shared.models import OutgoingMail

SEND_MAIL_TASK = "shared.send_mail"
AUTOMATIC = {"Auto-Submitted": "auto-generated"}
"""The header that keeps answering machines from answering (RFC 3834)."""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content: bytes
    media_type: str


class _StoredAttachment(TypedDict):
    name: str
    media_type: str
    base64: str


class _StoredMail(TypedDict):
    subject: str
    body: str
    sender: str
    to: list[str]
    cc: list[str]
    bcc: list[str]
    reply_to: list[str]
    headers: dict[str, str]
    alternatives: list[tuple[str, str]]
    attachments: list[_StoredAttachment]


def send_mail_later(
    to: str,
    subject: str,
    template: str,
    context: Mapping[str, object],
    *,
    attachments: Sequence[Attachment] = (),
) -> OutgoingMail:
    """Queue one mail to one address, rendered now. Part of the caller's transaction."""
    return send_prepared_later(compose_mail(to, subject, template, context, attachments=attachments))


def compose_mail(
    to: str,
    subject: str,
    template: str,
    context: Mapping[str, object],
    *,
    attachments: Sequence[Attachment] = (),
) -> EmailMultiAlternatives:
    """One mail to one address, rendered now from `templates/mail/<template>.txt` and `.html`.

    The templates extend `mail/base.txt` and `mail/base.html`; they know the context, `utility`, `base_url` and
    `subject`. Text is never escaped, HTML always.
    """
    known = {"utility": settings.UTILITY, "base_url": settings.BASE_URL, "subject": subject, **context}
    text = Engine.get_default().get_template(f"mail/{template}.txt").render(Context(known, autoescape=False))
    message = EmailMultiAlternatives(subject, text.strip() + "\n", to=[to])
    message.attach_alternative(render_to_string(f"mail/{template}.html", known), "text/html")
    for attachment in attachments:
        message.attach(attachment.name, attachment.content, attachment.media_type)
    return message


def send_prepared_later(message: EmailMessage) -> OutgoingMail:
    """Queue a mail that somebody else composed, as allauth does. Part of the caller's transaction.

    The Message-ID is given here, so that a second try is the same mail to whoever receives both.
    """
    headers = {**AUTOMATIC, **message.extra_headers}
    headers.setdefault("Message-ID", make_msgid(domain=mail_domain()))
    with transaction.atomic():
        mail = OutgoingMail.objects.create(
            message_id=headers["Message-ID"],
            recipients=", ".join(message.recipients()),
            subject=str(message.subject),
            content=_stored(message, headers),
        )
        app.configure_task(SEND_MAIL_TASK).defer(mail_id=mail.pk)
    return mail


def mail_domain() -> str:
    """What the Message-IDs of the portal end in: the host of its address."""
    return urlsplit(settings.BASE_URL).hostname or ""


def deliver(mail_id: int) -> None:
    """Send a queued mail once, whoever else tries. Raises what the mail server raises; the job then tries again."""
    with transaction.atomic():
        mail = OutgoingMail.objects.select_for_update().get(pk=mail_id)
        if mail.content is None:
            return
        _restored(mail.content).send()
        mail.sent_at, mail.content = timezone.now(), None
        mail.save(update_fields=["sent_at", "content"])


def _stored(message: EmailMessage, headers: dict[str, str]) -> _StoredMail:
    return {
        "subject": str(message.subject),
        "body": str(message.body),
        "sender": message.from_email,
        "to": message.to,
        "cc": message.cc,
        "bcc": message.bcc,
        "reply_to": message.reply_to,
        "headers": headers,
        "alternatives": [(str(content), mimetype) for content, mimetype in getattr(message, "alternatives", [])],
        "attachments": [_stored_attachment(attachment) for attachment in message.attachments],
    }


def _stored_attachment(attachment: object) -> _StoredAttachment:
    match attachment:
        case (str(name), str() | bytes() as content, str(media_type)):
            raw = content.encode() if isinstance(content, str) else content
            return {"name": name, "media_type": media_type, "base64": base64.b64encode(raw).decode()}
        case _:
            raise TypeError(f"an attachment is a name, a content and a media type, not {type(attachment).__name__}")


def _restored(stored: _StoredMail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        stored["subject"],
        stored["body"],
        stored["sender"],
        stored["to"],
        cc=stored["cc"],
        bcc=stored["bcc"],
        reply_to=stored["reply_to"],
        headers=stored["headers"],
    )
    for content, media_type in stored["alternatives"]:
        message.attach_alternative(content, media_type)
    for attachment in stored["attachments"]:
        message.attach(attachment["name"], base64.b64decode(attachment["base64"]), attachment["media_type"])
    return message
