"""/v1/payment_intents: those that checkout made, and charging a saved card without its holder."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict, cast

from oficina.simulator.api.listing import PAGE_FIELDS, equal, listed
from oficina.simulator.api.requests import ApiRequest, Route, retrieve_of
from oficina.simulator.errors import invalid
from oficina.simulator.intents import NewIntent
from oficina.simulator.objects import PAYMENT_INTENTS
from oficina.simulator.schema import Field, boolean, check, choice, email, integer, many, metadata, nested, text
from oficina.simulator.simulation import Simulation

_CONFIRM: dict[str, Field] = {"off_session": boolean, "payment_method": text()}
_CREATE: dict[str, Field] = {
    **_CONFIRM,
    "allowed_payment_method_types": many(choice("card"), most=50),
    "amount": integer(least=1),
    "automatic_payment_methods": nested({"enabled": boolean, "allow_redirects": choice("always", "never")}),
    "confirm": boolean,
    "currency": choice("ars", "usd"),
    "customer": text(),
    "description": text(longest=1000),
    "error_on_requires_action": boolean,
    "metadata": metadata,
    "receipt_email": email,
}
_KNOWN_TO_STRIPE_ONLY = frozenset(
    [
        "amount_details",
        "application_fee_amount",
        "capture_method",
        "confirmation_method",
        "confirmation_token",
        "customer_account",
        "excluded_payment_method_types",
        "hooks",
        "mandate",
        "mandate_data",
        "on_behalf_of",
        "payment_details",
        "payment_method_configuration",
        "payment_method_data",
        "payment_method_options",
        "radar_options",
        "return_url",
        "setup_future_usage",
        "shipping",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_data",
        "transfer_group",
        "use_stripe_sdk",
    ]
)


class _Create(TypedDict):
    amount: int
    confirm: NotRequired[bool]
    currency: str
    customer: NotRequired[str]
    description: NotRequired[str]
    metadata: NotRequired[dict[str, str]]
    off_session: NotRequired[bool]
    payment_method: NotRequired[str]
    receipt_email: NotRequired[str]


def create(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """Charge a saved card at once, its holder absent. Raises StripeError, CardRefusedError when the issuer says no."""
    checked = check(request.parameters, _CREATE, required=("amount", "currency"), unsupported=_KNOWN_TO_STRIPE_ONLY)
    wanted = cast("_Create", checked)
    _only(checked, "confirm", "off_session")
    if "payment_method" not in wanted:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            param="payment_method",
            code="parameter_missing",
        )
    return simulation.off_session.charge(
        NewIntent(
            amount=wanted["amount"],
            currency=wanted["currency"],
            customer=wanted.get("customer"),
            description=wanted.get("description"),
            metadata=wanted.get("metadata", {}),
            receipt_email=wanted.get("receipt_email"),
        ),
        wanted["payment_method"],
        request.cause,
    )


def confirm(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """Try again to charge a saved card, after a refusal. Raises as `create`."""
    checked = check(request.parameters, _CONFIRM, unsupported=_KNOWN_TO_STRIPE_ONLY)
    _only(checked, "off_session")
    method = cast("str | None", checked.get("payment_method"))
    return simulation.off_session.confirm_again(request.object_id, method, request.cause)


def list_intents(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """A page of PaymentIntents, filtered by customer or date."""
    values = check(request.parameters, {**PAGE_FIELDS, "customer": text()}, unsupported=frozenset({"customer_account"}))
    return listed(simulation.store, PAYMENT_INTENTS, "/v1/payment_intents", values, equal(values, "customer"))


def _only(checked: Mapping[str, object], *names: str) -> None:
    for name in names:
        if checked.get(name) is not True:
            raise invalid(f"The local simulator of Stripe only makes PaymentIntents with `{name}: true`.", param=name)


ROUTES = (
    Route("POST", "/v1/payment_intents", create),
    Route("GET", "/v1/payment_intents", list_intents),
    Route("GET", "/v1/payment_intents/<object_id>", retrieve_of(PAYMENT_INTENTS)),
    Route("POST", "/v1/payment_intents/<object_id>/confirm", confirm),
)
