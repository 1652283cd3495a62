from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from tests.simulator.requests import event_types, session_params
from tests.simulator_process import RefusedError, SimulatorProcess, WebhookReceiver


def intent_of(client: stripe.StripeClient, session_id: str) -> stripe.PaymentIntent:
    session = client.v1.checkout.sessions.retrieve(session_id)
    assert isinstance(session.payment_intent, str)
    return client.v1.payment_intents.retrieve(session.payment_intent)


@pytest.fixture
def session_id(client: stripe.StripeClient) -> str:
    return client.v1.checkout.sessions.create(session_params()).id


def test_a_card_pays(client: stripe.StripeClient, simulator: SimulatorProcess, session_id: str) -> None:
    simulator.pay(session_id)
    session = client.v1.checkout.sessions.retrieve(session_id)
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert session.customer_details is not None
    assert session.customer_details.email == "ana@oficina.example"
    intent = intent_of(client, session_id)
    assert (intent.status, intent.amount, intent.amount_received) == ("succeeded", 200_000, 200_000)
    assert isinstance(intent.latest_charge, str)
    charge = client.v1.charges.retrieve(intent.latest_charge)
    assert (charge.status, charge.paid, charge.amount, charge.currency) == ("succeeded", True, 200_000, "ars")
    assert event_types(client) == ["charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000009987", "card_declined", "lost_card"),
        ("4000000000000069", "expired_card", None),
        ("4000000000000127", "incorrect_cvc", None),
        ("4000000000000119", "processing_error", None),
        ("4539578763621486", "card_declined", "test_mode_live_card"),
    ],
)
def test_a_declined_card_leaves_the_session_open(
    client: stripe.StripeClient,
    simulator: SimulatorProcess,
    session_id: str,
    card: str,
    code: str,
    decline_code: str | None,
) -> None:
    simulator.decline(session_id, card=card)
    session = client.v1.checkout.sessions.retrieve(session_id)
    assert (session.status, session.payment_status) == ("open", "unpaid")
    error = intent_of(client, session_id).last_payment_error
    assert error is not None
    assert (error.code, error.decline_code) == (code, decline_code)
    assert event_types(client) == ["payment_intent.payment_failed"]


def test_a_second_card_pays_with_the_same_payment_intent(
    client: stripe.StripeClient, simulator: SimulatorProcess, session_id: str
) -> None:
    simulator.decline(session_id)
    first = intent_of(client, session_id).id
    simulator.pay(session_id)
    intent = intent_of(client, session_id)
    assert (intent.id, intent.status, intent.last_payment_error) == (first, "succeeded", None)


def test_pay_later_then_settled(client: stripe.StripeClient, simulator: SimulatorProcess, session_id: str) -> None:
    simulator.pay_later(session_id)
    session = client.v1.checkout.sessions.retrieve(session_id)
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert event_types(client) == ["checkout.session.completed"]
    simulator.settle(session_id)
    assert client.v1.checkout.sessions.retrieve(session_id).payment_status == "paid"
    assert event_types(client)[1:] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]
    with pytest.raises(RefusedError) as refused:
        simulator.fail(session_id)
    assert refused.value.status == 409


def test_pay_later_then_failed(client: stripe.StripeClient, simulator: SimulatorProcess, session_id: str) -> None:
    simulator.pay_later(session_id)
    simulator.fail(session_id)
    session = client.v1.checkout.sessions.retrieve(session_id)
    assert (session.status, session.payment_status) == ("complete", "unpaid")
    assert event_types(client)[1:] == ["payment_intent.payment_failed", "checkout.session.async_payment_failed"]
    with pytest.raises(RefusedError) as refused:
        simulator.settle(session_id)
    assert refused.value.status == 409


def test_pay_later_only_when_the_session_allows_it(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    params = session_params()
    params["allowed_payment_method_types"] = ["card"]
    session_id = client.v1.checkout.sessions.create(params).id
    with pytest.raises(RefusedError):
        simulator.pay_later(session_id)
    assert client.v1.checkout.sessions.retrieve(session_id).status == "open"


def test_twenty_payments_at_once_charge_once(
    client: stripe.StripeClient, simulator: SimulatorProcess, receiver: WebhookReceiver, session_id: str
) -> None:
    def pay(_number: int) -> int:
        try:
            simulator.pay(session_id)
        except RefusedError as refused:
            return refused.status
        return 200

    with ThreadPoolExecutor(20) as pool:
        statuses = sorted(pool.map(pay, range(20)))
    assert statuses == [200] + [409] * 19
    simulator.wait_until_idle()
    assert receiver.types().count("charge.succeeded") == 1


def test_an_expired_session_cannot_be_paid(
    client: stripe.StripeClient, simulator: SimulatorProcess, session_id: str
) -> None:
    simulator.expire(session_id)
    with pytest.raises(RefusedError):
        simulator.pay(session_id)
    assert event_types(client) == ["checkout.session.expired"]


def test_a_session_expires_by_the_clock_without_being_read(
    simulator: SimulatorProcess, receiver: WebhookReceiver, session_id: str
) -> None:
    simulator.advance_clock(2_300)
    assert receiver.received == []
    simulator.advance_clock(100)
    receiver.wait_for(1)
    assert receiver.types() == ["checkout.session.expired"]
    assert receiver.received[0].event["data"]["object"]["id"] == session_id  # type: ignore[index, call-overload] # JSON


def test_misreport_charges_another_amount(
    client: stripe.StripeClient, simulator: SimulatorProcess, session_id: str
) -> None:
    simulator.decline(session_id)
    simulator.misreport(session_id, amount_total=199_999, currency="usd")
    simulator.pay(session_id)
    session = client.v1.checkout.sessions.retrieve(session_id)
    intent = intent_of(client, session_id)
    assert (session.amount_total, session.currency) == (199_999, "usd")
    assert (intent.amount_received, intent.currency) == (199_999, "usd")
