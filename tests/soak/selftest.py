"""`python -m tests.soak.selftest`: would the soak notice? Each deliberate bug is put in and has to be caught."""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.soak.__main__ import database
from tests.soak.violations import Violation

if TYPE_CHECKING:
    from tests.soak.ground import Ground


def main() -> int:
    """Tries every bug and tells which truth caught it; 0 when all were caught."""
    parser = argparse.ArgumentParser(prog="make soak-selftest", description="Puts bugs in and sees them caught.")
    parser.add_argument("--seconds", type=float, default=120, help="how long to look for each of them at most (120)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("names", nargs="*", help="only these bugs")
    options = parser.parse_args()
    with database(), tempfile.TemporaryDirectory(prefix="oficina-soak-") as folder:
        from tests.soak.ground import soak_ground  # noqa: PLC0415  needs Django

        with soak_ground(Path(folder)) as ground:
            missed = try_mutants(ground, options.names, seconds=options.seconds, seed=options.seed)
    sys.stdout.write(f"not caught: {', '.join(missed)}\n" if missed else "every one was caught\n")
    return 1 if missed else 0


def try_mutants(ground: "Ground", names: Sequence[str], *, seconds: float, seed: int) -> list[str]:
    """The names of the bugs that were not caught, of those named or of all: in the order of events that shows them, or
    else by chance, in this time.
    """
    from tests.soak.mutants import MUTANTS  # noqa: PLC0415

    missed = []
    for mutant in MUTANTS:
        if names and mutant.name not in names:
            continue
        began = time.perf_counter()
        with mutant.put_in():
            caught_by, how = _looked_for(ground, mutant.name, seconds=seconds, seed=seed)
        took = time.perf_counter() - began
        outcome = f"caught by «{caught_by}»" if caught_by else "NOT CAUGHT"
        sys.stdout.write(f"{mutant.name:24} {mutant.what}\n{'':24} {outcome} {how}, {took:.0f} s\n")
        sys.stdout.flush()
        if not caught_by:
            missed.append(mutant.name)
    ground.start_over()
    return missed


def _looked_for(ground: "Ground", name: str, *, seconds: float, seed: int) -> tuple[str, str]:
    """The truth that the bug which is in broke, empty when none did, and how it was looked for."""
    from tests.soak.campaign import play, run_campaign  # noqa: PLC0415
    from tests.soak.orders import ORDERS  # noqa: PLC0415

    if name in ORDERS:
        _, steps = ORDERS[name]
        try:
            play(ground, steps)
        except Violation as violation:
            return violation.truth, f"in an order of {len(steps)} steps"
        return "", f"in an order of {len(steps)} steps"
    campaign = run_campaign(ground, seconds=seconds, seed=seed, stops_at_first=True)
    caught_by = campaign.failures[0].truth if campaign.failures else ""
    return caught_by, f"after {campaign.runs} runs, {campaign.steps} steps"


if __name__ == "__main__":
    sys.exit(main())
