from django.core.management.base import BaseCommand

from oficina.demo.load import load_demo


class Command(BaseCommand):
    """Loads the demo's data; `make demo` calls it once."""

    help = "Load the data of the fictitious utility."

    def handle(self, *_args: object, **_options: object) -> None:
        """Load what is missing."""
        load_demo()
