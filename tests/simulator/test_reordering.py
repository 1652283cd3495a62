"""Events held back and let go in another order."""

import pytest
import stripe

from tests.simulator.requests import client_of, paid_intent, session_params
from tests.simulator_process import ReceivedWebhook, RefusedError, SimulatorProcess, WebhookReceiver

MADE = ["charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]


def ids_of(client: stripe.StripeClient) -> list[str]:
    """The identifiers of all events, oldest first."""
    return [event.id for event in client.v1.events.list({"limit": 100}).data][::-1]


def test_held_events_wait_to_be_released(
    client: stripe.StripeClient, simulator: SimulatorProcess, receiver: WebhookReceiver
) -> None:
    simulator.hold()
    paid_intent(client, simulator)
    simulator.wait_until_idle(1)
    assert receiver.received == []
    assert {delivery["state"] for delivery in simulator.deliveries()} == {"held"}
    assert simulator.health()["held_deliveries"] == 3
    assert simulator.release() == ids_of(client)[::-1]
    simulator.wait_until_idle()
    assert receiver.types() == MADE[::-1]
    assert {delivery["state"] for delivery in simulator.deliveries()} == {"delivered"}


@pytest.mark.parametrize(("order", "sent"), [("as_made", MADE), ("reversed", MADE[::-1])])
def test_events_go_by_themselves_when_there_are_enough(
    client: stripe.StripeClient, simulator: SimulatorProcess, receiver: WebhookReceiver, order: str, sent: list[str]
) -> None:
    simulator.hold(size=3, order=order)
    paid_intent(client, simulator)
    simulator.wait_until_idle()
    assert receiver.types() == sent


def test_a_seed_shuffles_the_same_way_again(
    client: stripe.StripeClient, simulator: SimulatorProcess, receiver: WebhookReceiver
) -> None:
    orders: list[list[str]] = []
    for _ in range(2):
        receiver.received.clear()
        simulator.hold(size=6, order="shuffled", seed=7)
        for _ in range(2):
            paid_intent(client, simulator)
        simulator.wait_until_idle()
        orders.append(receiver.types())
        simulator.clear_faults()
    assert orders[0] == orders[1] != MADE * 2
    assert sorted(orders[0]) == sorted(MADE * 2)


def test_some_can_go_before_the_others(
    client: stripe.StripeClient, simulator: SimulatorProcess, receiver: WebhookReceiver
) -> None:
    simulator.hold()
    paid_intent(client, simulator)
    charge, intent, session = ids_of(client)
    assert simulator.release(event_ids=(session, charge, "evt_none")) == [session, charge]
    simulator.wait_until_idle()
    assert receiver.types() == [MADE[2], MADE[0]]
    assert simulator.release() == [intent]
    simulator.wait_until_idle()
    assert receiver.types()[2:] == [MADE[1]]


def test_a_released_event_waits_until_the_one_before_is_done_with(
    client: stripe.StripeClient, simulator: SimulatorProcess, receiver: WebhookReceiver
) -> None:
    statuses = iter([500, 500, 200])

    def answer(_webhook: ReceivedWebhook) -> int:
        return next(statuses, 200)

    receiver.answer = answer
    simulator.hold()
    paid_intent(client, simulator)
    simulator.release()
    simulator.wait_until_idle()
    assert receiver.types() == [MADE[2]] * 3 + [MADE[1], MADE[0]]


def test_only_what_matches_is_held(
    client: stripe.StripeClient, simulator: SimulatorProcess, receiver: WebhookReceiver
) -> None:
    simulator.hold(matching="checkout.*")
    paid_intent(client, simulator)
    simulator.wait_until_idle()
    assert sorted(receiver.types()) == MADE[:2]


def test_holding_survives_a_power_cut(own_simulator: SimulatorProcess, receiver: WebhookReceiver) -> None:
    own_simulator.start()
    session_id = client_of(own_simulator).v1.checkout.sessions.create(session_params()).id
    own_simulator.hold()
    own_simulator.expire(session_id)
    own_simulator.kill()
    with own_simulator:
        own_simulator.wait_until_idle(1)
        assert receiver.received == []
        own_simulator.release()
        own_simulator.wait_until_idle()
        assert receiver.types() == ["checkout.session.expired"]


def test_a_dispute_can_be_told_backwards(
    client: stripe.StripeClient, simulator: SimulatorProcess, receiver: WebhookReceiver
) -> None:
    intent_id = paid_intent(client, simulator)
    simulator.wait_until_idle()
    receiver.received.clear()
    simulator.hold()
    simulator.win_dispute(str(simulator.dispute(intent_id)["id"]))
    simulator.release()
    simulator.wait_until_idle()
    assert receiver.types() == [
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.created",
    ]


def test_an_order_that_is_none_is_refused(simulator: SimulatorProcess) -> None:
    with pytest.raises(RefusedError) as refused:
        simulator.release(order="sideways")
    assert refused.value.status == 400
    with pytest.raises(RefusedError) as refused:
        simulator.hold(order="sideways")
    assert refused.value.status == 400
