import time
from typing import cast

import pytest
import stripe

from tests.simulator.requests import client_of, session_params
from tests.simulator_process import Json, SimulatorProcess


def create_raw(client: stripe.StripeClient, **changes: Json) -> stripe.StripeObject:
    """Create with parameters that the SDK's types would not allow; None takes one away."""
    params = {**cast("dict[str, Json]", session_params()), **changes}
    given = {name: value for name, value in params.items() if value is not None}
    return client.deserialize(client.raw_request("post", "/v1/checkout/sessions", **given).data, api_mode="V1")


def item(amount: Json = 1000, quantity: Json = 1, **price: Json) -> dict[str, Json]:
    price_data: dict[str, Json] = {"currency": "ars", "unit_amount": amount, "product_data": {"name": "Factura"}}
    return {"price_data": {**price_data, **price}, "quantity": quantity}


def test_create_answers_an_open_session(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    params = session_params()
    session = client.v1.checkout.sessions.create(params)
    assert session.id.startswith("cs_test_")
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert (session.amount_total, session.currency) == (200_000, "ars")
    assert session.url == f"{simulator.base_url}/c/pay/{session.id}"
    assert session.expires_at == params["expires_at"]
    assert session.payment_intent is None
    assert session.client_reference_id == "pay_42"
    assert session.metadata is not None
    assert session.metadata.to_dict() == {"payment": "42"}
    assert session.last_response is not None
    assert session.last_response.request_id is not None
    assert session.last_response.request_id.startswith("req_")


def test_create_without_expiry_lives_a_day(client: stripe.StripeClient) -> None:
    params = session_params()
    del params["expires_at"]
    session = client.v1.checkout.sessions.create(params)
    assert session.expires_at - session.created == 86_400


def test_create_multiplies_by_quantity_and_adds_without_rounding(client: stripe.StripeClient) -> None:
    session = create_raw(client, line_items=[item(10, 1), item(20, 3)])
    assert session["amount_total"] == 70


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
        ({"line_items": [item(tip=1)]}, "parameter_unknown", "line_items[0][price_data][tip]"),
        ({"success_url": None}, "parameter_missing", "success_url"),
        ({"mode": None}, "parameter_missing", "mode"),
        ({"line_items": None}, "parameter_missing", "line_items"),
        ({"line_items": [item(), {"quantity": 1}]}, "parameter_missing", "line_items[1][price_data]"),
        ({"success_url": "pagos/42"}, "url_invalid", "success_url"),
        ({"customer_email": "ana"}, "email_invalid", "customer_email"),
        ({"client_reference_id": ""}, "parameter_invalid_empty", "client_reference_id"),
        ({"client_reference_id": "x" * 201}, None, "client_reference_id"),
        ({"line_items": [item("10.5")]}, "parameter_invalid_integer", "line_items[0][price_data][unit_amount]"),
        ({"line_items": [item(-1)]}, "parameter_invalid_integer", "line_items[0][price_data][unit_amount]"),
        ({"line_items": [item(10, 0)]}, "parameter_invalid_integer", "line_items[0][quantity]"),
        ({"line_items": [item(currency="xxx")]}, None, "line_items[0][price_data][currency]"),
        ({"line_items": [item(), item(currency="usd")]}, None, "line_items"),
        ({"line_items": [item()] * 101}, None, "line_items"),
        ({"line_items": [item(49)]}, "amount_too_small", None),
        ({"line_items": [item(100_000_000)]}, "amount_too_large", None),
        ({"locale": "es-AR"}, None, "locale"),
        ({"metadata": {"k" * 41: "v"}}, None, "metadata"),
        ({"metadata": {"k": "v" * 501}}, None, "metadata"),
        ({"mode": "setup"}, None, "line_items"),
        ({"mode": "subscription"}, None, "mode"),
        ({"discounts": [{"coupon": "x"}]}, None, "discounts"),
    ],
)
def test_create_refuses_as_stripe_does(
    client: stripe.StripeClient, changes: dict[str, Json], code: str | None, param: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        create_raw(client, **changes)
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (400, code, param)
    assert client.v1.checkout.sessions.list().data == []


@pytest.mark.parametrize("total", [50, 99_999_999])
def test_create_takes_the_least_and_the_most(client: stripe.StripeClient, total: int) -> None:
    assert create_raw(client, line_items=[item(total)])["amount_total"] == total


def test_create_takes_a_hundred_items(client: stripe.StripeClient) -> None:
    session = client.v1.checkout.sessions.create(session_params(amounts=(1_000,) * 100))
    assert session.amount_total == 100_000


@pytest.mark.parametrize(
    ("seconds", "words"), [(1795, "at least 30 minutes"), (86_460, "less than 24 hours"), (-1, "at least 30 minutes")]
)
def test_create_refuses_an_expiry_out_of_bounds(client: stripe.StripeClient, seconds: int, words: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=words):
        client.v1.checkout.sessions.create(session_params(lives_seconds=seconds))


def test_retrieve_says_when_there_is_none(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.retrieve("cs_test_none")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_retrieve_expands_down_to_the_card(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    session_id = client.v1.checkout.sessions.create(session_params()).id
    simulator.pay(session_id, card="5200828282828210")
    session = client.v1.checkout.sessions.retrieve(
        session_id, {"expand": ["payment_intent.latest_charge", "line_items"]}
    )
    intent = session.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert intent.metadata.to_dict() == {"payment": "42"}
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert charge.payment_method_details is not None
    card = charge.payment_method_details.card
    assert card is not None
    assert (card.brand, card.last4, card.funding) == ("mastercard", "8210", "debit")
    assert session.line_items is not None
    assert [line.amount_total for line in session.line_items.data] == [125_050, 74_950]


def test_retrieve_refuses_an_expansion_that_is_not_one(client: stripe.StripeClient) -> None:
    session_id = client.v1.checkout.sessions.create(session_params()).id
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.checkout.sessions.retrieve(session_id, {"expand": ["metadata"]})


def test_line_items_are_listed(client: stripe.StripeClient) -> None:
    session_id = client.v1.checkout.sessions.create(session_params()).id
    lines = client.v1.checkout.sessions.line_items.list(session_id).data
    assert [(line.description, line.amount_total) for line in lines] == [
        ("Factura B 0001-00000001", 125_050),
        ("Factura B 0001-00000002", 74_950),
    ]


def test_expire_closes_an_open_session_once(client: stripe.StripeClient) -> None:
    session_id = client.v1.checkout.sessions.create(session_params()).id
    expired = client.v1.checkout.sessions.expire(session_id)
    assert (expired.status, expired.payment_status, expired.url) == ("expired", "unpaid", None)
    with pytest.raises(stripe.InvalidRequestError, match="has a status of `expired`"):
        client.v1.checkout.sessions.expire(session_id)


def test_expire_refuses_a_paid_session(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    session_id = client.v1.checkout.sessions.create(session_params()).id
    simulator.pay(session_id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.expire(session_id)
    assert refused.value.http_status == 400
    assert refused.value.user_message == (
        'Only Checkout Sessions with a status in ["open"] can be expired. '
        "This Checkout Session has a status of `complete`."
    )
    assert client.v1.checkout.sessions.retrieve(session_id).payment_status == "paid"


def test_list_goes_page_by_page_newest_first(client: stripe.StripeClient) -> None:
    made = [client.v1.checkout.sessions.create(session_params()).id for _ in range(5)]
    first = client.v1.checkout.sessions.list({"limit": 2})
    assert ([one.id for one in first.data], first.has_more) == (made[:2:-1], True)
    assert [one.id for one in first.auto_paging_iter()] == made[::-1]
    before = client.v1.checkout.sessions.list({"limit": 2, "ending_before": made[0]})
    assert ([one.id for one in before.data], before.has_more) == ([made[2], made[1]], True)
    with pytest.raises(stripe.InvalidRequestError, match=r"No such checkout\.session"):
        client.v1.checkout.sessions.list({"starting_after": "cs_test_none"})


def test_list_filters(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    paid, still_open = (client.v1.checkout.sessions.create(session_params()).id for _ in range(2))
    intent = str(simulator.pay(paid)["payment_intent"])

    def ids(**params: Json) -> list[str]:
        listed = client.v1.checkout.sessions.list(cast("stripe.params.checkout.SessionListParams", params))
        return [one.id for one in listed.data]

    now = int(time.time())
    assert ids(payment_intent=intent) == [paid]
    assert ids(status="open") == [still_open]
    assert ids(customer_details={"email": "ana@oficina.example"}) == [paid]
    assert ids(created={"gte": now - 60, "lt": now + 60}) == [still_open, paid]
    assert ids(created={"gt": now + 60}) == []
    with pytest.raises(stripe.InvalidRequestError):
        ids(limit=101)


def test_a_wrong_key_is_refused(simulator: SimulatorProcess) -> None:
    with pytest.raises(stripe.AuthenticationError) as refused:
        client_of(simulator, api_key="sk_test_somebody_else").v1.checkout.sessions.list()
    assert refused.value.http_status == 401
    assert "somebody_else" not in str(refused.value)


def test_an_unknown_path_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        client.raw_request("get", "/v1/dragons")
