from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from tests.simulator.requests import charge_of, client_of, event_types, paid_intent, session_params
from tests.simulator_process import RefusedError, SimulatorProcess

REFUNDS_PEND = "4000000000007726"
REFUNDS_FAIL = "4000000000005126"


@pytest.fixture
def intent_id(client: stripe.StripeClient, simulator: SimulatorProcess) -> str:
    """Two thousand pesos, paid."""
    return paid_intent(client, simulator)


def test_a_refund_gives_everything_back(client: stripe.StripeClient, intent_id: str) -> None:
    refund = client.v1.refunds.create(
        {"payment_intent": intent_id, "reason": "requested_by_customer", "metadata": {"refund": "9"}}
    )
    assert (refund.amount, refund.currency, refund.status) == (200_000, "ars", "succeeded")
    assert (refund.reason, refund.payment_intent) == ("requested_by_customer", intent_id)
    assert refund.metadata is not None
    assert refund.metadata.to_dict() == {"refund": "9"}
    charge = charge_of(client, intent_id)
    assert (charge.id, charge.amount_refunded, charge.refunded) == (refund.charge, 200_000, True)
    assert client.v1.refunds.retrieve(refund.id).to_dict() == refund.to_dict()
    assert event_types(client)[-2:] == ["refund.created", "charge.refunded"]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"charge": charge.id})
    assert refused.value.code == "charge_already_refunded"


def test_partial_refunds_add_up_and_no_further(client: stripe.StripeClient, intent_id: str) -> None:
    first = client.v1.refunds.create({"payment_intent": intent_id, "amount": 50_001})
    charge = charge_of(client, intent_id)
    assert (charge.amount_refunded, charge.refunded) == (50_001, False)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent_id, "amount": 150_000})
    assert (refused.value.http_status, refused.value.param) == (400, "amount")
    assert refused.value.user_message == (
        "Refund amount ($1,500.00) is greater than unrefunded amount on charge ($1,499.99)"
    )
    rest = client.v1.refunds.create({"payment_intent": intent_id})
    assert rest.amount == 149_999
    assert charge_of(client, intent_id).refunded is True
    assert [one.id for one in client.v1.refunds.list({"payment_intent": intent_id}).data] == [rest.id, first.id]


def test_the_event_tells_what_was_refunded_before(client: stripe.StripeClient, intent_id: str) -> None:
    client.v1.refunds.create({"payment_intent": intent_id, "amount": 50_000})
    client.v1.refunds.create({"payment_intent": intent_id, "amount": 10_000})
    event = client.v1.events.list({"type": "charge.refunded", "limit": 1}).data[0]
    assert event.data.object["amount_refunded"] == 60_000
    assert event.data.previous_attributes is not None
    assert event.data.previous_attributes["amount_refunded"] == 50_000


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({}, None),
        ({"charge": "ch_none"}, "charge"),
        ({"payment_intent": "pi_none"}, "payment_intent"),
        ({"amount": 0}, "amount"),
        ({"reason": "because"}, "reason"),
        ({"reverse_transfer": True}, "reverse_transfer"),
    ],
)
def test_a_refund_of_nothing_is_refused(
    client: stripe.StripeClient, intent_id: str, params: dict[str, str | int | bool], param: str | None
) -> None:
    named = {"charge", "payment_intent"} & params.keys() or not params
    given = params if named else {"payment_intent": intent_id, **params}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.raw_request("post", "/v1/refunds", **given)
    assert refused.value.param == param
    assert client.v1.refunds.list().data == []


def test_a_payment_that_was_declined_has_nothing_to_refund(
    client: stripe.StripeClient, simulator: SimulatorProcess
) -> None:
    session_id = client.v1.checkout.sessions.create(session_params()).id
    intent_id = str(simulator.decline(session_id)["payment_intent"])
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        client.v1.refunds.create({"payment_intent": intent_id})
    with pytest.raises(stripe.InvalidRequestError, match="was not successful"):
        client.v1.refunds.create({"charge": charge_of(client, intent_id).id})


def test_one_key_used_by_ten_at_once_refunds_once(
    client: stripe.StripeClient, simulator: SimulatorProcess, intent_id: str
) -> None:
    def refund(_number: int) -> str:
        own = client_of(simulator)
        return own.v1.refunds.create(
            {"payment_intent": intent_id, "amount": 50_000}, {"idempotency_key": "refund-9"}
        ).id

    with ThreadPoolExecutor(10) as pool:
        made = set(pool.map(refund, range(10)))
    assert [one.id for one in client.v1.refunds.list().data] == list(made)
    assert charge_of(client, intent_id).amount_refunded == 50_000


def test_ten_refunds_at_once_never_give_back_more_than_was_paid(
    client: stripe.StripeClient, simulator: SimulatorProcess, intent_id: str
) -> None:
    def refund(_number: int) -> bool:
        try:
            client_of(simulator).v1.refunds.create({"payment_intent": intent_id, "amount": 70_000})
        except stripe.InvalidRequestError:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(refund, range(10))) == 2
    assert charge_of(client, intent_id).amount_refunded == 140_000


def test_a_refund_that_had_succeeded_may_fail_later(
    client: stripe.StripeClient, simulator: SimulatorProcess, intent_id: str
) -> None:
    stays = client.v1.refunds.create({"payment_intent": intent_id, "amount": 30_000})
    fails = client.v1.refunds.create({"payment_intent": intent_id, "amount": 50_000})
    simulator.fail_refund(fails.id, failure_reason="expired_or_canceled_card")
    failed = client.v1.refunds.retrieve(fails.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    returned = failed.failure_balance_transaction
    assert isinstance(returned, stripe.BalanceTransaction)
    assert (returned.type, returned.amount, returned.source) == ("refund_failure", 50_000, fails.id)
    assert charge_of(client, intent_id).amount_refunded == 30_000
    assert event_types(client)[-3:] == ["refund.failed", "refund.updated", "charge.refund.updated"]
    assert client.v1.refunds.retrieve(stays.id).status == "succeeded"
    with pytest.raises(RefusedError):
        simulator.fail_refund(fails.id)
    assert client.v1.refunds.create({"payment_intent": intent_id}).amount == 170_000


def test_a_refund_left_pending_waits_to_succeed(
    client: stripe.StripeClient, simulator: SimulatorProcess, intent_id: str
) -> None:
    simulator.leave_refunds_pending(times=1)
    pending = client.v1.refunds.create({"payment_intent": intent_id, "amount": 50_000})
    assert pending.status == "pending"
    assert charge_of(client, intent_id).amount_refunded == 50_000
    assert client.v1.refunds.create({"payment_intent": intent_id, "amount": 1}).status == "succeeded"
    simulator.advance_clock(3_600)
    assert client.v1.refunds.retrieve(pending.id).status == "pending"
    simulator.succeed_refund(pending.id)
    assert client.v1.refunds.retrieve(pending.id).status == "succeeded"
    assert event_types(client)[-2:] == ["refund.updated", "charge.refund.updated"]
    with pytest.raises(RefusedError):
        simulator.succeed_refund(pending.id)


@pytest.mark.parametrize(
    ("card", "at_first", "in_the_end"),
    [(REFUNDS_PEND, "pending", "succeeded"), (REFUNDS_FAIL, "succeeded", "failed")],
)
def test_a_card_decides_what_becomes_of_its_refunds(
    client: stripe.StripeClient, simulator: SimulatorProcess, card: str, at_first: str, in_the_end: str
) -> None:
    refund = client.v1.refunds.create({"payment_intent": paid_intent(client, simulator, card=card)})
    assert refund.status == at_first
    simulator.advance_clock(60)
    assert client.v1.refunds.retrieve(refund.id).status == in_the_end


def test_a_voucher_is_refunded_by_transfer_and_later(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    session_id = client.v1.checkout.sessions.create(session_params(amounts=(10_000,))).id
    simulator.pay_later(session_id)
    intent_id = str(simulator.settle(session_id)["payment_intent"])
    refund = client.v1.refunds.create({"payment_intent": intent_id})
    assert refund.status == "pending"
    simulator.succeed_refund(refund.id)
    simulator.advance_clock(60)
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    types = [one.type for one in client.v1.balance_transactions.list().data]
    assert types == ["payment_refund", "payment"]


def test_a_refund_in_the_dashboard_has_no_request(
    client: stripe.StripeClient, simulator: SimulatorProcess, intent_id: str
) -> None:
    refund = simulator.refund(intent_id, amount=12_345)
    assert charge_of(client, intent_id).amount_refunded == 12_345
    event = client.v1.events.list({"type": "refund.created"}).data[0]
    assert event.data.object["id"] == refund["id"]
    assert event.request is not None
    assert event.request.id is None
    asked = client.v1.refunds.create({"payment_intent": intent_id, "amount": 1})
    event = client.v1.events.list({"type": "refund.created", "limit": 1}).data[0]
    assert event.data.object["id"] == asked.id
    assert event.request is not None
    assert event.request.id is not None
    with pytest.raises(RefusedError) as refused:
        simulator.refund(intent_id, amount=200_000)
    assert refused.value.status == 400


def test_refunds_are_listed_by_date(client: stripe.StripeClient, intent_id: str) -> None:
    refund = client.v1.refunds.create({"payment_intent": intent_id})
    in_its_minute = client.v1.refunds.list({"created": {"gte": refund.created, "lt": refund.created + 60}})
    assert [one.id for one in in_its_minute.data] == [refund.id]
    assert client.v1.refunds.list({"created": {"lt": refund.created}}).data == []
