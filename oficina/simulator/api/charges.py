"""/v1/charges: reading what was charged, with the card's brand and last four digits."""

from collections.abc import Mapping

from oficina.simulator.api.requests import ApiRequest, Route
from oficina.simulator.errors import no_such
from oficina.simulator.objects import CHARGES
from oficina.simulator.schema import check
from oficina.simulator.simulation import Simulation


def retrieve(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """A charge. Raises StripeError (404)."""
    check(request.parameters, {})
    charge = simulation.store.find(CHARGES, request.object_id)
    if charge is None:
        raise no_such(CHARGES.name, request.object_id, CHARGES.parameter)
    return charge


ROUTES = (Route("GET", "/v1/charges/<object_id>", retrieve),)
