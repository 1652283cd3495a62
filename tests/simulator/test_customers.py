import pytest
import stripe

from tests.simulator.requests import event_types, session_params, setup_params
from tests.simulator_process import SimulatorProcess


def test_a_customer_is_made_and_read(client: stripe.StripeClient) -> None:
    made = client.v1.customers.create(
        {"email": "ana@oficina.example", "name": "Ana Paz", "metadata": {"user": "7"}, "description": "Socia"}
    )
    customer = client.v1.customers.retrieve(made.id)
    assert (customer.email, customer.name, customer.description) == ("ana@oficina.example", "Ana Paz", "Socia")
    assert customer.metadata is not None
    assert customer.metadata.to_dict() == {"user": "7"}
    assert event_types(client) == ["customer.created"]


def test_one_key_makes_one_customer(client: stripe.StripeClient) -> None:
    made = {client.v1.customers.create({"name": "Ana"}, {"idempotency_key": "user-7"}).id for _ in range(2)}
    assert [one.id for one in client.v1.customers.list().data] == list(made)


def test_customers_are_found_by_mail(client: stripe.StripeClient) -> None:
    wanted = client.v1.customers.create({"email": "ana@oficina.example"})
    client.v1.customers.create({"email": "eva@oficina.example"})
    assert [one.id for one in client.v1.customers.list({"email": "ana@oficina.example"}).data] == [wanted.id]


def test_what_a_customer_cannot_have_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.customers.create({"email": "ana"})
    assert refused.value.code == "email_invalid"
    with pytest.raises(stripe.InvalidRequestError, match="does not support this parameter: balance"):
        client.v1.customers.create({"balance": 1})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.customers.retrieve("cus_none")
    assert refused.value.code == "resource_missing"


def test_a_customers_cards_are_listed_newest_first(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    customer_id, other_id = (client.v1.customers.create().id for _ in range(2))
    for owner, card in ((customer_id, "4242424242424242"), (customer_id, "5555555555554444"), (other_id, None)):
        simulator.save_card(client.v1.checkout.sessions.create({**setup_params(), "customer": owner}).id, card=card)
    cards = client.v1.payment_methods.list({"customer": customer_id, "type": "card"}).data
    assert [one.card.last4 for one in cards if one.card is not None] == ["4444", "4242"]
    assert [one.id for one in client.v1.customers.payment_methods.list(customer_id, {"limit": 1}).data] == [cards[0].id]
    assert client.v1.payment_methods.retrieve(cards[0].id).customer == customer_id
    assert client.v1.payment_methods.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        client.v1.payment_methods.list({"customer": "cus_none"})


def test_a_known_customer_pays_in_checkout(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    customer_id = client.v1.customers.create({"email": "ana@oficina.example"}).id
    params = session_params()
    del params["customer_email"]
    session_id = client.v1.checkout.sessions.create({**params, "customer": customer_id}).id
    simulator.pay(session_id)
    session = client.v1.checkout.sessions.retrieve(session_id, {"expand": ["customer", "payment_intent"]})
    assert isinstance(session.customer, stripe.Customer)
    assert session.customer.email == "ana@oficina.example"
    assert isinstance(session.payment_intent, stripe.PaymentIntent)
    assert session.payment_intent.customer == customer_id
    assert [one.customer for one in client.v1.charges.list().data] == [customer_id]
    assert client.v1.customers.payment_methods.list(customer_id).data == []
