"""`expand[]`: putting a whole object where an answer names it."""

import json
from collections.abc import Mapping, Sequence
from typing import cast

from oficina.simulator.errors import invalid
from oficina.simulator.objects import SESSIONS
from oficina.simulator.parameters import Parameter
from oficina.simulator.schema import many, text
from oficina.simulator.simulation import Simulation

_DEEPEST = 4
EXPANDABLE = frozenset(
    [
        "balance_transaction",
        "charge",
        "customer",
        "failure_balance_transaction",
        "latest_charge",
        "line_items",
        "payment_intent",
        "payment_method",
        "setup_intent",
        "source",
    ]
)


def paths_of(raw: Parameter | None) -> list[str]:
    """The paths of the parameter `expand`. Raises StripeError."""
    if raw is None:
        return []
    paths = cast("list[str]", many(text(), most=20)(raw, "expand"))
    for path in paths:
        if path.count(".") >= _DEEPEST:
            raise invalid(f"You cannot expand more than {_DEEPEST} levels of a property: {path}", param="expand")
    return paths


def expanded(simulation: Simulation, body: Mapping[str, object], paths: Sequence[str]) -> dict[str, object]:
    """A copy of an answer with every path filled in. Raises StripeError for what cannot be expanded."""
    answer = cast("dict[str, object]", json.loads(json.dumps(body)))
    for path in paths:
        steps = path.split(".")
        if steps[0] == "data" and answer.get("object") == "list":
            for item in cast("list[dict[str, object]]", answer["data"]):
                _expand(simulation, item, steps[1:], path)
        else:
            _expand(simulation, answer, steps, path)
    return answer


def _expand(simulation: Simulation, node: dict[str, object], steps: list[str], path: str) -> None:
    if not steps:
        return
    name, rest = steps[0], steps[1:]
    if name == "line_items" and node.get("object") == SESSIONS.name:
        node[name] = line_items(simulation, str(node["id"]))
        return
    if name not in EXPANDABLE or name not in node:
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    reference = node[name]
    if isinstance(reference, str):
        node[name] = simulation.store.find_any(reference)
    child = node[name]
    if isinstance(child, dict):
        _expand(simulation, child, rest, path)


def line_items(simulation: Simulation, session_id: str) -> dict[str, object]:
    """All the items of a session, as a list object; there are at most a hundred."""
    details = simulation.sessions.details(session_id)
    return {
        "object": "list",
        "data": details["line_items"],
        "has_more": False,
        "url": f"/v1/checkout/sessions/{session_id}/line_items",
    }
