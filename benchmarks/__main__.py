"""`python -m benchmarks`: every benchmark, on a PostgreSQL of its own that is durable as in production."""

import argparse
import os
import tempfile
from pathlib import Path

from oficina.configuration import ROOT
from oficina.demo.postgres import address, ensure_database, running_postgres


def main() -> None:
    """Starts the database, migrates it, and runs the benchmarks."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measures what the README states.")
    parser.add_argument("--accounts", type=int, default=20_000, help="accounts in the files to import")
    options = parser.parse_args()
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
        from benchmarks import imports  # noqa: PLC0415  needs Django

        imports.run(Path(folder), accounts=options.accounts)


if __name__ == "__main__":
    main()
