"""/v1/checkout/sessions in payment and setup mode."""

from collections.abc import Mapping
from typing import cast

from oficina.simulator.api.checkout_session_request import new_session
from oficina.simulator.api.expansion import line_items
from oficina.simulator.api.listing import PAGE_FIELDS, equal, listed
from oficina.simulator.api.requests import ApiRequest, Route
from oficina.simulator.objects import SESSIONS
from oficina.simulator.schema import Field, check, choice, nested, text
from oficina.simulator.simulation import Simulation
from oficina.simulator.store import Where


def create(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """Open a session. Raises StripeError for a request that Stripe would refuse."""
    return simulation.sessions.create(new_session(request.parameters, simulation.settings.merchant_name))


def retrieve(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """A session as it is now. Raises StripeError (404)."""
    check(request.parameters, {})
    return simulation.sessions.get(request.object_id)


def expire(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """Close an open session. Raises StripeError when it is not open."""
    check(request.parameters, {})
    return simulation.sessions.expire(request.object_id, request.cause)


def list_sessions(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """A page of sessions, filtered by status, PaymentIntent, customer, mail or date."""
    simulation.sessions.expire_overdue()
    fields: dict[str, Field] = {
        **PAGE_FIELDS,
        "customer": text(),
        "payment_intent": text(),
        "status": choice("complete", "expired", "open"),
        "customer_details": nested({"email": text()}, required=("email",)),
    }
    unsupported = frozenset({"customer_account", "payment_link", "subscription"})
    values = check(request.parameters, fields, unsupported=unsupported)
    conditions = equal(values, "customer", "payment_intent", "status")
    if "customer_details" in values:
        address = cast("dict[str, str]", values["customer_details"])["email"]
        conditions.append(Where("json_extract(body, '$.customer_details.email') = ?", (address,)))
    return listed(simulation.store, SESSIONS, "/v1/checkout/sessions", values, conditions)


def list_items(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """What a session charges for."""
    check(request.parameters, {"limit": PAGE_FIELDS["limit"]})
    return line_items(simulation, simulation.sessions.get(request.object_id)["id"])


ROUTES = (
    Route("POST", "/v1/checkout/sessions", create),
    Route("GET", "/v1/checkout/sessions", list_sessions),
    Route("GET", "/v1/checkout/sessions/<object_id>", retrieve),
    Route("POST", "/v1/checkout/sessions/<object_id>/expire", expire),
    Route("GET", "/v1/checkout/sessions/<object_id>/line_items", list_items),
)
