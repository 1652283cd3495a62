"""The office's tables: files that go in and out, what was looked at, and the queue's tables by the names that the
office calls them, which are proxies without tables of their own.
"""

from django.db import models
from procrastinate.contrib.django.models import ProcrastinateJob

from oficina.shared.jobs import TASK_WORDS
from oficina.staff.audit.models import Visit
from oficina.staff.files.models import ExportJob, ImportFile, ImportJob, StoredFile, StoredPart

__all__ = ["BackgroundJob", "ExportJob", "ImportFile", "ImportJob", "JobStatus", "StoredFile", "StoredPart", "Visit"]


class BackgroundJob(ProcrastinateJob):
    """Something that the portal does by itself, at once or later."""

    class Meta:
        proxy = True
        verbose_name = "tarea"
        verbose_name_plural = "tareas"
        permissions = [
            ("retry_backgroundjob", "Puede reintentar tareas que fallaron"),
            ("cancel_backgroundjob", "Puede cancelar tareas en espera"),
        ]

    def __str__(self) -> str:
        words = TASK_WORDS.get(self.task_name)
        return f"{words.title if words else self.task_name} ({self.pk})"


class JobStatus(models.TextChoices):
    """The queue's own words for how far a job came, and ours."""

    TODO = "todo", "En espera"
    DOING = "doing", "En curso"
    SUCCEEDED = "succeeded", "Hecha"
    FAILED = "failed", "Con error"
    CANCELLED = "cancelled", "Cancelada"
    ABORTED = "aborted", "Interrumpida"
