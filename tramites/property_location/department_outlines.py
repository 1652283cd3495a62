"""About where each department of Mendoza lies.

Drawn by hand for this portal, from no map and no register: corners a few kilometres apart, enough to see in which part
of a department a property is, and good for nothing else (`docs/decisions/0141`).
"""

import json
from functools import cache
from pathlib import Path
from typing import Final

from oficina.shared.outlines import Outline
from tramites.departments import Department

_FILE: Final = Path(__file__).parent / "department_outlines.json"
"""The corners of each as longitude and latitude, by the value of `Department`."""


@cache
def department_outlines() -> dict[Department, Outline]:
    """The outline of every department."""
    drawn = json.loads(_FILE.read_text(encoding="utf-8"))
    return {
        Department(name): Outline(((tuple((x, y) for x, y in [*corners, corners[0]]),),))
        for name, corners in drawn.items()
    }
