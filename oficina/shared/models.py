"""Tables that belong to no subject of the portal."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class OutgoingMail(models.Model):
    """A mail from the moment it is caused until it is sent, and for a while the fact that it was.

    `content` is what `oficina.shared.mail` needs to send it; it is emptied on sending, since codes and receipts have
    no business here afterwards.
    """

    message_id = models.CharField("identificador", max_length=200, unique=True, editable=False)
    recipients = models.TextField("para")
    subject = models.CharField("asunto", max_length=250)
    content = models.JSONField("contenido", null=True, editable=False)
    queued_at = models.DateTimeField("en cola", default=timezone.now, editable=False)
    sent_at = models.DateTimeField("enviado", null=True, editable=False)

    class Meta:
        verbose_name = "mail"
        verbose_name_plural = "mails"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(sent_at=None, content__isnull=False)
                | models.Q(sent_at__isnull=False, content__isnull=True),
                name="mail_content_until_sent",
            )
        ]

    def __str__(self) -> str:
        return self.subject


class CacheEntry(models.Model):
    """The table of Django's database cache: shared by every web process, so that rate limits hold across them."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "cache_entries"

    def __str__(self) -> str:
        return self.cache_key
