"""Stripe's form encoding: `line_items[0][price_data][currency]=ars` to nested dictionaries.

Lists arrive as dictionaries with numbers for names; only the schema of a request knows which is which.
"""

import re

from oficina.simulator.errors import invalid

type Parameter = str | dict[str, Parameter]

_NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")


def decode(pairs: list[tuple[str, str]]) -> dict[str, Parameter]:
    """Nested parameters of a request, from its pairs in order. Raises StripeError for a name that cannot be read."""
    tree: dict[str, Parameter] = {}
    for name, value in pairs:
        match = _NAME.match(name)
        if match is None:
            raise invalid(f"Invalid request parameter: {name}", param=name)
        _place(tree, [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])], value, name)
    return tree


def _place(tree: dict[str, Parameter], path: list[str], value: str, name: str) -> None:
    node = tree
    for step in path[:-1]:
        child = node.setdefault(step or str(len(node)), {})
        if not isinstance(child, dict):
            raise invalid(f"Invalid request parameter: {name}", param=name)
        node = child
    node[path[-1] or str(len(node))] = value
