"""Lists as Stripe gives them: newest first, a page at a time, by cursor."""

from collections.abc import Mapping, Sequence
from typing import cast

from oficina.simulator.errors import invalid, no_such
from oficina.simulator.objects import ApiObject, Kind
from oficina.simulator.schema import Field, instants, integer, text
from oficina.simulator.store import Store, UnknownCursorError, Where

PAGE_FIELDS: dict[str, Field] = {
    "limit": integer(least=1, most=100),
    "starting_after": text(),
    "ending_before": text(),
    "created": instants,
}
_COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "equal": "="}
_DEFAULT_LIMIT = 10


def listed[T: ApiObject](
    store: Store, kind: Kind[T], url: str, values: Mapping[str, object], conditions: Sequence[Where]
) -> Mapping[str, object]:
    """The page that `values` (checked with PAGE_FIELDS) ask for. Raises StripeError for a cursor that is nothing."""
    after, before = (
        cast("str | None", values.get("starting_after")),
        cast("str | None", values.get("ending_before")),
    )
    if after is not None and before is not None:
        raise invalid("You can only specify one of these parameters: starting_after, ending_before.")
    try:
        page = store.page(
            kind,
            [*conditions, *instants_of(values, "created", "created")],
            limit=cast("int", values.get("limit", _DEFAULT_LIMIT)),
            after=after,
            before=before,
        )
    except UnknownCursorError:
        name = "starting_after" if after is not None else "ending_before"
        raise no_such(kind.name, after or before or "", name) from None
    return {"object": "list", "data": page.items, "has_more": page.has_more, "url": url}


def equal(values: Mapping[str, object], *names: str) -> list[Where]:
    """Conditions for the filters of `values` that name a field of the object."""
    return [Where(f"json_extract(body, '$.{name}') = ?", (str(values[name]),)) for name in names if name in values]


def instants_of(values: Mapping[str, object], name: str, field: str) -> list[Where]:
    """Conditions for a filter by moment or range of moments; `field` is SQL for what it is about."""
    limits = cast("dict[str, int]", values.get(name, {}))
    return [Where(f"{field} {_COMPARISONS[limit]} ?", (instant,)) for limit, instant in limits.items()]
