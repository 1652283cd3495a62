"""/v1/customers, and what each has saved."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict, cast

from oficina.simulator.api.listing import PAGE_FIELDS, equal, listed
from oficina.simulator.api.payment_methods import methods_of
from oficina.simulator.api.requests import ApiRequest, Route, retrieve_of
from oficina.simulator.customers import NewCustomer
from oficina.simulator.saved_objects import CUSTOMERS
from oficina.simulator.schema import Field, check, email, metadata, text
from oficina.simulator.simulation import Simulation

_CREATE: dict[str, Field] = {
    "description": text(),
    "email": email,
    "metadata": metadata,
    "name": text(longest=256),
    "phone": text(longest=20),
}
_KNOWN_TO_STRIPE_ONLY = frozenset(
    [
        "address",
        "balance",
        "business_name",
        "cash_balance",
        "individual_name",
        "invoice_prefix",
        "invoice_settings",
        "next_invoice_sequence",
        "payment_method",
        "preferred_locales",
        "shipping",
        "source",
        "tax",
        "tax_exempt",
        "tax_id_data",
        "test_clock",
        "validate",
    ]
)


class _Create(TypedDict):
    description: NotRequired[str]
    email: NotRequired[str]
    metadata: NotRequired[dict[str, str]]
    name: NotRequired[str]
    phone: NotRequired[str]


def create(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """Make a customer. Raises StripeError."""
    wanted = cast("_Create", check(request.parameters, _CREATE, unsupported=_KNOWN_TO_STRIPE_ONLY))
    return simulation.customers.create(NewCustomer(**wanted), request.cause)


def list_customers(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """A page of customers, filtered by mail (exact) or date."""
    values = check(request.parameters, {**PAGE_FIELDS, "email": text()}, unsupported=frozenset({"test_clock"}))
    return listed(simulation.store, CUSTOMERS, "/v1/customers", values, equal(values, "email"))


def list_methods(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """What a customer has saved. Raises StripeError (404)."""
    return methods_of(
        simulation, request.object_id, request.parameters, f"/v1/customers/{request.object_id}/payment_methods"
    )


ROUTES = (
    Route("POST", "/v1/customers", create),
    Route("GET", "/v1/customers", list_customers),
    Route("GET", "/v1/customers/<object_id>", retrieve_of(CUSTOMERS)),
    Route("GET", "/v1/customers/<object_id>/payment_methods", list_methods),
)
