"""What was done at the till, in the office's log."""

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db.models import Model
from django.http import HttpRequest

from accounts.access import logged_in_user


def log_made(request: HttpRequest, row: Model, said: str) -> None:
    """Somebody of the office made it."""
    LogEntry.objects.log_actions(logged_in_user(request).pk, [row], ADDITION, change_message=said, single_object=True)


def log_changed(request: HttpRequest, row: Model, said: str) -> None:
    """Somebody of the office changed it."""
    LogEntry.objects.log_actions(logged_in_user(request).pk, [row], CHANGE, change_message=said, single_object=True)
