"""The office's jobs."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from oficina.shared.jobs import described
from oficina.staff.files.export_jobs import RUN_EXPORT_TASK, run_export
from oficina.staff.files.import_jobs import RUN_IMPORT_TASK, run_import
from oficina.staff.files.storage import forget_stored_before


@described("Importar archivos", "Prueba o importa los archivos que trajo la oficina.")
@app.task(name=RUN_IMPORT_TASK)
def import_files_of_the_office(*, job_id: int) -> None:
    """Tries or imports files that somebody of the office brought."""
    run_import(job_id, now=timezone.now())


@described("Exportar un archivo", "Escribe el archivo que pidió la oficina.")
@app.task(name=RUN_EXPORT_TASK)
def export_for_the_office(*, job_id: int) -> None:
    """Writes a file that somebody of the office asked for."""
    run_export(job_id, now=timezone.now())


@described("Borrar archivos de la oficina", "Borra los archivos que la oficina trajo o bajó hace unos días.")
@app.periodic(cron="47 4 * * *")
@app.task(name="staff.forget_files", queueing_lock="staff.forget_files")
def forget_old_files(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every night: files that were brought or taken out some days ago."""
    kept = timedelta(days=settings.UTILITY.office_file_days)
    forget_stored_before(timezone.now() - kept)
