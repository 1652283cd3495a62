from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tramites.help.first_help import publish_first_help


class Command(BaseCommand):
    """Publishes the help that the portal brings. May be run after every release: it never touches a known topic."""

    help = "Publish the topics of Ayuda that this installation does not have yet."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Publishes, and says what."""
        topics = publish_first_help(now=timezone.now())
        self.stdout.write(f"{len(topics)} new topics.")
