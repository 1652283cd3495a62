"""Tables that belong to no subject of the portal."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils import timezone

from oficina.shared.append_only import AppendOnly
from oficina.shared.audit.changes import RecordedChange
from oficina.shared.enums import ImportAction, ImportState, UploadMediaType
from oficina.shared.ids import public_id

__all__ = [
    "CacheEntry",
    "ImportChange",
    "ImportRun",
    "OutgoingMail",
    "PrivateFile",
    "RecordedChange",
]


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
        indexes: ClassVar = [
            models.Index(fields=["recipients"], name="mail_by_recipients"),
            models.Index(fields=["id"], name="mail_waiting", condition=models.Q(sent_at=None)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(sent_at=None, content__isnull=False)
                | models.Q(sent_at__isnull=False, content__isnull=True),
                name="mail_content_until_sent",
            )
        ]

    def __str__(self) -> str:
        return self.subject


class JobFailure(models.Model):
    """Why one try of a background job did not end well; gone with its job, which may be run again.

    `attempt` counts the tries before this one. `lost` tells that nothing failed as far as anybody knows: the worker
    that had the job in hand died. `error` is short, and holds neither secrets nor personal data.
    """

    job_id = models.BigIntegerField("tarea")
    attempt = models.PositiveIntegerField("intento")
    at = models.DateTimeField("cuándo", default=timezone.now, editable=False)
    lost = models.BooleanField("se cortó el proceso", default=False)
    error = models.CharField("error", max_length=500)

    class Meta:
        verbose_name = "falla de una tarea"
        verbose_name_plural = "fallas de tareas"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job_id", "attempt"], name="job_failure_once_a_try"),
        ]

    def __str__(self) -> str:
        return self.error


class CacheEntry(models.Model):
    """The table of Django's database cache: shared by every web process, so that rate limits hold across them."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "cache_entries"

    def __str__(self) -> str:
        return self.cache_key


class ImportRun(models.Model):
    """The import of one file, kept whatever became of it. The counts are rows of the file; a dry run changed nothing.

    `started_by` is empty when the console started it. `reason` says why nothing was imported.
    """

    kind = models.CharField("tipo", max_length=30, blank=True)
    file_name = models.CharField("archivo", max_length=255)
    size = models.PositiveBigIntegerField("tamaño en bytes", default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    dry_run = models.BooleanField("de prueba", default=False)
    state = models.CharField("estado", max_length=11, choices=ImportState, default=ImportState.RUNNING)
    rows = models.PositiveBigIntegerField("filas", default=0)
    inserted = models.PositiveBigIntegerField("nuevas", default=0)
    updated = models.PositiveBigIntegerField("cambiadas", default=0)
    unchanged = models.PositiveBigIntegerField("sin cambios", default=0)
    refused = models.PositiveBigIntegerField("rechazadas", default=0)
    reason = models.TextField("motivo", blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="quien la inició",
    )
    started_at = models.DateTimeField("inicio", default=timezone.now)
    finished_at = models.DateTimeField("fin", null=True, blank=True)

    class Meta:
        verbose_name = "importación"
        verbose_name_plural = "importaciones"
        ordering: ClassVar = ["-started_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=ImportState.values), name="import_run_state_known"),
            models.CheckConstraint(
                condition=models.Q(state=ImportState.RUNNING, finished_at=None)
                | (~models.Q(state=ImportState.RUNNING) & models.Q(finished_at__isnull=False)),
                name="import_run_ends_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    rows=models.F("inserted") + models.F("updated") + models.F("unchanged") + models.F("refused")
                ),
                name="import_run_counts_every_row",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_state_display()})"


class ImportChange(AppendOnly):
    """One row of the portal that an import made or changed; written by sets. `before` has the old values that changed.

    `model` is the label of the row's model, `billing.invoice`; `object_id` its key.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="changes", verbose_name="importación")
    model = models.CharField("tabla", max_length=60)
    object_id = models.BigIntegerField("fila")
    action = models.CharField("qué pasó", max_length=8, choices=ImportAction)
    before = models.JSONField("antes", null=True, blank=True)

    class Meta(AppendOnly.Meta):
        verbose_name = "cambio importado"
        verbose_name_plural = "cambios importados"
        indexes: ClassVar = [
            models.Index(
                fields=["model", "object_id"],
                name="import_change_of_object",
                condition=models.Q(action=ImportAction.UPDATED),
            ),
            # Rows are made in the order of their keys, so that a summary of ranges finds who made one; it costs a load
            # of millions next to nothing, which an index of each row would not.
            BrinIndex(fields=["object_id"], name="import_change_made", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}: {self.get_action_display()}"


class PrivateFile(models.Model):
    """What somebody attached, as `oficina.shared.uploads` wrote it: for whoever the thing it belongs to may be shown.

    `kept_at` is empty while the form that brought it was not accepted; such a file is forgotten after a day. A kept one
    is never changed or deleted. `uploaded_by` is empty when a visitor brought it.
    """

    public_id = models.CharField("identificador", max_length=20, unique=True, default=public_id, editable=False)
    name = models.CharField("nombre", max_length=100)
    media_type = models.CharField("tipo", max_length=40, choices=UploadMediaType)
    content = models.BinaryField("contenido")
    size = models.PositiveIntegerField("tamaño en bytes")
    sha256 = models.CharField("SHA-256", max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="quien lo adjuntó",
    )
    uploaded_at = models.DateTimeField("adjuntado", default=timezone.now)
    kept_at = models.DateTimeField("aceptado", null=True, blank=True)

    class Meta:
        verbose_name = "archivo adjunto"
        verbose_name_plural = "archivos adjuntos"
        indexes: ClassVar = [
            models.Index(fields=["uploaded_at"], name="private_file_draft", condition=models.Q(kept_at=None)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(media_type__in=UploadMediaType.values), name="private_file_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    size=models.Func(models.F("content"), function="octet_length", output_field=models.IntegerField()),
                    size__gt=0,
                ),
                name="private_file_size_true",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.ReadOnly(
                name="content_stays",
                fields=[
                    "public_id",
                    "name",
                    "media_type",
                    "content",
                    "size",
                    "sha256",
                    "uploaded_by",
                    "uploaded_at",
                ],
            ),
            pgtrigger.Protect(
                name="kept_stays_kept",
                operation=pgtrigger.UpdateOf("kept_at"),
                condition=pgtrigger.Q(old__kept_at__isnull=False, old__kept_at__df=pgtrigger.F("new__kept_at")),
            ),
            pgtrigger.Protect(
                name="kept_never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__kept_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name
