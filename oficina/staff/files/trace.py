"""What somebody of the office did about files, for whoever looks at it later."""

from typing import Final

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry

from accounts.models import User
from oficina.staff.files.jobs import Job

ASKED: Final = ADDITION
DONE: Final = CHANGE


def note(job: Job, words: str, *, by: User, flag: int = DONE) -> None:
    """Who did what about a job, now. Part of the office's movements."""
    LogEntry.objects.log_actions(by.pk, [job], flag, change_message=words, single_object=True)
