"""/v1/payment_methods: reading, listing and forgetting what was saved."""

from collections.abc import Mapping

from oficina.simulator.api.listing import PAGE_FIELDS, equal, listed
from oficina.simulator.api.requests import ApiRequest, Route
from oficina.simulator.errors import no_such
from oficina.simulator.objects import PAYMENT_METHODS
from oficina.simulator.parameters import Parameter
from oficina.simulator.saved_objects import CUSTOMERS
from oficina.simulator.schema import Field, check, text
from oficina.simulator.simulation import Simulation
from oficina.simulator.store import Where

_FILTERS: dict[str, Field] = {
    **{name: field for name, field in PAGE_FIELDS.items() if name != "created"},
    "type": text(),
}


def retrieve(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """A payment method, saved or not. Raises StripeError (404)."""
    check(request.parameters, {})
    return simulation.methods.get(request.object_id)


def detach(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """Forget a saved payment method. Raises StripeError when it is nobody's."""
    check(request.parameters, {})
    return simulation.methods.detach(request.object_id, request.cause)


def list_methods(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """What a customer has saved; without a customer there is nothing, as in Stripe."""
    customer = request.parameters.get("customer")
    rest = {name: value for name, value in request.parameters.items() if name != "customer"}
    return methods_of(simulation, None if customer is None else text()(customer, "customer"), rest, request.path)


def methods_of(
    simulation: Simulation, customer_id: object, parameters: dict[str, Parameter], url: str
) -> Mapping[str, object]:
    """A page of what a customer has saved. Raises StripeError (404) when there is no such customer."""
    values = check(parameters, _FILTERS, unsupported=frozenset({"allow_redisplay", "customer_account"}))
    conditions = equal(values, "type")
    if customer_id is None:
        conditions.append(Where("FALSE"))
    else:
        customer = str(customer_id)
        if simulation.store.find(CUSTOMERS, customer) is None:
            raise no_such(CUSTOMERS.name, customer, CUSTOMERS.parameter)
        conditions += equal({"customer": customer}, "customer")
    return listed(simulation.store, PAYMENT_METHODS, url, values, conditions)


ROUTES = (
    Route("GET", "/v1/payment_methods", list_methods),
    Route("GET", "/v1/payment_methods/<object_id>", retrieve),
    Route("POST", "/v1/payment_methods/<object_id>/detach", detach),
)
