import threading
import time

import pytest
import stripe

from tests.simulator.requests import client_of, session_params
from tests.simulator_process import ReceivedWebhook, RefusedError, SimulatorProcess, WebhookReceiver


@pytest.fixture
def session_id(client: stripe.StripeClient) -> str:
    return client.v1.checkout.sessions.create(session_params()).id


def test_webhooks_are_signed_for_the_sdk(
    simulator: SimulatorProcess, receiver: WebhookReceiver, session_id: str
) -> None:
    simulator.pay(session_id)
    simulator.wait_until_idle()
    assert sorted(receiver.types()) == ["charge.succeeded", "checkout.session.completed", "payment_intent.succeeded"]
    for webhook in receiver.received:
        event = stripe.Webhook.construct_event(webhook.body, webhook.signature, simulator.webhook_secrets[0])
        assert event.livemode is False
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(webhook.body, webhook.signature, "whsec_other")
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(webhook.body + b" ", webhook.signature, simulator.webhook_secrets[0])


def test_during_a_rotation_both_secrets_verify(
    simulator: SimulatorProcess, receiver: WebhookReceiver, session_id: str
) -> None:
    simulator.send_webhooks_to(receiver.url, secrets=("whsec_old", "whsec_new"))
    simulator.expire(session_id)
    simulator.wait_until_idle()
    webhook = receiver.received[0]
    for secret in ("whsec_old", "whsec_new"):
        event = stripe.Webhook.construct_event(webhook.body, webhook.signature, secret)
        assert event.type == "checkout.session.expired"


@pytest.mark.parametrize("status", [500, 302, 400])
def test_a_failure_is_tried_again_with_the_same_event(
    simulator: SimulatorProcess, receiver: WebhookReceiver, session_id: str, status: int
) -> None:
    answers = iter([status, status, 200])
    receiver.answer = lambda _webhook: next(answers)
    simulator.expire(session_id)
    simulator.wait_until_idle()
    assert len({str(webhook.event["id"]) for webhook in receiver.received}) == 1
    assert [webhook.path for webhook in receiver.received] == ["/webhooks/stripe/"] * 3
    (delivery,) = simulator.deliveries()
    assert delivery["state"] == "delivered"
    attempts = delivery["attempts"]
    assert isinstance(attempts, list)
    assert [attempt["status"] for attempt in attempts if isinstance(attempt, dict)] == [status, status, 200]


def test_attempts_run_out(simulator: SimulatorProcess, receiver: WebhookReceiver, session_id: str) -> None:
    receiver.answer = lambda _webhook: 503
    simulator.expire(session_id)
    simulator.wait_until_idle()
    assert len(receiver.received) == 1 + len(simulator.retry_delays)
    gaps = [later.at - earlier.at for earlier, later in zip(receiver.received, receiver.received[1:], strict=False)]
    assert all(gap >= delay for gap, delay in zip(gaps, simulator.retry_delays, strict=True))
    assert simulator.deliveries()[0]["state"] == "failed"


def test_a_receiver_that_hangs_is_given_up_and_tried_again(
    own_simulator: SimulatorProcess, receiver: WebhookReceiver
) -> None:
    own_simulator.webhook_timeout = 0.3
    hanging = threading.Event()

    def answer(_webhook: ReceivedWebhook) -> int:
        if len(receiver.received) == 1:
            hanging.wait(5)
        return 200

    receiver.answer = answer
    with own_simulator:
        session_id = client_of(own_simulator).v1.checkout.sessions.create(session_params()).id
        own_simulator.expire(session_id)
        own_simulator.wait_until_idle()
        assert len(receiver.received) == 2
        hanging.set()


def test_redeliver_sends_the_same_event_once_more(
    client: stripe.StripeClient, simulator: SimulatorProcess, receiver: WebhookReceiver, session_id: str
) -> None:
    simulator.expire(session_id)
    simulator.wait_until_idle()
    event_id = client.v1.events.list().data[0].id
    simulator.redeliver(event_id)
    simulator.wait_until_idle()
    assert [webhook.event["id"] for webhook in receiver.received] == [event_id, event_id]
    with pytest.raises(RefusedError) as refused:
        simulator.redeliver("evt_none")
    assert refused.value.status == 404


def test_without_an_address_nothing_is_sent(
    client: stripe.StripeClient, simulator: SimulatorProcess, receiver: WebhookReceiver, session_id: str
) -> None:
    simulator.send_webhooks_to(None)
    simulator.pay(session_id)
    simulator.wait_until_idle(0)
    assert receiver.received == []
    assert len(client.v1.events.list().data) == 3


def test_wait_until_idle_says_when_time_is_up(
    simulator: SimulatorProcess, receiver: WebhookReceiver, session_id: str
) -> None:
    simulator.delay(30)
    simulator.expire(session_id)
    started = time.monotonic()
    with pytest.raises(RefusedError) as refused:
        simulator.wait_until_idle(0.2)
    assert refused.value.status == 504
    assert time.monotonic() - started < 30
    assert receiver.received == []
