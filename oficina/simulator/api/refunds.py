"""/v1/refunds: giving money back."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict, cast

from oficina.simulator.api.listing import PAGE_FIELDS, equal, listed
from oficina.simulator.api.requests import ApiRequest, Route, retrieve_of
from oficina.simulator.balance_objects import REFUNDS
from oficina.simulator.refunds import NewRefund, refusal_without_subject
from oficina.simulator.schema import Field, check, choice, integer, metadata, text
from oficina.simulator.simulation import Simulation

_CREATE: dict[str, Field] = {
    "amount": integer(least=1),
    "charge": text(),
    "metadata": metadata,
    "payment_intent": text(),
    "reason": choice("duplicate", "fraudulent", "requested_by_customer"),
}
_KNOWN_TO_STRIPE_ONLY = frozenset(
    {"currency", "customer", "instructions_email", "origin", "refund_application_fee", "reverse_transfer"}
)


class _Create(TypedDict):
    amount: NotRequired[int]
    charge: NotRequired[str]
    metadata: NotRequired[dict[str, str]]
    payment_intent: NotRequired[str]
    reason: NotRequired[str]


def create(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """Refund a charge, all that is left of it or a part. Raises StripeError for more than is left."""
    wanted = cast("_Create", check(request.parameters, _CREATE, unsupported=_KNOWN_TO_STRIPE_ONLY))
    if "charge" not in wanted and "payment_intent" not in wanted:
        raise refusal_without_subject()
    return simulation.refunds.create(NewRefund(**wanted), request.cause)


def list_refunds(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """A page of refunds, the failed ones too, filtered by charge, PaymentIntent or date."""
    simulation.refunds.follow_courses()
    values = check(request.parameters, {**PAGE_FIELDS, "charge": text(), "payment_intent": text()})
    return listed(simulation.store, REFUNDS, "/v1/refunds", values, equal(values, "charge", "payment_intent"))


ROUTES = (
    Route("POST", "/v1/refunds", create),
    Route("GET", "/v1/refunds", list_refunds),
    Route("GET", "/v1/refunds/<object_id>", retrieve_of(REFUNDS)),
)
