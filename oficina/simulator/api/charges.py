"""/v1/charges: reading what was charged, with the card's brand and last four digits."""

from collections.abc import Mapping

from oficina.simulator.api.listing import PAGE_FIELDS, equal, listed
from oficina.simulator.api.requests import ApiRequest, Route, retrieve_of
from oficina.simulator.objects import CHARGES
from oficina.simulator.schema import Field, check, text
from oficina.simulator.simulation import Simulation


def list_charges(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """A page of charges, the failed ones too, filtered by PaymentIntent, customer or date."""
    fields: dict[str, Field] = {**PAGE_FIELDS, "payment_intent": text(), "customer": text()}
    values = check(request.parameters, fields, unsupported=frozenset({"transfer_group"}))
    conditions = equal(values, "payment_intent", "customer")
    return listed(simulation.store, CHARGES, "/v1/charges", values, conditions)


ROUTES = (
    Route("GET", "/v1/charges", list_charges),
    Route("GET", "/v1/charges/<object_id>", retrieve_of(CHARGES)),
)
