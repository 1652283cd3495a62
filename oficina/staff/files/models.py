"""What goes in and out by file: files in parts, and the jobs that read or write them."""

from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from oficina.shared.ids import public_id
from oficina.shared.legal_moves import legal_moves
from oficina.shared.models import ImportRun
from oficina.shared.money import MoneyField
from oficina.staff.files.enums import JOB_MOVES, UNDER_WAY, ExportKind, ImportStep, JobState


class StoredFile(models.Model):
    """A file of the office, where every web and worker process finds it. `oficina.staff.files.storage` writes and reads
    it; some days later it is forgotten.
    """

    size = models.PositiveBigIntegerField("tamaño en bytes")
    sha256 = models.CharField("SHA-256", max_length=64)
    stored_at = models.DateTimeField("guardado", default=timezone.now, db_index=True)

    class Meta:
        verbose_name = "archivo guardado"
        verbose_name_plural = "archivos guardados"

    def __str__(self) -> str:
        return f"Archivo {self.pk}"


class StoredPart(models.Model):
    """A piece of a file, in its order, counted from 0: nobody ever holds the whole file in memory."""

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="parts", verbose_name="archivo")
    number = models.PositiveIntegerField("número")
    content = models.BinaryField("contenido")

    class Meta:
        verbose_name = "parte de un archivo"
        verbose_name_plural = "partes de archivos"
        constraints: ClassVar = [models.UniqueConstraint(fields=["file", "number"], name="stored_part_in_its_place")]

    def __str__(self) -> str:
        return f"Parte {self.number} del archivo {self.file_id}"


class ImportFile(models.Model):
    """A file that somebody of the office brought, recognised and kept for some days (`stored` is empty afterwards).

    `kind` is the name of an ImportKind.
    """

    name = models.CharField("archivo", max_length=255)
    kind = models.CharField("tipo", max_length=30)
    size = models.PositiveBigIntegerField("tamaño en bytes")
    sha256 = models.CharField("SHA-256", max_length=64)
    stored = models.ForeignKey(
        StoredFile, on_delete=models.SET_NULL, related_name="+", null=True, blank=True, verbose_name="contenido"
    )

    class Meta:
        verbose_name = "archivo para importar"
        verbose_name_plural = "archivos para importar"

    def __str__(self) -> str:
        return self.name


class FileJobQuerySet[Job: "FileJob"](models.QuerySet[Job]):
    """The words in which jobs are asked for."""

    def under_way(self) -> Self:
        """Those that wait or are in hand."""
        return self.filter(state__in=UNDER_WAY)


class FileJob(models.Model):
    """Something that was asked for at the office and that a worker does. Instants are UTC.

    `cancel_asked_at`: somebody wants it to stop; whoever has it in hand does so as soon as it looks. `reason` says why
    it did not finish.
    """

    public_id = models.CharField("identificador", max_length=20, unique=True, default=public_id, editable=False)
    state = models.CharField("estado", max_length=11, choices=JobState, default=JobState.QUEUED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="quien la pidió"
    )
    requested_at = models.DateTimeField("pedida", default=timezone.now)
    started_at = models.DateTimeField("inicio", null=True, blank=True)
    finished_at = models.DateTimeField("fin", null=True, blank=True)
    cancel_asked_at = models.DateTimeField("se pidió cancelar", null=True, blank=True)
    reason = models.TextField("motivo", blank=True)

    class Meta:
        abstract = True

    @property
    def is_under_way(self) -> bool:
        """Whether it waits or is in hand."""
        return self.state in UNDER_WAY


def _rules(name: str) -> list[models.BaseConstraint]:
    """What holds for the row of every job."""
    return [
        models.CheckConstraint(condition=Q(state__in=JobState.values), name=f"{name}_state_known"),
        models.CheckConstraint(
            condition=Q(state__in=UNDER_WAY, finished_at=None)
            | (~Q(state__in=UNDER_WAY) & Q(finished_at__isnull=False)),
            name=f"{name}_ends_once",
        ),
        models.CheckConstraint(
            condition=~Q(state__in=[JobState.RUNNING, JobState.FINISHED, JobState.INTERRUPTED])
            | Q(started_at__isnull=False),
            name=f"{name}_began_at_some_time",
        ),
        models.CheckConstraint(
            condition=~Q(state__in=[JobState.FAILED, JobState.INTERRUPTED]) | ~Q(reason=""),
            name=f"{name}_fails_for_a_reason",
        ),
    ]


class ImportJob(FileJob):
    """One or several files, tried or imported together.

    `follows` is the job of the same files before it: the trial, or one that was interrupted. `bytes_read` of
    `bytes_total` and `rows_read` say how far it is, `runs` what became of each file, `report` has its bad rows.
    """

    files = models.ManyToManyField(ImportFile, related_name="jobs", verbose_name="archivos")
    dry_run = models.BooleanField("de prueba", default=True)
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="followed_by", null=True, blank=True, verbose_name="sigue a"
    )
    step = models.CharField("paso", max_length=7, choices=ImportStep, blank=True)
    bytes_total = models.PositiveBigIntegerField("bytes")
    bytes_read = models.PositiveBigIntegerField("bytes leídos", default=0)
    rows_read = models.PositiveBigIntegerField("filas leídas", default=0)
    runs = models.ManyToManyField(ImportRun, related_name="jobs", verbose_name="importaciones")
    report = models.ForeignKey(
        StoredFile, on_delete=models.SET_NULL, related_name="+", null=True, blank=True, verbose_name="filas rechazadas"
    )

    objects = FileJobQuerySet["ImportJob"].as_manager()

    class Meta:
        verbose_name = "pedido de importación"
        verbose_name_plural = "pedidos de importación"
        permissions: ClassVar = [
            ("import_accounts", "Puede importar cuentas"),
            ("import_invoices", "Puede importar facturas y sus renglones"),
            ("import_charges", "Puede importar cargos"),
            ("import_payments", "Puede importar pagos"),
        ]
        constraints: ClassVar = [
            *_rules("import_job"),
            models.UniqueConstraint(
                fields=["follows"], condition=Q(state__in=UNDER_WAY), name="import_job_followed_once_at_a_time"
            ),
        ]
        triggers: ClassVar = [
            legal_moves("import job", JOB_MOVES),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="what_was_asked_stays",
                fields=["public_id", "requested_by", "requested_at", "dry_run", "follows", "bytes_total"],
            ),
        ]

    def __str__(self) -> str:
        return f"{'Prueba' if self.dry_run else 'Importación'} {self.pk}"


class ExportJob(FileJob):
    """What was taken out of some days, both included and local; who took it stays known when the file is gone.

    `lines` are its rows without the header, `total` what they add up to in pesos, where that means something.
    """

    kind = models.CharField("qué", max_length=15, choices=ExportKind)
    since = models.DateField("desde")
    until = models.DateField("hasta")
    lines = models.PositiveBigIntegerField("filas", default=0)
    total = MoneyField("total", null=True, blank=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    stored = models.ForeignKey(
        StoredFile, on_delete=models.SET_NULL, related_name="+", null=True, blank=True, verbose_name="contenido"
    )

    objects = FileJobQuerySet["ExportJob"].as_manager()

    class Meta:
        verbose_name = "exportación"
        verbose_name_plural = "exportaciones"
        permissions: ClassVar = [
            ("export_payments", "Puede exportar la rendición de pagos"),
            ("export_charges", "Puede exportar cargos"),
            ("export_adhesions", "Puede exportar adhesiones"),
            ("export_plans", "Puede exportar planes de pago y sus cuotas"),
            ("export_contact_changes", "Puede exportar cambios de mail y teléfono"),
        ]
        constraints: ClassVar = [
            *_rules("export_job"),
            models.CheckConstraint(condition=Q(kind__in=ExportKind.values), name="export_job_kind_known"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="export_job_of_some_days"),
            models.UniqueConstraint(
                fields=["requested_by", "kind", "since", "until"],
                condition=Q(state__in=UNDER_WAY),
                name="export_job_once_under_way",
            ),
        ]
        triggers: ClassVar = [
            legal_moves("export job", JOB_MOVES),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="what_was_asked_stays",
                fields=["public_id", "requested_by", "requested_at", "kind", "since", "until"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.since:%d/%m/%Y} a {self.until:%d/%m/%Y}"
