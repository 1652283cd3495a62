"""/v1/setup_intents: reading those that checkout made in setup mode."""

from collections.abc import Mapping

from oficina.simulator.api.listing import PAGE_FIELDS, equal, listed
from oficina.simulator.api.requests import ApiRequest, Route, retrieve_of
from oficina.simulator.saved_objects import SETUP_INTENTS
from oficina.simulator.schema import check, text
from oficina.simulator.simulation import Simulation

_KNOWN_TO_STRIPE_ONLY = frozenset({"attach_to_self", "customer_account"})


def list_intents(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """A page of SetupIntents, filtered by customer, payment method or date."""
    fields = {**PAGE_FIELDS, "customer": text(), "payment_method": text()}
    values = check(request.parameters, fields, unsupported=_KNOWN_TO_STRIPE_ONLY)
    conditions = equal(values, "customer", "payment_method")
    return listed(simulation.store, SETUP_INTENTS, "/v1/setup_intents", values, conditions)


ROUTES = (
    Route("GET", "/v1/setup_intents", list_intents),
    Route("GET", "/v1/setup_intents/<object_id>", retrieve_of(SETUP_INTENTS)),
)
