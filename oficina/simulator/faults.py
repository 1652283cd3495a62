"""What the simulator is told to do wrong, and when: the faults in hand, kept on disk until used up or cleared.

A kind of fault belongs to one moment: when an event is about to be sent, when a call of the API comes, when its
answer is about to be given, or when a refund is made. `matching` is a pattern over the event's type, over
"METHOD path", or over the charge's identifier. A new kind is a row of KINDS and the code at its moment.
"""

import fnmatch
import json
from dataclasses import dataclass, field
from typing import Literal, cast

from oficina.simulator.store import Store

Moment = Literal["event", "call", "answer", "refund"]
Option = bool | int | float | str


@dataclass(frozen=True)
class FaultKind:
    """When a fault strikes, what it strikes when not told otherwise, and its options."""

    moment: Moment
    matching: str
    options: dict[str, Option]
    """Every option with its default; the default's type is the option's."""
    choices: dict[str, tuple[Option, ...]] = field(default_factory=dict)
    """The values that an option may have, for those that have few."""


ORDERS = ("as_made", "reversed", "shuffled")
"""In which order held events are let go."""

KINDS: dict[str, FaultKind] = {
    "duplicate": FaultKind("event", "*", {"times": 2, "concurrent": False}),
    "twin": FaultKind("event", "*", {"times": 2}),
    "delay": FaultKind("event", "*", {"seconds": 1.0}),
    "drop": FaultKind("event", "*", {}),
    "reorder": FaultKind("event", "*", {"size": 0, "order": "reversed", "seed": 0}, {"order": ORDERS}),
    "answer_lost": FaultKind("answer", "POST /v1/checkout/sessions", {"how": "cut"}, {"how": ("cut", "error")}),
    "error_500": FaultKind("call", "*", {"when": "before"}, {"when": ("before", "after")}),
    "slow": FaultKind("call", "*", {"seconds": 1.0, "when": "after"}, {"when": ("before", "after")}),
    "refund_pending": FaultKind("refund", "*", {}),
}


class UnknownFaultError(ValueError):
    """No such kind of fault, or an option that it does not have."""


@dataclass(frozen=True)
class Fault:
    """A fault in hand; `remaining` is None until it is cleared."""

    id: int
    kind: str
    matching: str
    remaining: int | None
    options: dict[str, Option]


class Faults:
    """The faults in hand, on disk."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, kind: str, *, matching: str | None, remaining: int | None, options: dict[str, Option]) -> Fault:
        """Set a fault for the next `remaining` matches, or until cleared when it is None. Raises UnknownFaultError."""
        known = KINDS.get(kind)
        if known is None:
            raise UnknownFaultError(f"unknown fault {kind!r}; there are: {', '.join(KINDS)}")
        for name, value in options.items():
            if name not in known.options:
                raise UnknownFaultError(f"the fault {kind!r} has no option {name!r}")
            expected = type(known.options[name])
            if not isinstance(value, (int, float) if expected is float else expected):
                raise UnknownFaultError(f"the option {name!r} must be of type {expected.__name__}")
            if value not in known.choices.get(name, (value,)):
                raise UnknownFaultError(f"the option {name!r} is one of {known.choices[name]}")
        pattern = matching or known.matching
        fault_id = self._store.change(
            "INSERT INTO faults (kind, matching, remaining, options) VALUES (?, ?, ?, ?)",
            (kind, pattern, remaining, json.dumps(known.options | options)),
        )
        return Fault(fault_id, kind, pattern, remaining, known.options | options)

    def listed(self) -> list[Fault]:
        """The faults that can still strike, oldest first."""
        rows = self._store.query("SELECT * FROM faults WHERE remaining IS NULL OR remaining > 0 ORDER BY id")
        return [
            Fault(
                row["id"],
                row["kind"],
                row["matching"],
                row["remaining"],
                cast("dict[str, Option]", json.loads(row["options"])),
            )
            for row in rows
        ]

    def clear(self) -> None:
        """Behave well again."""
        self._store.change("DELETE FROM faults")

    def take(self, moment: Moment, subject: str) -> list[Fault]:
        """The faults that strike `subject` now; each is used up by one."""
        with self._store.transaction():
            struck = [
                fault
                for fault in self.listed()
                if KINDS[fault.kind].moment == moment and fnmatch.fnmatchcase(subject, fault.matching)
            ]
            for fault in struck:
                self._store.change("UPDATE faults SET remaining = remaining - 1 WHERE id = ?", (fault.id,))
        return struck
