from datetime import UTC, date, datetime, timedelta
from typing import cast

import pytest
import stripe

from tests.simulator.requests import charge_of, paid_intent, session_params
from tests.simulator_process import Json, RefusedError, SimulatorProcess

NOON = datetime(2031, 3, 5, 15, 0, tzinfo=UTC)
"""Wednesday 5/3/2031, noon in Mendoza."""
DAY = date(2031, 3, 5)
NOTHING = {
    "charges": 0,
    "gross": 0,
    "refunds": 0,
    "refunds_failed": 0,
    "disputes": 0,
    "disputes_reinstated": 0,
    "fees": 0,
    "net": 0,
    "payouts": 0,
}


@pytest.fixture
def at_noon(simulator: SimulatorProcess) -> None:
    simulator.live_at(NOON)


def pay(client: stripe.StripeClient, simulator: SimulatorProcess, amount: int) -> str:
    """The PaymentIntent of a payment, whatever day the simulator lives in."""
    params = session_params(amounts=(amount,))
    del params["expires_at"]
    session_id = client.v1.checkout.sessions.create(params).id
    return str(simulator.pay(session_id)["payment_intent"])


def days(simulator: SimulatorProcess, *period: date) -> list[dict[str, Json]]:
    return cast("list[dict[str, Json]]", simulator.books(*period)["days"])


def test_a_charge_has_its_fee(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    charge = charge_of(client, paid_intent(client, simulator))
    assert isinstance(charge.balance_transaction, str)
    transaction = client.v1.balance_transactions.retrieve(charge.balance_transaction, {"expand": ["source"]})
    assert (transaction.amount, transaction.fee, transaction.net) == (200_000, 7_000, 193_000)
    assert (transaction.type, transaction.reporting_category, transaction.status) == ("charge", "charge", "pending")
    assert [(detail.amount, detail.type) for detail in transaction.fee_details] == [(7_000, "stripe_fee")]
    assert isinstance(transaction.source, stripe.Charge)
    assert transaction.source.id == charge.id


@pytest.mark.parametrize(("amount", "fee"), [(50, 2), (100, 4), (10_014, 350), (10_015, 351), (99_999_999, 3_500_000)])
def test_a_fee_is_rounded_half_up(
    client: stripe.StripeClient, simulator: SimulatorProcess, amount: int, fee: int
) -> None:
    paid_intent(client, simulator, amounts=(amount,))
    assert [one.fee for one in client.v1.balance_transactions.list().data] == [fee]


def test_fees_can_be_changed_from_now_on(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    paid_intent(client, simulator)
    assert simulator.keep_fees(basis_points=290, fixed=30) == {"basis_points": 290, "fixed": 30, "dispute": 150_000}
    paid_intent(client, simulator)
    simulator.keep_fees(basis_points=0, fixed=0)
    paid_intent(client, simulator)
    transactions = client.v1.balance_transactions.list().data
    assert [one.fee for one in transactions] == [0, 5_830, 7_000]
    assert transactions[0].fee_details == []
    with pytest.raises(RefusedError) as refused:
        simulator.keep_fees(basis_points=10_001)
    assert refused.value.status == 400


def test_a_refund_gives_no_fee_back(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    refund = client.v1.refunds.create({"payment_intent": paid_intent(client, simulator), "amount": 50_000})
    assert isinstance(refund.balance_transaction, str)
    transaction = client.v1.balance_transactions.retrieve(refund.balance_transaction)
    assert (transaction.type, transaction.amount, transaction.fee, transaction.net) == ("refund", -50_000, 0, -50_000)


def test_a_declined_charge_moves_nothing(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    simulator.decline(client.v1.checkout.sessions.create(session_params()).id)
    assert client.v1.charges.list().data[0].balance_transaction is None
    assert client.v1.balance_transactions.list().data == []


def test_transactions_are_filtered(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    intent_id = paid_intent(client, simulator)
    refund = client.v1.refunds.create({"payment_intent": intent_id, "amount": 1_000})

    def types(**params: Json) -> list[str]:
        listed = client.v1.balance_transactions.list(cast("stripe.params.BalanceTransactionListParams", params))
        return [one.type for one in listed.data]

    assert types() == ["refund", "charge"]
    assert types(type="refund") == ["refund"]
    assert types(source=refund.id) == ["refund"]
    assert types(currency="usd") == []
    assert types(created={"gte": refund.created, "lt": refund.created + 60}) in (["refund", "charge"], ["refund"])
    assert types(created={"lt": refund.created - 60}) == []
    with pytest.raises(stripe.InvalidRequestError) as refused:
        types(payout="po_none")
    assert refused.value.param == "payout"


@pytest.mark.usefixtures("at_noon")
def test_a_payout_sends_what_was_never_paid_out(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    intent_id = pay(client, simulator, 200_000)
    refund = client.v1.refunds.create({"payment_intent": intent_id, "amount": 50_000})
    simulator.live_at(NOON + timedelta(days=1))
    pay(client, simulator, 100_000)
    sent = simulator.pay_out(DAY)
    payout = client.v1.payouts.retrieve(str(sent["id"]))
    assert (payout.amount, payout.currency, payout.status, payout.automatic) == (143_000, "ars", "paid", True)
    assert payout.arrival_date == int(datetime(2031, 3, 6, tzinfo=UTC).timestamp())
    held = client.v1.balance_transactions.list({"payout": payout.id}).data
    assert [(one.type, one.net) for one in held] == [("payout", -143_000), ("refund", -50_000), ("charge", 193_000)]
    assert {one.status for one in held} == {"available"}
    assert held[1].source == refund.id
    with pytest.raises(RefusedError) as refused:
        simulator.pay_out(DAY)
    assert refused.value.status == 409
    assert simulator.pay_out()["amount"] == 96_500
    assert [one.amount for one in client.v1.payouts.list({"status": "paid"}).data] == [96_500, 143_000]
    arrived = {"gte": payout.arrival_date + 1}
    assert client.v1.payouts.list({"arrival_date": cast("int", arrived)}).data == []
    types = [event.type for event in client.v1.events.list({"type": "payout.*"}).data]
    assert types == ["payout.reconciliation_completed", "payout.paid", "payout.created"] * 2


def test_a_debt_waits_for_a_better_day(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    client.v1.refunds.create({"payment_intent": paid_intent(client, simulator)})
    with pytest.raises(RefusedError, match="-7000 ars"):
        simulator.pay_out()
    paid_intent(client, simulator)
    assert simulator.pay_out()["amount"] == 186_000


@pytest.mark.usefixtures("at_noon")
def test_the_books_tell_each_day_to_the_cent(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    kept, given_back, contested = (pay(client, simulator, amount) for amount in (100_001, 200_000, 300_000))
    failing = client.v1.refunds.create({"payment_intent": given_back, "amount": 60_000})
    client.v1.refunds.create({"payment_intent": given_back, "amount": 5_000})
    dispute_id = str(simulator.dispute(contested)["id"])
    simulator.live_at(NOON + timedelta(days=1))
    simulator.fail_refund(failing.id)
    simulator.win_dispute(dispute_id)
    paid_out = simulator.pay_out()["amount"]
    first = {
        "charges": 3,
        "gross": 600_001,
        "refunds": 65_000,
        "disputes": 300_000,
        "fees": 3_500 + 7_000 + 10_500 + 150_000,
        "net": 600_001 - 65_000 - 300_000 - 171_000,
    }
    second = {"refunds_failed": 60_000, "disputes_reinstated": 300_000, "net": 360_000, "payouts": 424_001}
    assert paid_out == first["net"] + second["net"] == 424_001
    assert days(simulator) == [
        {"day": "2031-03-05", "currency": "ars", **NOTHING, **first},
        {"day": "2031-03-06", "currency": "ars", **NOTHING, **second},
    ]
    assert simulator.books()["totals"] == {"ars": {**NOTHING, **second, **first, "net": 424_001}}
    assert [day["day"] for day in days(simulator, DAY, DAY)] == ["2031-03-05"]
    assert charge_of(client, kept).amount_refunded == 0


@pytest.mark.usefixtures("at_noon")
def test_a_day_ends_at_midnight_in_mendoza(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    for instant in (datetime(2031, 3, 6, 2, 59, tzinfo=UTC), datetime(2031, 3, 6, 3, 0, tzinfo=UTC)):
        simulator.live_at(instant)
        pay(client, simulator, 1_000)
    assert [day["day"] for day in days(simulator)] == ["2031-03-05", "2031-03-06"]
    assert simulator.pay_out(DAY)["amount"] == 965


def test_each_currency_has_its_books(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    session_id = client.v1.checkout.sessions.create(session_params(amounts=(1_000,))).id
    simulator.misreport(session_id, currency="usd")
    simulator.pay(session_id)
    paid_intent(client, simulator, amounts=(2_000,))
    assert [(day["currency"], day["gross"]) for day in days(simulator)] == [("ars", 2_000), ("usd", 1_000)]


def test_the_books_refuse_what_is_no_day(simulator: SimulatorProcess) -> None:
    with pytest.raises(RefusedError) as refused:
        simulator.call("GET", "/_simulator/books?first=yesterday")
    assert refused.value.status == 400
