"""Closed lists of the office's files. Values are stored; labels are shown."""

from typing import Final

from django.db import models


class JobState(models.TextChoices):
    """How far a job with files came."""

    QUEUED = "queued", "En espera"
    RUNNING = "running", "En curso"
    FINISHED = "finished", "Terminada"
    CANCELLED = "cancelled", "Cancelada"
    FAILED = "failed", "Con error"
    INTERRUPTED = "interrupted", "Interrumpida"


JOB_MOVES: Final = (
    (JobState.QUEUED, JobState.RUNNING),
    (JobState.QUEUED, JobState.CANCELLED),
    (JobState.QUEUED, JobState.FAILED),
    (JobState.RUNNING, JobState.FINISHED),
    (JobState.RUNNING, JobState.CANCELLED),
    (JobState.RUNNING, JobState.FAILED),
    (JobState.RUNNING, JobState.INTERRUPTED),
)
"""What may follow what; `oficina.staff.files.jobs` is the only writer."""

UNDER_WAY: Final = (JobState.QUEUED, JobState.RUNNING)


class ImportStep(models.TextChoices):
    """What an import that is in hand is doing."""

    WAITING = "waiting", "Espera a que termine otra importación"
    READING = "reading", "Leyendo"
    MERGING = "merging", "Revisando y guardando"


class ExportKind(models.TextChoices):
    """What the office takes out as a file: each has a command of its own too (docs/data-formats.md)."""

    PAYMENTS = "payments", "Rendición de pagos"
    CHARGES = "charges", "Cargos facturados y cancelados"
    ADHESIONS = "adhesions", "Adhesiones hechas y terminadas"
    PLANS = "plans", "Planes de pago"
    PLAN_DOCUMENTS = "plan_documents", "Cuotas de planes de pago"
    CONTACT_CHANGES = "contact_changes", "Cambios de mail y teléfono"
