"""/v1/payment_intents: reading those that checkout made."""

from collections.abc import Mapping

from oficina.simulator.api.requests import ApiRequest, Route
from oficina.simulator.errors import no_such
from oficina.simulator.objects import PAYMENT_INTENTS
from oficina.simulator.schema import check
from oficina.simulator.simulation import Simulation


def retrieve(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """A PaymentIntent. Raises StripeError (404)."""
    check(request.parameters, {})
    intent = simulation.store.find(PAYMENT_INTENTS, request.object_id)
    if intent is None:
        raise no_such(PAYMENT_INTENTS.name, request.object_id, PAYMENT_INTENTS.parameter)
    return intent


ROUTES = (Route("GET", "/v1/payment_intents/<object_id>", retrieve),)
