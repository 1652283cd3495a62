"""How background jobs are tried again. A job is enqueued in the transaction that causes it: `task.defer(…)` inside the
act, so it exists exactly when what caused it does. Each app's jobs are in its `tasks.py`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job
from procrastinate.tasks import Task

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TaskWords:
    """A task as the office reads it: its name, and a sentence about what it does."""

    title: str
    does: str


TASK_WORDS: Final[dict[str, TaskWords]] = {}
"""Of every task, by its name in the queue. Each says its own (`described`)."""


def described[AnyTask: Task[..., Any, ...]](title: str, does: str) -> Callable[[AnyTask], AnyTask]:
    """Says what a task is, in the words of the office. Above all other decorators."""

    def describe(task: AnyTask) -> AnyTask:
        TASK_WORDS[task.name] = TaskWords(title, does)
        return task

    return describe


@dataclass(frozen=True)
class TriesAgain(BaseRetryStrategy):
    """A job that fails is run again after each of these waits, in seconds, and then stays as failed for the office."""

    waits: tuple[int, ...]

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """The next try, or None when all of them were used. Logs why: procrastinate tells of the last failure only."""
        if job.attempts >= len(self.waits):
            return None
        wait = self.waits[job.attempts]
        _log.warning("job %s %s failed, again in %s s", job.id, job.task_name, wait, exc_info=exception)
        return RetryDecision(retry_in={"seconds": wait})


TRIES_AGAIN_SOON = TriesAgain((5, 30, 120, 600, 3600))
"""For what somebody waits for: five more tries within an hour and a quarter."""

TRIES_AGAIN_FOR_A_DAY = TriesAgain((30, 120, 600, 1800, 7200, 21600, 43200))
"""For what depends on somebody else's server, such as mail."""
