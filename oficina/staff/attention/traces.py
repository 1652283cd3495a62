"""What was done at the counter, in the office's log."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model
from django.http import HttpRequest

from accounts.access import logged_in_user


def log(request: HttpRequest, row: Model, said: str) -> None:
    """Somebody of the office did it about this row."""
    LogEntry.objects.log_actions(logged_in_user(request).pk, [row], CHANGE, change_message=said, single_object=True)
