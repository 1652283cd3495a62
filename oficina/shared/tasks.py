"""Jobs that belong to no subject of the portal: sending mail, and keeping the queue and the tables tidy."""

import logging
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.core import management
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from psycopg.errors import RaiseException

from oficina.shared.job_failures import forget_failures, note_lost_worker
from oficina.shared.jobs import TRIES_AGAIN_FOR_A_DAY, described
from oficina.shared.mail import SEND_MAIL_TASK, deliver
from oficina.shared.models import CacheEntry, OutgoingMail
from oficina.shared.private_files import forget_drafts

KEEP_FINISHED_JOBS_HOURS = 24 * 7
KEEP_SENT_MAIL = timedelta(days=30)

_log = logging.getLogger(__name__)


@described("Mandar un mail", "Manda un mail que está en cola.")
@app.task(name=SEND_MAIL_TASK, retry=TRIES_AGAIN_FOR_A_DAY)
def send_mail(*, mail_id: int) -> None:
    """Sends one queued mail."""
    deliver(mail_id)


@described("Rescatar tareas cortadas", "Vuelve a poner en la cola lo que tenía en mano un proceso que se cortó.")
@app.periodic(cron="*/2 * * * *")
@app.task(name="shared.retry_stalled_jobs", queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Runs again what a worker had in hand when it was killed. Every job of ours may run twice."""
    for job in await context.app.job_manager.get_stalled_jobs():
        await _run_again(job, context.app.job_manager)


async def _run_again(job: Job, manager: JobManager) -> None:
    """Puts it back in the queue, unless the next of its kind waits there: that one does the work, and may be waiting
    for just this one to let go of their lock. One that loses its worker again and again stays, as failed: it may be
    what kills them.
    """
    try:
        if await sync_to_async(note_lost_worker)(job):
            _log.error("job %s %s lost its worker too often; it stays as failed", job.id, job.task_name)
            await manager.finish_job(job, Status.FAILED, delete_job=False)
            return
        await manager.retry_job(job)
    except UniqueViolation:  # the index of the queueing lock, which admits one waiting job
        _log.warning("job %s %s of a dead worker gives way to the next one", job.id, job.task_name)
        await manager.finish_job(job, Status.ABORTED, delete_job=True)
    except ConnectorException as error:
        if not isinstance(error.__cause__, RaiseException):
            raise
        _log.info("job %s %s of a dead worker was put back by another", job.id, job.task_name)


@described(
    "Limpieza de la noche",
    "Borra sesiones viejas, mails enviados hace un mes y adjuntos de formularios abandonados.",
)
@app.periodic(cron="17 4 * * *")
@app.task(name="shared.tidy_up", queueing_lock="tidy_up")
def tidy_up(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every night: old sessions, mail that was sent, cache entries that expired, attachments of abandoned forms."""
    management.call_command("clearsessions")
    now = timezone.now()
    OutgoingMail.objects.filter(sent_at__lt=now - KEEP_SENT_MAIL).delete()
    CacheEntry.objects.filter(expires__lt=now).delete()
    forget_drafts()
    forget_failures()


@described("Borrar tareas terminadas", "Borra las tareas que terminaron hace una semana. Las que fallaron quedan.")
@app.periodic(cron="37 4 * * *")
@app.task(name="shared.remove_finished_jobs", queueing_lock="remove_finished_jobs", pass_context=True)
async def remove_finished_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every night: jobs that ended more than a week ago. What failed stays until somebody looked at it."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEEP_FINISHED_JOBS_HOURS, include_cancelled=True, include_aborted=True
    )
