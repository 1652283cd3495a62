"""Refunds and disputes of which nobody told."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.models import User
from billing.enums import DiscrepancyKind, DisputeState, PaymentState, RefundState
from billing.gateway.returns import PaymentOfProvider, RefundReport, RefundStatus
from billing.models import Discrepancy, Dispute, Invoice, Payment, Refund
from billing.open_checkouts import ask_provider
from billing.refund_requests import RefundWish
from billing.refunds import record_refund, request_refund
from billing.return_polling import check_refunds
from oficina.shared.money import CURRENCY, ZERO
from tests.billing.checkout.steps import Customer, session_of
from tests.billing.reconciliation.comparing import (
    TODAY,
    assert_equal_to_the_books,
    everything_known,
    kinds_found,
    reconciled,
    session_made_elsewhere,
)
from tests.conftest import NOON
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def paid_session(ana: Customer, invoice: Invoice, simulator: SimulatorProcess) -> str:
    """A checkout of 1,000 pesos that was paid, of which nobody told."""
    session = session_of(ana.start(invoice))
    simulator.pay(session)
    return session


def test_a_refund_made_at_the_provider_is_recorded(
    paid_session: str, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    simulator.refund(paid_session, amount=30_000)

    row = reconciled()

    refund = Refund.objects.get()
    assert (refund.amount, refund.state) == (Decimal("300.00"), RefundState.SUCCEEDED)
    assert (row.refunds, row.our_refunds) == (Decimal("300.00"), Decimal("300.00"))
    assert (row.theirs, row.ours) == (Decimal("700.00"), Decimal("700.00"))
    assert (row.fees, row.net) == (Decimal("45.00"), Decimal("655.00"))
    assert not row.differs
    assert Discrepancy.objects.count() == 0
    invoice.refresh_from_db()
    assert invoice.applied == Decimal("700.00")
    assert_equal_to_the_books(simulator)


def test_a_refund_that_fails_days_later_comes_back_on_that_day(
    paid_session: str, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> None:
    refund = simulator.refund(paid_session, amount=30_000)
    first = reconciled()
    later = NOON + timedelta(days=3)
    at_noon.move_to(later)
    simulator.live_at(later)
    simulator.fail_refund(str(refund["id"]))

    fourth = reconciled(TODAY + timedelta(days=3))
    again = reconciled()

    assert Refund.objects.get().state == RefundState.FAILED
    assert (fourth.refunds_returned, fourth.our_refunds_returned) == (Decimal("300.00"), Decimal("300.00"))
    assert (again.refunds, again.our_refunds) == (first.refunds, first.our_refunds) == (Decimal(300), Decimal(300))
    assert not fourth.differs
    assert not again.differs
    assert_equal_to_the_books(simulator)


def test_a_refund_whose_end_is_learned_late_is_looked_for_on_the_day_it_was_made(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User, at_noon: time_machine.Traveller
) -> None:
    payment = ana.start(invoice)
    simulator.pay(session_of(payment))
    payment = ask_provider(payment, cause="test")
    simulator.lose_answer(matching="POST /v1/refunds", times=None)
    request_refund(payment, RefundWish(amount=Decimal("300.00"), reason="Pagó de más", by=staff, key="form-1"))
    simulator.clear_faults()
    later = NOON + timedelta(days=3)
    at_noon.move_to(later)
    simulator.live_at(later)
    check_refunds(now=later)
    assert Refund.objects.get().state == RefundState.SUCCEEDED

    fourth = reconciled(TODAY + timedelta(days=3), now=later + timedelta(days=2))

    assert (kinds_found(fourth), fourth.differs) == ([], False)
    assert not reconciled().differs


def test_a_dispute_withdraws_and_its_winning_reinstates(
    paid_session: str, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> None:
    dispute = simulator.dispute(paid_session)
    first = reconciled()
    assert (first.disputes, first.our_disputes) == (Decimal("1000.00"), Decimal("1000.00"))
    assert (first.fees, first.net) == (Decimal("1545.00"), Decimal("-1545.00"))
    later = NOON + timedelta(days=9)
    at_noon.move_to(later)
    simulator.live_at(later)
    simulator.win_dispute(str(dispute["id"]))

    tenth = reconciled(TODAY + timedelta(days=9))

    assert Dispute.objects.get().state == DisputeState.WON
    assert (tenth.disputes_reinstated, tenth.our_disputes_reinstated) == (Decimal("1000.00"), Decimal("1000.00"))
    assert not reconciled().differs
    assert not tenth.differs
    assert_equal_to_the_books(simulator)


def test_a_dispute_after_a_partial_refund_takes_what_the_provider_says(
    paid_session: str, simulator: SimulatorProcess
) -> None:
    simulator.refund(paid_session, amount=40_000)
    simulator.dispute(paid_session, amount=100_000)

    row = reconciled()

    assert (row.refunds, row.disputes) == (Decimal("400.00"), Decimal("1000.00"))
    assert (row.our_refunds, row.our_disputes) == (Decimal("400.00"), Decimal("1000.00"))
    assert not row.differs
    assert Discrepancy.objects.get().kind == DiscrepancyKind.MORE_WITHDRAWN
    assert_equal_to_the_books(simulator)


def test_it_runs_twice_and_no_refund_or_dispute_is_taken_again(paid_session: str, simulator: SimulatorProcess) -> None:
    simulator.refund(paid_session, amount=40_000)
    simulator.dispute(paid_session, amount=20_000)
    reconciled()
    before = (everything_known(), list(Refund.objects.values()), Payment.objects.get().allocations.count())

    reconciled()

    assert (everything_known(), list(Refund.objects.values()), Payment.objects.get().allocations.count()) == before


def test_a_refund_of_money_that_is_not_settled_is_put_before_the_office(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = ana.start(invoice)
    simulator.misreport(session_of(payment), amount_total=99_900)
    simulator.pay(session_of(payment))
    simulator.refund(session_of(payment))

    row = reconciled()

    assert (row.gross, row.refunds, row.our_received, row.our_refunds) == (
        Decimal("999.00"),
        Decimal("999.00"),
        ZERO,
        ZERO,
    )
    assert kinds_found(row) == [DiscrepancyKind.AMOUNT_DIFFERS, DiscrepancyKind.REFUND_DIFFERS]
    assert Payment.objects.get().state == PaymentState.PROCESSING


def test_a_refund_of_no_payment_of_ours_is_put_before_the_office(simulator: SimulatorProcess) -> None:
    session = session_made_elsewhere(simulator, reference="of another shop", centavos=25_000)
    simulator.pay(session)
    simulator.refund(session, amount=5_000)

    row = reconciled()

    assert kinds_found(row) == [DiscrepancyKind.UNKNOWN_OBJECT, DiscrepancyKind.UNKNOWN_OBJECT]
    assert (row.refunds, row.our_refunds) == (Decimal("50.00"), ZERO)


def test_a_refund_of_ours_that_the_provider_does_not_have_is_put_before_the_office_once_the_next_day_is_over(
    paid_session: str, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> None:
    reconciled()
    payment = Payment.objects.get()
    record_refund(payment.pk, refund_told(payment, "re_of_nobody", Decimal("100.00")))
    assert kinds_found(reconciled()) == []

    at_noon.move_to(NOON + timedelta(days=2))
    row = reconciled()

    assert kinds_found(row) == [DiscrepancyKind.NOT_AT_PROVIDER]
    assert (row.refunds, row.our_refunds, row.difference) == (ZERO, Decimal("100.00"), Decimal("100.00"))


def refund_told(payment: Payment, refund_id: str, amount: Decimal) -> RefundReport:
    return RefundReport(
        refund_id=refund_id,
        reference="",
        payment=PaymentOfProvider(provider_payment_id=payment.provider_payment_id or "", reference=payment.public_id),
        amount=amount,
        currency=CURRENCY,
        status=RefundStatus.SUCCEEDED,
        failure_reason="",
        made_at=NOON,
    )
