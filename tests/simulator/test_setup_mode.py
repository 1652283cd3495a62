import http.client
import re
from typing import cast
from urllib.parse import urlencode, urlsplit

import pytest
import stripe

from tests.simulator.requests import event_types, session_params, setup_params
from tests.simulator_process import Json, RefusedError, SimulatorProcess

CARD = {"number": "4242 4242 4242 4242", "expiry": "12/39", "cvc": "123", "name": "Ana Paz", "action": "save"}


@pytest.fixture
def customer_id(client: stripe.StripeClient) -> str:
    return client.v1.customers.create({"email": "ana@oficina.example", "name": "Ana Paz"}).id


@pytest.fixture
def session_id(client: stripe.StripeClient, customer_id: str) -> str:
    return client.v1.checkout.sessions.create({**setup_params(), "customer": customer_id}).id


def setup_of(client: stripe.StripeClient, session_id: str) -> stripe.SetupIntent:
    intent = client.v1.checkout.sessions.retrieve(session_id, {"expand": ["setup_intent"]}).setup_intent
    assert isinstance(intent, stripe.SetupIntent)
    return intent


def visit(url: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Status, where it leads, and what a person reads."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        method = "GET" if form is None else "POST"
        connection.request(method, parts.path, None if form is None else urlencode(form), headers)
        response = connection.getresponse()
        read = " ".join(re.sub(r"<[^>]+>", " ", response.read().decode()).replace("\u00a0", " ").split())
        return response.status, response.headers.get("Location", ""), read
    finally:
        connection.close()


def test_a_session_in_setup_mode_sells_nothing(client: stripe.StripeClient, customer_id: str, session_id: str) -> None:
    session = client.v1.checkout.sessions.retrieve(session_id)
    assert (session.mode, session.status, session.payment_status) == ("setup", "open", "no_payment_required")
    assert (session.amount_total, session.currency, session.payment_intent) == (None, "ars", None)
    assert (session.customer, session.customer_email) == (customer_id, None)
    intent = setup_of(client, session_id)
    assert (intent.status, intent.usage, intent.customer) == ("requires_payment_method", "off_session", customer_id)
    assert intent.metadata is not None
    assert intent.metadata.to_dict() == {"adhesion": "7"}


def test_saving_a_card_attaches_it_to_the_customer(
    client: stripe.StripeClient, simulator: SimulatorProcess, customer_id: str, session_id: str
) -> None:
    simulator.save_card(session_id, card="5200828282828210")
    session = client.v1.checkout.sessions.retrieve(session_id)
    assert (session.status, session.payment_status, session.url) == ("complete", "no_payment_required", None)
    assert session.customer_details is not None
    assert session.customer_details.email == "ana@oficina.example"
    intent = setup_of(client, session_id)
    assert intent.status == "succeeded"
    (method,) = client.v1.customers.payment_methods.list(customer_id).data
    assert intent.payment_method == method.id
    assert method.customer == customer_id
    assert method.card is not None
    assert (method.card.brand, method.card.funding, method.card.last4) == ("mastercard", "debit", "8210")
    assert event_types(client) == [
        "customer.created",
        "setup_intent.succeeded",
        "payment_method.attached",
        "checkout.session.completed",
    ]
    assert client.v1.charges.list().data == []


@pytest.mark.parametrize(("creation", "made"), [("always", 1), ("if_required", 0)])
def test_a_customer_is_made_when_asked_for(
    client: stripe.StripeClient, simulator: SimulatorProcess, creation: str, made: int
) -> None:
    params = setup_params()
    params["customer_creation"] = creation
    session_id = client.v1.checkout.sessions.create(params).id
    simulator.save_card(session_id, email="eva@oficina.example")
    customers = client.v1.customers.list({"email": "eva@oficina.example"}).data
    assert len(customers) == made
    expected = customers[0].id if customers else None
    assert client.v1.checkout.sessions.retrieve(session_id).customer == expected
    assert setup_of(client, session_id).customer == expected


def test_a_declined_card_leaves_the_session_open(
    client: stripe.StripeClient, simulator: SimulatorProcess, customer_id: str, session_id: str
) -> None:
    simulator.decline(session_id)
    assert client.v1.checkout.sessions.retrieve(session_id).status == "open"
    intent = setup_of(client, session_id)
    assert intent.last_setup_error is not None
    assert (intent.last_setup_error.code, intent.last_setup_error.decline_code) == (
        "card_declined",
        "generic_decline",
    )
    assert client.v1.customers.payment_methods.list(customer_id).data == []
    assert event_types(client)[-1] == "setup_intent.setup_failed"
    simulator.save_card(session_id)
    assert setup_of(client, session_id).last_setup_error is None


def test_expiring_it_cancels_the_setup(
    client: stripe.StripeClient, simulator: SimulatorProcess, session_id: str
) -> None:
    client.v1.checkout.sessions.expire(session_id)
    intent = setup_of(client, session_id)
    assert (intent.status, intent.cancellation_reason) == ("canceled", "abandoned")
    assert event_types(client)[-2:] == ["checkout.session.expired", "setup_intent.canceled"]
    with pytest.raises(RefusedError) as refused:
        simulator.save_card(session_id)
    assert refused.value.status == 409


def test_each_mode_has_its_acts(client: stripe.StripeClient, simulator: SimulatorProcess, session_id: str) -> None:
    with pytest.raises(RefusedError):
        simulator.pay(session_id)
    with pytest.raises(RefusedError):
        simulator.pay_later(session_id)
    with pytest.raises(RefusedError):
        simulator.save_card(client.v1.checkout.sessions.create(session_params()).id)


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"currency": None}, "parameter_missing", "currency"),
        ({"line_items": [{"quantity": 1}]}, None, "line_items"),
        ({"payment_intent_data": {"description": "x"}}, None, "payment_intent_data"),
        ({"customer": "cus_none"}, "resource_missing", "customer"),
        ({"customer": "cus_none", "customer_email": "ana@oficina.example"}, None, "customer_email"),
        ({"customer_creation": "never"}, None, "customer_creation"),
        ({"mode": "payment"}, None, "setup_intent_data"),
    ],
)
def test_create_refuses_as_stripe_does(
    client: stripe.StripeClient, changes: dict[str, Json], code: str | None, param: str
) -> None:
    params = {**cast("dict[str, Json]", setup_params()), **changes}
    given = {name: value for name, value in params.items() if value is not None}
    if "line_items" in given:
        given["line_items"] = [
            {"quantity": 1, "price_data": {"currency": "ars", "unit_amount": 5, "product_data": {"name": "x"}}}
        ]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.raw_request("post", "/v1/checkout/sessions", **given)
    assert (refused.value.code, refused.value.param) == (code, param)


def test_the_page_saves_a_card(client: stripe.StripeClient, session_id: str) -> None:
    address = str(client.v1.checkout.sessions.retrieve(session_id).url)
    status, _, text = visit(address)
    assert status == 200
    assert "Guardar una tarjeta en Aguas de Prueba" in text
    assert "Correo ana@oficina.example" in text
    assert "Pagar" not in text.replace("Pago de prueba", "")
    status, _, text = visit(address, {**CARD, "number": "4242"})
    assert status == 422
    assert "El número de la tarjeta no es válido" in text
    assert visit(address, {**CARD, "action": "decline"})[0] == 303
    assert "La tarjeta no se guardó. El banco rechazó la tarjeta. No guardamos nada." in visit(address)[2]
    success = f"http://shop.example/debito/{session_id}/"
    assert visit(address, CARD)[:2] == (303, success)
    assert "Tu tarjeta ya está guardada" in visit(address)[2]
    assert visit(address, CARD)[:2] == (303, success)


def test_the_page_says_that_it_expired(
    client: stripe.StripeClient, simulator: SimulatorProcess, session_id: str
) -> None:
    address = str(client.v1.checkout.sessions.retrieve(session_id).url)
    simulator.expire(session_id)
    assert "Este pedido venció" in visit(address)[2]


def test_setup_intents_are_listed(client: stripe.StripeClient, customer_id: str, session_id: str) -> None:
    client.v1.checkout.sessions.create(setup_params())
    intents = client.v1.setup_intents
    assert [one.id for one in intents.list({"customer": customer_id}).data] == [setup_of(client, session_id).id]
    assert len(intents.list().data) == 2
    sessions = client.v1.checkout.sessions.list({"customer": customer_id}).data
    assert [one.id for one in sessions] == [session_id]
