"""`python -m oficina.demo [--reset]`: the portal with the data of a fictitious utility, until Ctrl-C."""

import argparse
import os
import sys

from oficina.demo.place import CannotStartError, DemoPlace
from oficina.demo.processes import StoppedWorkingError
from oficina.demo.supervisor import forget, run


def main() -> None:
    """Run the demo in the foreground; `--reset` forgets its data first."""
    parser = argparse.ArgumentParser(prog="oficina.demo", description="The portal of a fictitious utility.")
    parser.add_argument("--reset", action="store_true", help="forget the data and start from nothing")
    arguments = parser.parse_args()
    try:
        place = DemoPlace(port=int(os.environ.get("PORT", "8000")))
        with place.held():
            if arguments.reset:
                forget(place)
            run(place)
    except (CannotStartError, StoppedWorkingError) as problem:
        sys.exit(f"\n{problem}")
    except KeyboardInterrupt:
        sys.stdout.write("\nStopped. The data stays for the next `make demo`; `make demo-reset` forgets it.\n")


if __name__ == "__main__":
    main()
