from typing import cast

import pytest
import stripe
from stripe.params import PaymentIntentCreateParams

from tests.simulator.requests import client_of, event_types, session_params, setup_params
from tests.simulator_process import Json, SimulatorProcess, WebhookReceiver

APPROVED = "4242424242424242"
ASKS_FOR_HOLDER = "4000002760003184"
AUTHENTICATED_ONCE = "4000002500003155"
ALWAYS_DECLINED = "4000000000000341"
WITHOUT_FUNDS = "4000008260003178"


def saved_card(client: stripe.StripeClient, simulator: SimulatorProcess, card: str = APPROVED) -> stripe.PaymentMethod:
    """A card of a new customer."""
    customer_id = client.v1.customers.create().id
    simulator.save_card(client.v1.checkout.sessions.create({**setup_params(), "customer": customer_id}).id, card=card)
    return client.v1.customers.payment_methods.list(customer_id).data[0]


def charge_params(method: stripe.PaymentMethod, amount: int = 75_025) -> PaymentIntentCreateParams:
    return {
        "amount": amount,
        "currency": "ars",
        "customer": str(method.customer),
        "payment_method": method.id,
        "off_session": True,
        "confirm": True,
        "description": "Débito automático",
        "metadata": {"payment": "42"},
    }


@pytest.fixture
def method(client: stripe.StripeClient, simulator: SimulatorProcess) -> stripe.PaymentMethod:
    return saved_card(client, simulator)


@pytest.mark.parametrize("card", [APPROVED, AUTHENTICATED_ONCE])
def test_a_saved_card_pays_without_its_holder(
    client: stripe.StripeClient, simulator: SimulatorProcess, receiver: WebhookReceiver, card: str
) -> None:
    method = saved_card(client, simulator, card)
    intent = client.v1.payment_intents.create({**charge_params(method), "expand": ["latest_charge"]})
    assert (intent.status, intent.amount_received, intent.currency) == ("succeeded", 75_025, "ars")
    assert (intent.customer, intent.payment_method) == (method.customer, method.id)
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (charge.amount, charge.customer, charge.metadata.to_dict()) == (75_025, method.customer, {"payment": "42"})
    assert event_types(client)[-3:] == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
    simulator.wait_until_idle()
    assert receiver.types().count("payment_intent.succeeded") == 1
    assert simulator.books()["totals"] == {
        "ars": {
            "charges": 1,
            "gross": 75_025,
            "refunds": 0,
            "refunds_failed": 0,
            "disputes": 0,
            "disputes_reinstated": 0,
            "fees": 2_626,
            "net": 72_399,
            "payouts": 0,
        }
    }
    assert client.v1.refunds.create({"payment_intent": intent.id}).amount == 75_025


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        (ASKS_FOR_HOLDER, "authentication_required", "authentication_required"),
        (ALWAYS_DECLINED, "card_declined", "generic_decline"),
        (WITHOUT_FUNDS, "card_declined", "insufficient_funds"),
    ],
)
def test_a_refusal_tells_why_and_stays(
    client: stripe.StripeClient, simulator: SimulatorProcess, card: str, code: str, decline_code: str
) -> None:
    method = saved_card(client, simulator, card)
    with pytest.raises(stripe.CardError) as refused:
        client.v1.payment_intents.create(charge_params(method))
    assert (refused.value.http_status, refused.value.code) == (402, code)
    error = refused.value.error
    assert error is not None
    assert error.decline_code == decline_code
    assert error.payment_intent is not None
    intent = client.v1.payment_intents.retrieve(str(error.payment_intent["id"]))
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.decline_code == decline_code
    assert intent.last_payment_error.payment_method is not None
    assert intent.last_payment_error.payment_method.id == method.id
    charge = client.v1.charges.retrieve(str(intent.latest_charge))
    assert (charge.status, charge.paid, charge.amount_captured) == ("failed", False, 0)
    assert event_types(client)[-2:] == ["payment_intent.created", "payment_intent.payment_failed"]
    assert client.v1.balance_transactions.list().data == []


def test_a_refusal_is_remembered_by_its_key(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    method = saved_card(client, simulator, WITHOUT_FUNDS)
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            client.v1.payment_intents.create(charge_params(method), {"idempotency_key": "debito-1"})
    assert len(client.v1.payment_intents.list().data) == 1
    assert len(client.v1.charges.list().data) == 1


def test_a_success_is_remembered_by_its_key(client: stripe.StripeClient, method: stripe.PaymentMethod) -> None:
    made = {
        client.v1.payment_intents.create(charge_params(method), {"idempotency_key": "debito-1"}).id for _ in range(3)
    }
    assert len(made) == 1
    assert len(client.v1.charges.list().data) == 1


def test_an_answer_lost_is_found_again_by_its_key(simulator: SimulatorProcess, method: stripe.PaymentMethod) -> None:
    client = client_of(simulator, retries=0)
    simulator.lose_answer(matching="POST /v1/payment_intents")
    with pytest.raises(stripe.APIConnectionError):
        client.v1.payment_intents.create(charge_params(method), {"idempotency_key": "debito-1"})
    intent = client.v1.payment_intents.create(charge_params(method), {"idempotency_key": "debito-1"})
    assert [one.id for one in client.v1.payment_intents.list().data] == [intent.id]


def test_a_refused_intent_can_be_confirmed_again(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    method = saved_card(client, simulator, WITHOUT_FUNDS)
    session_id = client.v1.checkout.sessions.create({**setup_params(), "customer": str(method.customer)}).id
    simulator.save_card(session_id)
    other = client.v1.customers.payment_methods.list(str(method.customer)).data[0]
    with pytest.raises(stripe.CardError):
        client.v1.payment_intents.create(charge_params(method))
    intent_id = client.v1.payment_intents.list().data[0].id
    with pytest.raises(stripe.CardError):
        client.v1.payment_intents.confirm(intent_id, {"payment_method": method.id, "off_session": True})
    intent = client.v1.payment_intents.confirm(intent_id, {"payment_method": other.id, "off_session": True})
    assert (intent.status, intent.last_payment_error) == ("succeeded", None)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.confirm(intent_id, {"payment_method": other.id, "off_session": True})
    assert refused.value.code == "payment_intent_unexpected_state"
    assert [charge.status for charge in client.v1.charges.list({"payment_intent": intent_id}).data] == [
        "succeeded",
        "failed",
        "failed",
    ]


def test_the_intent_of_a_session_cannot_be_confirmed_by_the_shop(
    client: stripe.StripeClient, simulator: SimulatorProcess, method: stripe.PaymentMethod
) -> None:
    session_id = client.v1.checkout.sessions.create(session_params()).id
    intent_id = str(simulator.decline(session_id)["payment_intent"])
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.confirm(intent_id, {"payment_method": method.id, "off_session": True})
    assert refused.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"amount": None}, "parameter_missing", "amount"),
        ({"amount": 49}, "amount_too_small", "amount"),
        ({"amount": 100_000_000}, "amount_too_large", "amount"),
        ({"amount": "12.5"}, "parameter_invalid_integer", "amount"),
        ({"currency": "xxx"}, None, "currency"),
        ({"payment_method": None}, "parameter_missing", "payment_method"),
        ({"payment_method": "pm_none"}, "resource_missing", "payment_method"),
        ({"customer": None}, None, "payment_method"),
        ({"customer": "cus_none"}, "resource_missing", "customer"),
        ({"off_session": None}, None, "off_session"),
        ({"confirm": None}, None, "confirm"),
        ({"capture_method": "manual"}, None, "capture_method"),
        ({"payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
    ],
)
def test_what_cannot_be_charged_is_refused(
    client: stripe.StripeClient,
    method: stripe.PaymentMethod,
    changes: dict[str, Json],
    code: str | None,
    param: str,
) -> None:
    params = {**cast("dict[str, Json]", charge_params(method)), **changes}
    given = {name: value for name, value in params.items() if value is not None}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.raw_request("post", "/v1/payment_intents", **given)
    assert (refused.value.code, refused.value.param) == (code, param)
    assert client.v1.payment_intents.list().data == []


def test_a_card_of_another_customer_is_refused(client: stripe.StripeClient, method: stripe.PaymentMethod) -> None:
    params = charge_params(method)
    params["customer"] = client.v1.customers.create().id
    with pytest.raises(stripe.InvalidRequestError, match="must belong to the customer"):
        client.v1.payment_intents.create(params)


def test_a_card_that_was_detached_is_never_charged_again(
    client: stripe.StripeClient, method: stripe.PaymentMethod
) -> None:
    params = charge_params(method)
    detached = client.v1.payment_methods.detach(method.id)
    assert detached.customer is None
    event = client.v1.events.list({"type": "payment_method.detached"}).data[0]
    assert event.data.previous_attributes is not None
    assert event.data.previous_attributes["customer"] == method.customer
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        client.v1.payment_intents.create(params)
    with pytest.raises(stripe.InvalidRequestError, match="detachment is impossible"):
        client.v1.payment_methods.detach(method.id)


def test_a_card_used_once_was_not_saved(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    session_id = client.v1.checkout.sessions.create(session_params()).id
    intent_id = str(simulator.pay(session_id)["payment_intent"])
    method = client.v1.payment_methods.retrieve(str(client.v1.payment_intents.retrieve(intent_id).payment_method))
    assert method.customer is None
    assert method.billing_details.email == "ana@oficina.example"
    params = charge_params(method)
    params["customer"] = client.v1.customers.create().id
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        client.v1.payment_intents.create(params)


def test_intents_and_charges_are_listed_by_customer_and_date(
    client: stripe.StripeClient, simulator: SimulatorProcess, method: stripe.PaymentMethod
) -> None:
    simulator.pay(client.v1.checkout.sessions.create(session_params()).id)
    intent = client.v1.payment_intents.create(charge_params(method))
    customer = str(method.customer)
    assert [one.id for one in client.v1.payment_intents.list({"customer": customer}).data] == [intent.id]
    assert [one.payment_intent for one in client.v1.charges.list({"customer": customer}).data] == [intent.id]
    window = {"gte": intent.created - 3_600, "lt": intent.created + 60}
    past = {"lt": intent.created - 3_600}
    assert len(client.v1.payment_intents.list({"created": cast("int", window)}).data) == 2
    assert len(client.v1.charges.list({"created": cast("int", window)}).data) == 2
    assert client.v1.payment_intents.list({"created": cast("int", past)}).data == []
    assert client.v1.charges.list({"created": cast("int", past)}).data == []
    assert client.v1.charges.list({"limit": 1}).has_more is True
