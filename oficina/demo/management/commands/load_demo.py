from django.core.management.base import BaseCommand, CommandParser

from oficina.demo.load import INVENTED_ACCOUNTS, load_demo


class Command(BaseCommand):
    """Loads the demo's data; `make demo` calls it once. Does nothing the second time."""

    help = "Load the data of the fictitious utility."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much of it."""
        parser.add_argument("--accounts", type=int, default=INVENTED_ACCOUNTS, help="accounts beside the fixed ones")

    def handle(self, *_args: object, accounts: int, **_options: object) -> None:
        """Loads, and says what."""
        for outcome in load_demo(invented=accounts):
            self.stdout.write(f"  {outcome.file_name:<18}{outcome.inserted:>8,} rows")
