import http.client
import threading
import time

import pytest
import stripe

from tests.simulator.requests import client_of, session_params
from tests.simulator_process import ReceivedWebhook, RefusedError, SimulatorProcess, WebhookReceiver

COMPLETED = "checkout.session.completed"


@pytest.fixture
def session_id(client: stripe.StripeClient) -> str:
    return client.v1.checkout.sessions.create(session_params()).id


def ids_of(receiver: WebhookReceiver, event_type: str) -> list[str]:
    return [str(webhook.event["id"]) for webhook in receiver.received if webhook.event["type"] == event_type]


def test_duplicates_one_after_another(simulator: SimulatorProcess, receiver: WebhookReceiver, session_id: str) -> None:
    in_hand: list[str] = []
    most_at_once: list[int] = []

    def answer(webhook: ReceivedWebhook) -> int:
        in_hand.append(webhook.signature)
        most_at_once.append(len(in_hand))
        time.sleep(0.05)
        in_hand.pop()
        return 200

    receiver.answer = answer
    simulator.duplicate(3, matching="checkout.session.*")
    simulator.expire(session_id)
    simulator.wait_until_idle()
    assert len(ids_of(receiver, "checkout.session.expired")) == 3
    assert len(set(ids_of(receiver, "checkout.session.expired"))) == 1
    assert most_at_once == [1, 1, 1]


def test_twenty_duplicates_at_once(simulator: SimulatorProcess, receiver: WebhookReceiver, session_id: str) -> None:
    # Nobody is answered before all twenty are there: one that comes after another's answer leaves them waiting.
    all_in_hand = threading.Barrier(20)

    def answer(webhook: ReceivedWebhook) -> int:
        if webhook.event["type"] == COMPLETED:
            all_in_hand.wait(simulator.webhook_timeout)
        return 200

    receiver.answer = answer
    simulator.duplicate(20, concurrent=True, matching=COMPLETED)
    simulator.pay(session_id)
    simulator.wait_until_idle()
    assert len(ids_of(receiver, COMPLETED)) == 20
    assert len(set(ids_of(receiver, COMPLETED))) == 1
    assert not all_in_hand.broken


def test_twins_are_two_events_of_one_change(
    client: stripe.StripeClient, simulator: SimulatorProcess, receiver: WebhookReceiver, session_id: str
) -> None:
    simulator.twin(matching=COMPLETED)
    simulator.pay(session_id)
    simulator.wait_until_idle()
    assert len(set(ids_of(receiver, COMPLETED))) == 2
    events = client.v1.events.list({"type": COMPLETED}).data
    assert [event.data.object["id"] for event in events] == [session_id, session_id]


def test_a_delayed_event_comes_later(simulator: SimulatorProcess, receiver: WebhookReceiver, session_id: str) -> None:
    simulator.delay(0.5, matching=COMPLETED)
    started = time.monotonic()
    simulator.pay(session_id)
    simulator.wait_until_idle()
    late = next(webhook for webhook in receiver.received if webhook.event["type"] == COMPLETED)
    assert receiver.received[-1] is late
    assert late.at - started >= 0.5


def test_a_dropped_event_never_comes_and_is_still_listed(
    client: stripe.StripeClient, simulator: SimulatorProcess, receiver: WebhookReceiver, session_id: str
) -> None:
    simulator.drop()
    simulator.pay(session_id)
    simulator.wait_until_idle(1)
    assert receiver.received == []
    assert [delivery["state"] for delivery in simulator.deliveries()] == ["dropped"] * 3
    assert len(client.v1.events.list().data) == 3


def test_a_fault_holds_for_so_many_or_until_cleared(
    client: stripe.StripeClient, simulator: SimulatorProcess, receiver: WebhookReceiver
) -> None:
    sessions = [client.v1.checkout.sessions.create(session_params()).id for _ in range(4)]
    simulator.drop(times=1)
    simulator.expire(sessions[0])
    simulator.expire(sessions[1])
    simulator.drop()
    simulator.expire(sessions[2])
    simulator.clear_faults()
    simulator.expire(sessions[3])
    simulator.wait_until_idle()
    states = [delivery["state"] for delivery in simulator.deliveries()]
    assert states == ["dropped", "delivered", "dropped", "delivered"]


@pytest.mark.parametrize("how", ["cut", "error"])
def test_an_answer_lost_is_found_again_by_the_sdks_own_retry(
    client: stripe.StripeClient, simulator: SimulatorProcess, how: str
) -> None:
    simulator.lose_answer(how=how)
    session = client.v1.checkout.sessions.create(session_params())
    assert [one.id for one in client.v1.checkout.sessions.list().data] == [session.id]


def test_an_answer_lost_for_good_leaves_a_session_that_its_key_finds(simulator: SimulatorProcess) -> None:
    client = client_of(simulator, retries=0)
    params = session_params()
    simulator.lose_answer()
    with pytest.raises(stripe.APIConnectionError):
        client.v1.checkout.sessions.create(params, {"idempotency_key": "pago-1"})
    (made,) = client.v1.checkout.sessions.list().data
    assert client.v1.checkout.sessions.create(params, {"idempotency_key": "pago-1"}).id == made.id
    assert len(client.v1.checkout.sessions.list().data) == 1


def test_a_refusal_does_not_use_up_a_lost_answer(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    simulator.lose_answer()
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.create(session_params(amounts=(1,)))
    with pytest.raises(stripe.APIConnectionError):
        client_of(simulator, retries=0).v1.checkout.sessions.create(session_params())


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "gremlins"},
        {"kind": "delay", "hours": 1},
        {"kind": "delay", "seconds": "1"},
        {"kind": "drop", "next": 0},
        {},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(
    simulator: SimulatorProcess, body: dict[str, str | int | float | bool | None]
) -> None:
    with pytest.raises(RefusedError) as refused:
        simulator.call("POST", "/_simulator/faults", {**body})
    assert refused.value.status == 400
    assert simulator.call("GET", "/_simulator/faults") == []


def test_a_form_of_another_site_cannot_reach_the_fault_api(simulator: SimulatorProcess, session_id: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port)
    connection.request("POST", f"/_simulator/sessions/{session_id}/pay", "{}", {"Content-Type": "text/plain"})
    assert connection.getresponse().status == 415
    connection.close()
