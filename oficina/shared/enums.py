"""Closed lists that belong to no subject of the portal. Values are stored; labels are shown."""

from django.db import models


class ImportState(models.TextChoices):
    """How far the import of one file came. Only a finished one changed anything."""

    RUNNING = "running", "En curso"
    FINISHED = "finished", "Terminada"
    REFUSED = "refused", "Archivo rechazado"
    CANCELLED = "cancelled", "Cancelada"
    FAILED = "failed", "Con error"
    INTERRUPTED = "interrupted", "Interrumpida"


class ImportAction(models.TextChoices):
    """What an import did to a row of the portal."""

    INSERTED = "inserted", "Alta"
    UPDATED = "updated", "Cambio"


class UploadMediaType(models.TextChoices):
    """What an attachment is, once it was written anew."""

    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "Imagen JPG"
    PNG = "image/png", "Imagen PNG"
