import pytest
import stripe

from tests.simulator.requests import session_params
from tests.simulator_process import SimulatorProcess


@pytest.fixture
def paid(client: stripe.StripeClient, simulator: SimulatorProcess) -> str:
    session_id = client.v1.checkout.sessions.create(session_params()).id
    simulator.pay(session_id)
    return session_id


def test_events_are_listed_newest_first_and_filtered(client: stripe.StripeClient, paid: str) -> None:
    events = client.v1.events
    every = ["checkout.session.completed", "payment_intent.succeeded", "charge.succeeded"]
    assert [event.type for event in events.list().data] == every
    assert [event.type for event in events.list({"type": "checkout.session.*"}).data] == every[:1]
    assert [event.type for event in events.list({"types": every[1:]}).data] == every[1:]
    assert [event.type for event in events.list({"limit": 1}).auto_paging_iter()] == every
    created = events.list().data[0].created
    assert len(events.list({"created": {"gte": created - 60}}).data) == 3
    assert events.list({"created": {"gt": created + 60}}).data == []


def test_an_event_keeps_its_object_as_it_was(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    session_id = client.v1.checkout.sessions.create(session_params()).id
    simulator.pay_later(session_id)
    simulator.settle(session_id)
    listed = client.v1.events.list({"type": "checkout.session.completed"}).data[0]
    event = client.v1.events.retrieve(listed.id)
    assert event.data.object["payment_status"] == "unpaid"
    assert (event.livemode, event.api_version) == (False, stripe.api_version)


def test_an_event_names_the_request_that_caused_it(client: stripe.StripeClient) -> None:
    session_id = client.v1.checkout.sessions.create(session_params()).id
    expired = client.v1.checkout.sessions.expire(session_id, {}, {"idempotency_key": "vencer-1"})
    event = client.v1.events.list().data[0]
    assert event.request is not None
    assert expired.last_response is not None
    assert event.request.id == expired.last_response.request_id
    assert event.request.idempotency_key == "vencer-1"


def test_an_unknown_event_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such event"):
        client.v1.events.retrieve("evt_none")
