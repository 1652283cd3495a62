"""The mail that the demo sends to itself."""

from django.db import models
from django.utils import timezone


class ReceivedMail(models.Model):
    """A mail that left the portal, as its receiver would have it."""

    message_id = models.CharField(max_length=200, unique=True)
    sender = models.CharField(max_length=250)
    recipients = models.TextField()
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    received_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ("-received_at", "-id")
        verbose_name = "mail recibido"
        verbose_name_plural = "mails recibidos"

    def __str__(self) -> str:
        return self.subject


class ReceivedFile(models.Model):
    """A file that came with a mail."""

    mail = models.ForeignKey(ReceivedMail, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    content = models.BinaryField()

    class Meta:
        ordering = ("id",)
        verbose_name = "archivo recibido"
        verbose_name_plural = "archivos recibidos"

    def __str__(self) -> str:
        return self.name
