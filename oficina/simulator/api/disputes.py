"""/v1/disputes: reading what was contested."""

from collections.abc import Mapping

from oficina.simulator.api.listing import PAGE_FIELDS, equal, listed
from oficina.simulator.api.requests import ApiRequest, Route, retrieve_of
from oficina.simulator.balance_objects import DISPUTES
from oficina.simulator.schema import check, text
from oficina.simulator.simulation import Simulation


def list_disputes(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """A page of disputes, filtered by charge, PaymentIntent or date."""
    values = check(request.parameters, {**PAGE_FIELDS, "charge": text(), "payment_intent": text()})
    return listed(simulation.store, DISPUTES, "/v1/disputes", values, equal(values, "charge", "payment_intent"))


ROUTES = (
    Route("GET", "/v1/disputes", list_disputes),
    Route("GET", "/v1/disputes/<object_id>", retrieve_of(DISPUTES)),
)
