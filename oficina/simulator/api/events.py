"""/v1/events: what happened, for whoever missed the webhook."""

from collections.abc import Mapping
from typing import cast

from oficina.simulator.api.listing import PAGE_FIELDS, listed
from oficina.simulator.api.requests import ApiRequest, Route, retrieve_of
from oficina.simulator.errors import invalid
from oficina.simulator.objects import EVENTS
from oficina.simulator.schema import Field, check, many, text
from oficina.simulator.simulation import Simulation
from oficina.simulator.store import Where

_TYPE = "json_extract(body, '$.type')"


def list_events(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """A page of events, filtered by type and by date."""
    simulation.sessions.expire_overdue()
    fields: dict[str, Field] = {**PAGE_FIELDS, "type": text(), "types": many(text(), most=20)}
    values = check(request.parameters, fields, unsupported=frozenset({"delivery_success"}))
    if "type" in values and "types" in values:
        raise invalid("You may only specify one of these parameters: type, types.", param="type")
    conditions: list[Where] = []
    if "type" in values:
        conditions.append(Where(f"{_TYPE} GLOB ?", (str(values["type"]),)))
    if "types" in values:
        types = cast("list[str]", values["types"])
        conditions.append(Where(f"{_TYPE} IN ({', '.join('?' * len(types))})", tuple(types)))
    return listed(simulation.store, EVENTS, "/v1/events", values, conditions)


ROUTES = (
    Route("GET", "/v1/events", list_events),
    Route("GET", "/v1/events/<object_id>", retrieve_of(EVENTS)),
)
