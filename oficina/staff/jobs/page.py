"""The page that tells whether the portal does by itself what it should."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from oficina.staff.jobs.standing import periodic_tasks, workers
from oficina.staff.models import JobStatus
from oficina.staff.pages import office_answer, office_page


@office_page("staff.view_backgroundjob")
def standing(request: HttpRequest) -> HttpResponse:
    """Workers, and the tasks that run by the clock."""
    now = timezone.now()
    running = workers(now=now)
    tasks = periodic_tasks(now=now)
    return office_answer(
        request,
        "office/jobs/standing.html",
        title="Cómo andan las tareas",
        workers=running,
        alive=sum(worker.is_alive for worker in running),
        tasks=[(task, JobStatus(task.status).label if task.status in JobStatus.values else "") for task in tasks],
        late=sum(task.is_late for task in tasks),
    )
