from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tramites.procedures.first_procedures import publish_first_procedures


class Command(BaseCommand):
    """Publishes the procedures that the portal brings. May be run again: it never touches a known one."""

    help = "Publish the procedures of Trámites that this installation does not have yet."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Publishes, and says what."""
        procedures = publish_first_procedures(now=timezone.now())
        self.stdout.write(f"{len(procedures)} new procedures.")
