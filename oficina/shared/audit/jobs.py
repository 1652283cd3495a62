"""Jobs tell the database which of them is at work."""

from collections.abc import Callable
from typing import Any

from procrastinate import JobContext
from procrastinate.worker import Worker

from oficina.shared.audit.origin import JobOrigin, working_for


def tell_the_job(run: Callable[[], Any], context: JobContext, _worker: Worker) -> Any:
    """Around each task of the worker, in the task's own thread."""
    with working_for(JobOrigin(context.job.task_name, context.job.id)):
        return run()
