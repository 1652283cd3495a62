"""`python -m tests.soak`: the soak, on a PostgreSQL of its own, for as long as one likes."""

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tests.postgres_plugin

LONG_SECONDS = 300
"""A run of at least this length has to have done everything that it can do."""


def main() -> int:
    """Runs it and tells; 0 when nothing was violated and, in a long run, no act was left out."""
    parser = argparse.ArgumentParser(prog="make soak", description="Looks for a way to make the money go wrong.")
    parser.add_argument("--seconds", type=float, default=300, help="for how long (300)")
    parser.add_argument("--seed", type=int, default=None, help="the first seed; another one each time unless given")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1_000_000)
    with database(), tempfile.TemporaryDirectory(prefix="oficina-soak-") as folder:
        from tests.soak.campaign import report, run_campaign  # noqa: PLC0415  needs Django
        from tests.soak.ground import soak_ground  # noqa: PLC0415

        with soak_ground(Path(folder)) as ground:
            campaign = run_campaign(ground, seconds=options.seconds, seed=seed)
    sys.stdout.write(f"{report(campaign)}, seeds {seed} to {campaign.seed - 1}\n")
    never_done = campaign.never_done() if options.seconds >= LONG_SECONDS else []
    if never_done:
        sys.stdout.write(f"NEVER DONE, so nothing is known of it: {', '.join(never_done)}\n")
    return 1 if campaign.failures or never_done else 0


@contextmanager
def database() -> Iterator[None]:
    """Django with an empty database of tests."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "oficina.settings"
    import django  # noqa: PLC0415  the settings read the address of the database that was just started

    django.setup()
    from django.test.utils import (  # noqa: PLC0415
        setup_databases,
        setup_test_environment,
        teardown_databases,
        teardown_test_environment,
    )

    setup_test_environment(debug=False)
    databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=())
    try:
        yield
    finally:
        teardown_databases(databases, verbosity=0)
        teardown_test_environment()
        tests.postgres_plugin.pytest_unconfigure()


if __name__ == "__main__":
    sys.exit(main())
