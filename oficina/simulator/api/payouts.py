"""/v1/payouts: reading what was sent to the bank."""

from collections.abc import Mapping

from oficina.simulator.api.listing import PAGE_FIELDS, equal, instants_of, listed
from oficina.simulator.api.requests import ApiRequest, Route, retrieve_of
from oficina.simulator.balance_objects import PAYOUTS
from oficina.simulator.schema import Field, check, choice, instants
from oficina.simulator.simulation import Simulation


def list_payouts(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """A page of payouts, filtered by status, date or date of arrival."""
    fields: dict[str, Field] = {
        **PAGE_FIELDS,
        "arrival_date": instants,
        "status": choice("canceled", "failed", "in_transit", "paid", "pending"),
    }
    values = check(request.parameters, fields, unsupported=frozenset({"destination"}))
    conditions = [
        *equal(values, "status"),
        *instants_of(values, "arrival_date", "json_extract(body, '$.arrival_date')"),
    ]
    return listed(simulation.store, PAYOUTS, "/v1/payouts", values, conditions)


ROUTES = (
    Route("GET", "/v1/payouts", list_payouts),
    Route("GET", "/v1/payouts/<object_id>", retrieve_of(PAYOUTS)),
)
