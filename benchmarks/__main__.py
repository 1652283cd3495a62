"""`python -m benchmarks [SUBJECT]`: on a PostgreSQL of its own each, durable as in production."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from oficina.configuration import ROOT
from oficina.demo.postgres import address, ensure_database, running_postgres

_SUBJECTS = ("imports", "listings", "pages", "deliveries", "office", "office-home")


def main() -> None:
    """Runs the benchmark of the subject, or those of all subjects one after the other."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measures what the README states.")
    parser.add_argument("subject", nargs="?", choices=_SUBJECTS, help="only this one")
    parser.add_argument("--accounts", type=int, default=20_000, help="accounts in the files to import")
    parser.add_argument("--bills", type=int, default=500, help="bills to mail; of the office's utility")
    options = parser.parse_args()
    if options.subject is None:
        for subject in _SUBJECTS:
            subprocess.run([sys.executable, "-m", "benchmarks", subject, *sys.argv[1:]], check=True)
    else:
        _run(options.subject, accounts=options.accounts, bills=options.bills)


def _run(subject: str, *, accounts: int, bills: int) -> None:
    """Starts the database and measures."""
    with (
        tempfile.TemporaryDirectory(prefix="oficina-bench-") as folder,
        running_postgres(Path(folder, "data")) as server,
    ):
        ensure_database(server, "bench")
        os.environ["DATABASE_URL"] = address(server, database="bench")
        os.environ.setdefault("CONFIGURATION_FILE", str(ROOT / "tests" / "settings.env"))
        os.environ["DJANGO_SETTINGS_MODULE"] = "oficina.settings"

        import django  # noqa: PLC0415  the settings read the address just set

        django.setup()
        from benchmarks import deliveries, imports, listings, office, office_home, pages  # noqa: PLC0415  need Django

        if subject == "imports":
            imports.run(Path(folder), accounts=accounts)
        elif subject == "listings":
            listings.run(Path(folder), accounts=accounts)
        elif subject == "deliveries":
            deliveries.run(Path(folder), bills=bills)
        elif subject == "office":
            office.run(bills=bills)
        elif subject == "office-home":
            office_home.run(bills=bills)
        else:
            pages.run()


if __name__ == "__main__":
    main()
