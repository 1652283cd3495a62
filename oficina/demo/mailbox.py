"""The mail server of the demo: a table, read at `/demo/correo/`."""

from collections.abc import Sequence
from email.message import EmailMessage as StandardMessage

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from oficina.demo.models import ReceivedFile, ReceivedMail


class MailboxBackend(BaseEmailBackend):
    """Keeps each mail instead of sending it. A second try of the same mail is the same row."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep them all; tells how many."""
        with transaction.atomic():
            for message in email_messages:
                _keep(message)
        return len(email_messages)


def _keep(message: EmailMessage) -> None:
    sent = message.message()
    mail, new = ReceivedMail.objects.get_or_create(
        message_id=str(sent["Message-ID"]),
        defaults={
            "sender": str(sent["From"]),
            "recipients": ", ".join(message.recipients()),
            "subject": str(sent["Subject"]),
            "text": _body(sent, "plain"),
            "html": _body(sent, "html"),
        },
    )
    if new:
        ReceivedFile.objects.bulk_create(
            ReceivedFile(
                mail=mail,
                name=part.get_filename() or "adjunto",
                media_type=part.get_content_type(),
                content=part.get_payload(decode=True),
            )
            for part in sent.iter_attachments()
        )


def _body(message: StandardMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
