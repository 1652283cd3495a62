"""Why background jobs fail, kept where the office sees it: the worker's log is for whoever runs the portal.

What an error says may hold anything that the job had in hand. Only its kind, its own words and the place in our code
are kept, without what looks like a secret, a mail address, a number of a document, card or bank account, or the row
that the database complains about.
"""

import logging
import re
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, connection
from procrastinate import App, JobContext
from procrastinate.contrib.django.models import ProcrastinateEvent
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job
from procrastinate.worker import Worker

from oficina.shared.models import JobFailure

MOST_LOST_WORKERS: Final = 5
"""Workers that may die with a job in hand before it is held to be what kills them."""

_LONGEST = JobFailure._meta.get_field("error").max_length or 0
_HIDDEN = "…"
_TELLING = re.compile(
    r"""
    (?:sk|pk|rk|whsec|seti|pi|cs|cus|pm|src|tok)_\w{6,}  # the provider's keys and secrets, and what it calls people by
    | (?i:bearer|basic)\s+\S+ | (?<=://)[^/\s:@]+:[^/\s@]+(?=@)  # what somebody logs in with
    | (?i:(?:secret|password|token|key|authorization)["']?\s*[=:]\s*(?:(?:bearer|basic)\s+)?)\S+
    | [^\s<>"'(),;:]+@[^\s<>"'(),;:]+  # mails
    | \b\d(?:[\d.\-\ ]{5,}\d)  # documents, phones, cards, bank accounts, accounts
    | (?<=\?)\S+  # what an address asks
    """,
    re.VERBOSE,
)
_ROWS = re.compile(r"\b(?:DETAIL|CONTEXT|HINT):.*", re.DOTALL)

_log = logging.getLogger(__name__)


def keep_failures(app: App) -> None:
    """Has every worker of `app` keep why a job failed."""
    defaults = app.worker_defaults
    defaults["task_middleware"] = [*(defaults.get("task_middleware") or []), _keeps_failure, _keeps_failure_async]


def without_secrets(text: str) -> str:
    """The text without what looks like a secret or personal data."""
    return _TELLING.sub(_HIDDEN, _ROWS.sub("", text)).strip()


def failure_words(error: BaseException) -> str:
    """`OSError: the server is busy (oficina/shared/mail.py:120)`: what went wrong, and where in our code."""
    place = _place(error)
    said = without_secrets(str(error))
    words = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return f"{words[: _LONGEST - len(place) - 3]} ({place})" if place else words[:_LONGEST]


def note_lost_worker(job: Job) -> bool:
    """Keep that the worker which had `job` in hand died; tell whether that happened too often since somebody of the
    office had it tried again.
    """
    assert job.id is not None
    kept = _keep(job, "El proceso que la tenía en mano se cortó.", lost=True)
    asked = ProcrastinateEvent.objects.filter(job_id=job.id, type="retried").order_by("-pk").first()
    lost = JobFailure.objects.filter(job_id=job.id, lost=True)
    if asked is not None and asked.at is not None:
        lost = lost.filter(at__gt=asked.at)
    return kept and lost.count() >= MOST_LOST_WORKERS


def forget_failures() -> None:
    """Delete what is known of jobs that are gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM shared_jobfailure AS failure"
            " WHERE NOT EXISTS (SELECT FROM procrastinate_jobs WHERE id = failure.job_id)"
        )


def _keeps_failure(call_next: Callable[[], Any], context: JobContext, _worker: Worker) -> Any:
    try:
        return call_next()
    except JobAborted:
        raise
    except Exception as error:
        _keep(context.job, failure_words(error))
        raise


async def _keeps_failure_async(call_next: Callable[[], Awaitable[Any]], context: JobContext, _worker: Worker) -> Any:
    try:
        return await call_next()
    except JobAborted:
        raise
    except Exception as error:
        await sync_to_async(_keep)(context.job, failure_words(error))
        raise


def _keep(job: Job, words: str, *, lost: bool = False) -> bool:
    """Whether it could be kept. When the database is what failed, the worker's log has it."""
    assert job.id is not None
    failure = JobFailure(job_id=job.id, attempt=job.attempts, error=words, lost=lost)
    try:
        JobFailure.objects.bulk_create([failure], ignore_conflicts=True)
    except DatabaseError:
        _log.exception("job %s: why it failed could not be kept", job.id)
        return False
    return True


def _place(error: BaseException) -> str:
    """The innermost line of our own code, `billing/receipts.py:44`."""
    root = Path(settings.BASE_DIR)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(root) and ".venv" not in path.parts and path.name != "job_failures.py":
            return f"{path.relative_to(root)}:{frame.lineno}"
    return ""
