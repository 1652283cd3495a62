"""Refunds and disputes with the local provider: asked for, made there, failing later, told in any order."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import cast

import pytest
from django.utils import timezone
from time_machine import Traveller

from accounts.models import User
from billing.enums import DiscrepancyKind, DisputeState, PaymentState, RefundState, WebhookStatus
from billing.gateway.configured import gateway, returns_gateway
from billing.gateway.reports import CheckoutStatus
from billing.inbox import finish_events
from billing.models import Discrepancy, Dispute, Invoice, Payment, Refund, WebhookEvent
from billing.refund_requests import RefundWish
from billing.refunds import request_refund
from billing.refusals import CheckoutUnavailable, RefundExceeds
from billing.return_polling import check_disputes, check_refunds
from billing.settlement import settle_payment
from oficina.shared.dates import today
from oficina.shared.money import ZERO
from tests.billing.checkout.steps import Customer, at_once, event_body, post_event, session_of, sessions_made, signed
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.django_db(transaction=True)

SLOWLY_REFUNDED = "4000000000007726"


def bought(ana: Customer, invoice: Invoice, simulator: SimulatorProcess, card: str | None = None) -> Payment:
    """Ana paid the bill."""
    payment = ana.start(invoice)
    simulator.pay(session_of(payment), card=card)
    simulator.wait_until_idle()
    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED
    return payment


def wish(staff: User, amount: str, key: str = "form-1") -> RefundWish:
    return RefundWish(amount=Decimal(amount), reason="Pagó de más", by=staff, key=key)


def due(invoice: Invoice) -> Decimal:
    return Invoice.objects.with_amount_due(on=today()).get(pk=invoice.pk).amount_due


def provider_refunds(payment: Payment) -> list[tuple[Decimal, str]]:
    reports = returns_gateway().list_refunds(payment.provider_payment_id or "")
    return [(report.amount, report.status) for report in reversed(reports)]


def test_a_refund_goes_back_through_the_provider(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User
) -> None:
    payment = bought(ana, invoice, simulator)

    refund = request_refund(payment, wish(staff, "300.00"))
    simulator.wait_until_idle()

    assert (refund.state, refund.requested_by, refund.reason) == (RefundState.SUCCEEDED, staff, "Pagó de más")
    assert provider_refunds(payment) == [(Decimal("300.00"), "succeeded")]
    assert due(invoice) == Decimal("300.00")
    events = WebhookEvent.objects.filter(event_type__contains="refund")
    assert {event.status for event in events} == {WebhookStatus.PROCESSED}
    assert {event.payment for event in events} == {payment}


def test_scenario_23_a_double_click_refunds_once(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User
) -> None:
    payment = bought(ana, invoice, simulator)

    first, second = at_once(*[lambda: request_refund(payment, wish(staff, "300.00"))] * 2)

    assert first == second
    assert provider_refunds(payment) == [(Decimal("300.00"), "succeeded")]
    assert Refund.objects.count() == 1


def test_scenario_23_one_of_two_refunds_fails_later(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User
) -> None:
    payment = bought(ana, invoice, simulator)
    refunds = [request_refund(payment, wish(staff, "300.00", key)) for key in ("a", "b")]
    assert due(invoice) == Decimal("600.00")
    with pytest.raises(RefundExceeds):
        request_refund(payment, wish(staff, "400.01", "c"))

    simulator.fail_refund(refunds[0].provider_refund_id or "", failure_reason="lost_or_stolen_card")
    simulator.wait_until_idle()

    refunds[0].refresh_from_db()
    assert (refunds[0].state, refunds[0].failure_reason) == (RefundState.FAILED, "lost_or_stolen_card")
    assert due(invoice) == Decimal("300.00")


def test_refunds_of_different_people_do_not_exceed_the_payment(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User
) -> None:
    payment = bought(ana, invoice, simulator)

    outcomes = at_once(*[lambda key=key: request_refund(payment, wish(staff, "400.00", key)) for key in "abcd"])

    assert sum(isinstance(outcome, RefundExceeds) for outcome in outcomes) == 2
    assert provider_refunds(payment) == [(Decimal("400.00"), "succeeded")] * 2


@pytest.mark.parametrize("how", ["cut", "error"])
def test_a_lost_answer_makes_no_second_refund(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User, how: str
) -> None:
    payment = bought(ana, invoice, simulator)
    simulator.drop(matching="*refund*")
    simulator.lose_answer(how=how, matching="POST /v1/refunds", times=3)

    refund = request_refund(payment, wish(staff, "300.00"))
    assert refund.state == RefundState.CREATED
    assert due(invoice) == Decimal("300.00")
    Refund.objects.update(checked_at=timezone.now() - timedelta(minutes=6))
    assert check_refunds(now=timezone.now()) == 1

    refund.refresh_from_db()
    assert refund.state == RefundState.SUCCEEDED
    assert provider_refunds(payment) == [(Decimal("300.00"), "succeeded")]


def test_a_refund_that_the_provider_refuses_gives_the_money_back_to_the_bill(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User
) -> None:
    payment = bought(ana, invoice, simulator)
    simulator.drop(matching="*")
    simulator.dispute(session_of(payment), withdraw=False)

    refund = request_refund(payment, wish(staff, "300.00"))

    assert (refund.state, refund.failure_reason) == (RefundState.FAILED, "charge_disputed")
    assert due(invoice) == ZERO


def test_a_pending_refund_is_followed_without_events(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User, at_noon: Traveller
) -> None:
    payment = bought(ana, invoice, simulator, SLOWLY_REFUNDED)
    simulator.drop(matching="*refund*")
    refund = request_refund(payment, wish(staff, "300.00"))
    assert refund.state == RefundState.PENDING

    at_noon.shift(120)
    simulator.live_at(timezone.now())
    assert check_refunds(now=timezone.now()) == 1

    refund.refresh_from_db()
    assert refund.state == RefundState.SUCCEEDED


def test_a_refund_made_at_the_provider_is_recorded(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = bought(ana, invoice, simulator)

    simulator.refund(session_of(payment), amount=25_000)
    simulator.wait_until_idle()

    refund = Refund.objects.get()
    assert (refund.state, refund.amount, refund.requested_by) == (RefundState.SUCCEEDED, Decimal("250.00"), None)
    assert due(invoice) == Decimal("250.00")


def test_news_of_a_refund_that_overtakes_the_payment_settles_both(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = ana.start(invoice)
    simulator.drop(matching="checkout.*")
    simulator.pay(session_of(payment))
    simulator.refund(session_of(payment), amount=25_000)
    simulator.wait_until_idle()

    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED
    assert Refund.objects.get().amount == Decimal("250.00")
    assert due(invoice) == Decimal("250.00")


@pytest.mark.parametrize(
    ("told", "lost"),
    [("charge.refunded", ("checkout.*", "refund.*")), ("refund.created", ("checkout.*", "charge.refunded"))],
)
def test_whichever_news_of_a_refund_comes_first_is_of_our_payment(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, told: str, lost: tuple[str, ...]
) -> None:
    payment = ana.start(invoice)
    for other in lost:
        simulator.drop(matching=other)
    simulator.pay(session_of(payment))
    simulator.refund(session_of(payment), amount=25_000)
    simulator.wait_until_idle()

    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED
    assert Refund.objects.get().amount == Decimal("250.00")
    assert WebhookEvent.objects.get(event_type=told).payment == payment
    assert Discrepancy.objects.count() == 0


def test_news_of_a_refund_settles_a_payment_whose_checkout_we_were_never_told(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    # The request is repeated, and answered as the first time: as a checkout that nobody has paid yet.
    simulator.drop(matching="checkout.*")
    simulator.lose_answer(times=3)
    with pytest.raises(CheckoutUnavailable):
        ana.start(invoice)
    (session,) = sessions_made(simulator)
    simulator.pay(session.id)
    simulator.refund(session.id, amount=25_000)
    simulator.wait_until_idle()

    payment = Payment.objects.get()
    assert (payment.state, payment.amount_received) == (PaymentState.SUCCEEDED, Decimal("1000.00"))
    assert Refund.objects.get().amount == Decimal("250.00")
    assert Discrepancy.objects.count() == 0


def test_news_of_a_refund_of_a_payment_that_was_given_up_settles_both(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = ana.start(invoice)
    told = gateway().retrieve_checkout(session_of(payment))
    settle_payment(payment.pk, replace(told, status=CheckoutStatus.EXPIRED), cause="test")
    simulator.drop(matching="checkout.*")
    simulator.pay(session_of(payment))
    simulator.refund(session_of(payment), amount=25_000)
    simulator.wait_until_idle()

    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED
    assert Refund.objects.get().amount == Decimal("250.00")
    assert [finding.kind for finding in Discrepancy.objects.all()] == [DiscrepancyKind.LATE_PAYMENT]


def test_scenario_24_a_dispute_after_a_partial_refund_told_backwards(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User
) -> None:
    payment = bought(ana, invoice, simulator)
    request_refund(payment, wish(staff, "300.00"))
    simulator.hold(matching="charge.dispute.*", order="reversed")
    contested = simulator.dispute(session_of(payment), amount=100_000)
    dispute_id = cast("str", contested["id"])
    simulator.respond_to_dispute(dispute_id)
    simulator.win_dispute(dispute_id)
    simulator.release()
    simulator.wait_until_idle()

    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.amount_withdrawn, dispute.amount_taken) == (
        DisputeState.WON,
        Decimal("1000.00"),
        ZERO,
    )
    assert due(invoice) == Decimal("300.00")


def test_a_dispute_is_followed_step_by_step(ana: Customer, invoice: Invoice, simulator: SimulatorProcess) -> None:
    payment = bought(ana, invoice, simulator)

    contested = simulator.dispute(session_of(payment), withdraw=False)
    dispute_id = cast("str", contested["id"])
    simulator.wait_until_idle()
    assert (Dispute.objects.get().state, due(invoice)) == (DisputeState.NEEDS_RESPONSE, ZERO)
    simulator.withdraw_dispute(dispute_id)
    simulator.wait_until_idle()
    assert due(invoice) == Decimal("1000.00")
    simulator.lose_dispute(dispute_id)
    simulator.wait_until_idle()

    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.amount_taken, dispute.payment) == (DisputeState.LOST, Decimal("1000.00"), payment)


def test_a_dispute_is_followed_without_events(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, at_noon: Traveller
) -> None:
    payment = bought(ana, invoice, simulator)
    contested = simulator.dispute(session_of(payment))
    simulator.wait_until_idle()
    simulator.drop(matching="*")
    simulator.win_dispute(cast("str", contested["id"]))
    assert check_disputes(now=timezone.now()) == 0

    at_noon.shift(7 * 3600)
    assert check_disputes(now=timezone.now()) == 1

    assert Dispute.objects.get().state == DisputeState.WON
    assert due(invoice) == ZERO


def test_a_refund_made_there_waits_until_ours_is_refused(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User, at_noon: Traveller
) -> None:
    payment = bought(ana, invoice, simulator)
    simulator.answer_500(matching="POST /v1/refunds", times=3)
    ours = request_refund(payment, wish(staff, "800.00"))
    assert ours.state == RefundState.CREATED
    simulator.refund(session_of(payment), amount=50_000)
    simulator.wait_until_idle()
    assert WebhookEvent.objects.filter(status=WebhookStatus.FAILED).exists()

    at_noon.shift(600)
    check_refunds(now=timezone.now())
    finish_events(now=timezone.now())

    ours.refresh_from_db()
    assert ours.state == RefundState.FAILED
    assert Refund.objects.standing().get().amount == Decimal("500.00")
    assert not WebhookEvent.objects.filter(status=WebhookStatus.FAILED).exists()


def test_a_refund_of_somebody_elses_payment_is_put_before_the_office(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = bought(ana, invoice, simulator)
    event = event_body("", type="refund.updated", data={"object": {"id": "re_of_nobody"}})
    assert post_event(event, signed(event)) == 204

    assert Discrepancy.objects.get().kind == DiscrepancyKind.UNKNOWN_OBJECT
    assert WebhookEvent.objects.get(event_id="evt_of_a_test").status == WebhookStatus.PROCESSED
    assert payment.refunds.count() == 0
