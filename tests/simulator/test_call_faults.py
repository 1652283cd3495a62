"""Faults of the API's calls: 500 before or after, and slow answers."""

import time

import pytest
import stripe

from tests.simulator.requests import client_of, paid_intent, session_params
from tests.simulator_process import RefusedError, SimulatorProcess


@pytest.fixture
def impatient(simulator: SimulatorProcess) -> stripe.StripeClient:
    """A client that never tries again."""
    return client_of(simulator, retries=0)


def test_a_500_before_does_nothing(impatient: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    simulator.answer_500(times=2)
    for _ in range(2):
        with pytest.raises(stripe.APIError) as failed:
            impatient.v1.checkout.sessions.create(session_params(), {"idempotency_key": "pago-1"})
        assert failed.value.http_status == 500
    assert impatient.v1.checkout.sessions.list().data == []
    made = impatient.v1.checkout.sessions.create(session_params(), {"idempotency_key": "pago-1"})
    assert [one.id for one in impatient.v1.checkout.sessions.list().data] == [made.id]


def test_a_500_after_has_done_everything(impatient: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    intent_id = paid_intent(impatient, simulator)
    simulator.answer_500(when="after", matching="POST /v1/refunds")
    params: stripe.params.RefundCreateParams = {"payment_intent": intent_id, "amount": 1_000}
    with pytest.raises(stripe.APIError) as failed:
        impatient.v1.refunds.create(params, {"idempotency_key": "refund-1"})
    assert failed.value.http_status == 500
    (made,) = impatient.v1.refunds.list().data
    assert impatient.v1.refunds.create(params, {"idempotency_key": "refund-1"}).id == made.id
    assert len(impatient.v1.refunds.list().data) == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_sdk_gets_over_a_500(client: stripe.StripeClient, simulator: SimulatorProcess, when: str) -> None:
    simulator.answer_500(when=when)
    made = client.v1.checkout.sessions.create(session_params())
    assert [one.id for one in client.v1.checkout.sessions.list().data] == [made.id]


def test_a_500_strikes_reading_too(impatient: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    simulator.answer_500(matching="GET *")
    with pytest.raises(stripe.APIError):
        impatient.v1.events.list()
    assert impatient.v1.events.list().data == []


@pytest.mark.parametrize(("when", "made"), [("after", 1), ("before", 0)])
def test_a_slow_answer_outlives_an_impatient_client(simulator: SimulatorProcess, when: str, made: int) -> None:
    patient, params = client_of(simulator), session_params()
    hasty = stripe.StripeClient(
        simulator.api_key,
        base_addresses={"api": simulator.base_url},
        http_client=stripe.RequestsClient(timeout=1),
    )
    simulator.be_slow(2.5, when=when, matching="POST *", times=1)
    started = time.monotonic()
    with pytest.raises(stripe.APIConnectionError):
        hasty.v1.checkout.sessions.create(params, {"idempotency_key": "pago-1"})
    assert len(patient.v1.checkout.sessions.list().data) == made
    patient.v1.checkout.sessions.create(params, {"idempotency_key": "pago-1"})
    # The slow call ends after its client is gone, and must not make a second one.
    time.sleep(max(0.0, started + 3 - time.monotonic()))
    assert len(patient.v1.checkout.sessions.list().data) == 1


def test_slowness_delays_one_call_and_not_the_others(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    simulator.be_slow(1.5, matching="GET /v1/events", times=1)
    started = time.monotonic()
    client.v1.charges.list()
    quick = time.monotonic() - started
    client.v1.events.list()
    assert time.monotonic() - started >= 1.5
    assert quick < 1.5


def test_an_option_that_makes_no_sense_is_refused(simulator: SimulatorProcess) -> None:
    with pytest.raises(RefusedError) as refused:
        simulator.answer_500(when="meanwhile")
    assert refused.value.status == 400
    assert simulator.call("GET", "/_simulator/faults") == []
