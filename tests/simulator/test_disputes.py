import pytest
import stripe

from tests.simulator.requests import charge_of, event_types, paid_intent
from tests.simulator_process import RefusedError, SimulatorProcess

FEE = 150_000


@pytest.fixture
def intent_id(client: stripe.StripeClient, simulator: SimulatorProcess) -> str:
    """Two thousand pesos, paid."""
    return paid_intent(client, simulator)


def moved(dispute: stripe.Dispute) -> list[tuple[str, int, int, int]]:
    return [(one.reporting_category, one.amount, one.fee, one.net) for one in dispute.balance_transactions]


def test_a_dispute_takes_the_money_and_the_fee(
    client: stripe.StripeClient, simulator: SimulatorProcess, intent_id: str
) -> None:
    made = simulator.dispute(intent_id)
    dispute = client.v1.disputes.retrieve(str(made["id"]))
    assert (dispute.amount, dispute.status, dispute.reason) == (200_000, "needs_response", "fraudulent")
    assert (dispute.payment_intent, dispute.is_charge_refundable) == (intent_id, False)
    assert moved(dispute) == [("dispute", -200_000, FEE, -200_000 - FEE)]
    charge = charge_of(client, intent_id)
    assert (charge.id, charge.disputed, charge.amount_refunded) == (dispute.charge, True, 0)
    assert event_types(client)[-2:] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent_id})
    assert refused.value.code == "charge_disputed"


def test_a_dispute_that_is_won_gives_the_money_back(
    client: stripe.StripeClient, simulator: SimulatorProcess, intent_id: str
) -> None:
    dispute_id = str(simulator.dispute(intent_id)["id"])
    simulator.respond_to_dispute(dispute_id)
    assert client.v1.disputes.retrieve(dispute_id).status == "under_review"
    simulator.win_dispute(dispute_id)
    dispute = client.v1.disputes.retrieve(dispute_id)
    assert dispute.status == "won"
    assert moved(dispute)[1:] == [("dispute_reversal", 200_000, 0, 200_000)]
    assert event_types(client)[-3:] == [
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_reinstated",
    ]
    assert client.v1.refunds.create({"payment_intent": intent_id}).amount == 200_000
    with pytest.raises(RefusedError):
        simulator.lose_dispute(dispute_id)


def test_a_dispute_that_is_lost_moves_nothing_more(
    client: stripe.StripeClient, simulator: SimulatorProcess, intent_id: str
) -> None:
    dispute_id = str(simulator.dispute(intent_id)["id"])
    simulator.lose_dispute(dispute_id)
    dispute = client.v1.disputes.retrieve(dispute_id)
    assert (dispute.status, len(dispute.balance_transactions)) == ("lost", 1)
    assert event_types(client)[-1] == "charge.dispute.closed"


def test_a_dispute_may_come_before_its_money_goes(
    client: stripe.StripeClient, simulator: SimulatorProcess, intent_id: str
) -> None:
    dispute_id = str(simulator.dispute(intent_id, withdraw=False)["id"])
    assert client.v1.disputes.retrieve(dispute_id).balance_transactions == []
    with pytest.raises(RefusedError):
        simulator.reinstate_dispute(dispute_id)
    simulator.withdraw_dispute(dispute_id)
    with pytest.raises(RefusedError):
        simulator.withdraw_dispute(dispute_id)
    simulator.reinstate_dispute(dispute_id, amount=50_000)
    simulator.win_dispute(dispute_id)
    assert [one.amount for one in client.v1.disputes.retrieve(dispute_id).balance_transactions] == [-200_000, 50_000]


def test_a_dispute_after_a_partial_refund_is_about_the_rest(
    client: stripe.StripeClient, simulator: SimulatorProcess, intent_id: str
) -> None:
    client.v1.refunds.create({"payment_intent": intent_id, "amount": 80_000})
    assert simulator.dispute(intent_id)["amount"] == 120_000
    assert charge_of(client, intent_id).amount_refunded == 80_000


@pytest.mark.parametrize("amount", [1, 199_999, 200_450])
def test_a_dispute_may_be_about_another_amount(
    client: stripe.StripeClient, simulator: SimulatorProcess, intent_id: str, amount: int
) -> None:
    made = simulator.dispute(intent_id, amount=amount, reason="product_not_received")
    dispute = client.v1.disputes.retrieve(str(made["id"]))
    assert (dispute.amount, dispute.reason) == (amount, "product_not_received")
    assert dispute.balance_transactions[0].amount == -amount


def test_an_inquiry_takes_nothing_and_leaves_the_charge_refundable(
    client: stripe.StripeClient, simulator: SimulatorProcess, intent_id: str
) -> None:
    dispute_id = str(simulator.dispute(intent_id, inquiry=True)["id"])
    inquiry = client.v1.disputes.retrieve(dispute_id)
    assert (inquiry.status, inquiry.is_charge_refundable) == ("warning_needs_response", True)
    assert inquiry.balance_transactions == []
    client.v1.refunds.create({"payment_intent": intent_id, "amount": 1_000})
    simulator.win_dispute(dispute_id)
    assert client.v1.disputes.retrieve(dispute_id).status == "warning_closed"
    assert event_types(client)[-1] == "charge.dispute.closed"


def test_an_inquiry_may_become_a_dispute(
    client: stripe.StripeClient, simulator: SimulatorProcess, intent_id: str
) -> None:
    dispute_id = str(simulator.dispute(intent_id, inquiry=True)["id"])
    simulator.withdraw_dispute(dispute_id)
    dispute = client.v1.disputes.retrieve(dispute_id)
    assert (dispute.status, dispute.is_charge_refundable) == ("needs_response", False)


def test_disputes_are_listed_and_filtered(
    client: stripe.StripeClient, simulator: SimulatorProcess, intent_id: str
) -> None:
    other = paid_intent(client, simulator)
    first, second = (str(simulator.dispute(intent)["id"]) for intent in (intent_id, other))
    assert [one.id for one in client.v1.disputes.list().data] == [second, first]
    assert [one.id for one in client.v1.disputes.list({"payment_intent": other}).data] == [second]
    charge_id = charge_of(client, intent_id).id
    assert [one.id for one in client.v1.disputes.list({"charge": charge_id}).data] == [first]


def test_only_money_can_be_contested(simulator: SimulatorProcess, intent_id: str) -> None:
    with pytest.raises(RefusedError) as refused:
        simulator.dispute("ch_none")
    assert refused.value.status == 404
    with pytest.raises(RefusedError) as refused:
        simulator.dispute(intent_id, reason="whim")
    assert refused.value.status == 400
    simulator.refund(intent_id)
    with pytest.raises(RefusedError) as refused:
        simulator.dispute(intent_id)
    assert refused.value.status == 400
