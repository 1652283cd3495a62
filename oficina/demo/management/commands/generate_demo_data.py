from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from oficina.demo.generator.accounts import LEAST_INVENTED
from oficina.demo.generator.generate import MOST_INVENTED, SEED, generate_demo_data
from oficina.shared.dates import today


class Command(BaseCommand):
    """The same files for the same seed, number of accounts and date."""

    help = "Write the files of a fictitious utility: accounts, invoices, invoice_lines, charges and payments."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to make up, and where it goes."""
        parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder of the five files")
        parser.add_argument("--seed", type=int, default=SEED, help="another one, another utility")
        parser.add_argument(
            "--accounts",
            type=int,
            default=3000,
            help=f"accounts beside the fixed ones, {LEAST_INVENTED} to {MOST_INVENTED}",
        )
        parser.add_argument("--today", type=date.fromisoformat, help="the day on which it ends, YYYY-MM-DD")

    def handle(self, *, out: Path, seed: int, accounts: int, **options: object) -> None:
        """Writes the files and names them."""
        day = options["today"]
        ends_on = day if isinstance(day, date) else today()
        try:
            paths = generate_demo_data(out, seed=seed, today=ends_on, invented=accounts)
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        for path in paths:
            self.stdout.write(str(path))
