import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from tests.simulator.requests import client_of, session_params
from tests.simulator_process import SimulatorProcess

DAY = 86_400


def test_same_key_and_parameters_make_one_session(client: stripe.StripeClient) -> None:
    params = session_params()
    first = client.v1.checkout.sessions.create(params, {"idempotency_key": "pago-1"})
    again = client.v1.checkout.sessions.create(params, {"idempotency_key": "pago-1"})
    assert again.to_dict() == first.to_dict()
    assert again.last_response is not None
    assert first.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert again.last_response.headers["Original-Request"] == first.last_response.request_id
    assert len(client.v1.checkout.sessions.list().data) == 1


def test_same_key_with_other_parameters_is_refused(client: stripe.StripeClient) -> None:
    client.v1.checkout.sessions.create(session_params(amounts=(1_000,)), {"idempotency_key": "pago-1"})
    with pytest.raises(stripe.IdempotencyError) as refused:
        client.v1.checkout.sessions.create(session_params(amounts=(1_001,)), {"idempotency_key": "pago-1"})
    assert refused.value.http_status == 400
    assert len(client.v1.checkout.sessions.list().data) == 1


def test_same_key_at_another_path_is_refused(client: stripe.StripeClient) -> None:
    session = client.v1.checkout.sessions.create(session_params(), {"idempotency_key": "pago-1"})
    with pytest.raises(stripe.IdempotencyError):
        client.v1.checkout.sessions.expire(session.id, {}, {"idempotency_key": "pago-1"})
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"


def test_one_key_used_by_twenty_at_once_makes_one_session(
    client: stripe.StripeClient, simulator: SimulatorProcess
) -> None:
    params = session_params()

    def create(_number: int) -> str:
        own = client_of(simulator)
        return own.v1.checkout.sessions.create(params, {"idempotency_key": "pago-1"}).id

    with ThreadPoolExecutor(20) as pool:
        made = set(pool.map(create, range(20)))
    assert len(made) == 1
    assert [one.id for one in client.v1.checkout.sessions.list().data] == list(made)


def test_a_refusal_is_not_remembered(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.create(session_params(amounts=(1,)), {"idempotency_key": "pago-1"})
    made = client.v1.checkout.sessions.create(session_params(amounts=(1_000,)), {"idempotency_key": "pago-1"})
    assert made.amount_total == 1_000


def test_a_create_that_was_lost_before_it_ran_is_refused_at_thirty_minutes(
    client: stripe.StripeClient, simulator: SimulatorProcess
) -> None:
    params = session_params(lives_seconds=1_800)
    simulator.advance_clock(5)
    with pytest.raises(stripe.InvalidRequestError, match="at least 30 minutes"):
        client.v1.checkout.sessions.create(params, {"idempotency_key": "pago-1"})


def test_a_create_that_ran_is_answered_again_however_late(
    client: stripe.StripeClient, simulator: SimulatorProcess
) -> None:
    params = session_params()
    first = client.v1.checkout.sessions.create(params, {"idempotency_key": "pago-1"})
    simulator.advance_clock(3_600)
    assert client.v1.checkout.sessions.create(params, {"idempotency_key": "pago-1"}).id == first.id


def test_a_key_is_forgotten_after_a_day(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    params = session_params(lives_seconds=DAY - 60)
    first = client.v1.checkout.sessions.create(params, {"idempotency_key": "pago-1"})
    simulator.advance_clock(DAY + 1)
    params["expires_at"] = int(time.time()) + DAY + 3_600
    second = client.v1.checkout.sessions.create(params, {"idempotency_key": "pago-1"})
    assert second.id != first.id
