"""Disputes in the ledger: what the provider withdraws and gives back, whatever is told first."""

from decimal import Decimal
from itertools import permutations

import pytest
from django.db import IntegrityError

from accounts.models import User
from billing.disputes import record_dispute
from billing.enums import CreditReason, DiscrepancyKind, DisputeState
from billing.gateway.returns import DisputeReport, RefundStatus
from billing.models import CreditEntry, Discrepancy, Dispute, Invoice, Payment
from billing.refunds import record_refund
from billing.refusals import RefundExceeds
from billing.settlement import settle_payment
from oficina.shared.dates import today
from oficina.shared.money import ZERO
from tests.factories.accounts import UserFactory
from tests.factories.billing import expired, open_checkout, paid, paid_checkout
from tests.factories.returns import asked_refund, dispute_report, refund_report
from tests.ledger_invariants import ledger_invariants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

PRICE = Decimal("1000.00")


@pytest.fixture
def olga() -> User:
    return UserFactory.create(is_staff=True)


@pytest.fixture
def payment(invoice: Invoice) -> Payment:
    """1,000 pesos that paid the bill."""
    return paid_checkout(invoice)


def due(invoice: Invoice) -> Decimal:
    return Invoice.objects.with_amount_due(on=today()).get(pk=invoice.pk).amount_due


def course(payment: Payment) -> dict[str, DisputeReport]:
    """A dispute from its beginning to the end, as the provider tells it at each moment."""
    return {
        "created": dispute_report(payment, PRICE),
        "withdrawn": dispute_report(payment, PRICE, withdrawn=PRICE),
        "answered": dispute_report(payment, PRICE, DisputeState.UNDER_REVIEW, withdrawn=PRICE),
        "won": dispute_report(payment, PRICE, DisputeState.WON, withdrawn=PRICE, reinstated=PRICE),
    }


@pytest.mark.parametrize("order", list(permutations(["created", "withdrawn", "answered", "won"])), ids="-".join)
def test_scenario_24_a_dispute_that_is_won_told_in_any_order(
    payment: Payment, invoice: Invoice, order: tuple[str, ...]
) -> None:
    reports = course(payment)
    for moment in order:
        record_dispute(payment.pk, reports[moment])
        ledger_invariants()
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.amount_taken, due(invoice)) == (DisputeState.WON, ZERO, ZERO)
    assert not Discrepancy.objects.exists()


def test_a_withdrawal_reopens_the_bill_and_losing_leaves_it_so(payment: Payment, invoice: Invoice) -> None:
    record_dispute(payment.pk, dispute_report(payment, PRICE))
    assert due(invoice) == 0
    record_dispute(payment.pk, dispute_report(payment, PRICE, withdrawn=PRICE))
    record_dispute(payment.pk, dispute_report(payment, PRICE, DisputeState.LOST, withdrawn=PRICE))
    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.amount_taken, due(invoice)) == (DisputeState.LOST, PRICE, PRICE)
    assert dispute.closed_at is not None
    ledger_invariants()


@pytest.mark.parametrize("refund_first", [True, False])
def test_scenario_24_after_a_partial_refund_more_is_withdrawn_than_is_left(
    payment: Payment, invoice: Invoice, *, refund_first: bool
) -> None:
    refund = refund_report(payment, Decimal("300.00"), refund_id="re_1")
    withdrawn = dispute_report(payment, PRICE, withdrawn=PRICE)
    for step in (0, 1) if refund_first else (1, 0):
        if step == 0:
            record_refund(payment.pk, refund)
        else:
            record_dispute(payment.pk, withdrawn)
        ledger_invariants()
    assert Dispute.objects.get().amount_taken == Decimal("700.00")
    finding = Discrepancy.objects.get()
    assert (finding.kind, finding.payment) == (DiscrepancyKind.MORE_WITHDRAWN, payment)
    assert due(invoice) == PRICE

    record_refund(payment.pk, refund_report(payment, refund.amount, RefundStatus.FAILED, refund_id="re_1"))
    assert Dispute.objects.get().amount_taken == PRICE
    ledger_invariants()
    record_dispute(payment.pk, dispute_report(payment, PRICE, DisputeState.WON, withdrawn=PRICE, reinstated=PRICE))
    assert due(invoice) == 0
    ledger_invariants()


def test_a_dispute_may_be_about_less_and_be_given_back_in_part(payment: Payment, invoice: Invoice) -> None:
    record_dispute(payment.pk, dispute_report(payment, Decimal("400.00"), withdrawn=Decimal("400.00")))
    assert due(invoice) == Decimal("400.00")
    record_dispute(
        payment.pk,
        dispute_report(payment, Decimal("400.00"), withdrawn=Decimal("400.00"), reinstated=Decimal("150.00")),
    )
    assert (Dispute.objects.get().amount_taken, due(invoice)) == (Decimal("250.00"), Decimal("250.00"))
    ledger_invariants()


def test_two_disputes_take_one_after_the_other(payment: Payment) -> None:
    for name, amount in (("du_1", Decimal("800.00")), ("du_2", Decimal("500.00"))):
        record_dispute(payment.pk, dispute_report(payment, amount, withdrawn=amount, dispute_id=name))
    taken = Dispute.objects.order_by("pk").values_list("amount_taken", flat=True)
    assert list(taken) == [Decimal("800.00"), Decimal("200.00")]
    ledger_invariants()


def test_what_a_dispute_holds_is_not_refunded(payment: Payment, olga: User) -> None:
    record_dispute(payment.pk, dispute_report(payment, Decimal("900.00"), withdrawn=Decimal("900.00")))
    with pytest.raises(RefundExceeds) as refusal:
        asked_refund(payment, Decimal("100.01"), by=olga)
    assert refusal.value.left == Decimal("100.00")


def test_credit_goes_first_and_comes_back_last(invoice: Invoice) -> None:
    late = open_checkout(invoice)
    settle_payment(late.pk, expired(late), cause="test")
    paid_checkout(invoice)
    settle_payment(late.pk, paid(late), cause="test")
    late.refresh_from_db()
    record_dispute(late.pk, dispute_report(late, PRICE, withdrawn=PRICE))
    record_dispute(late.pk, dispute_report(late, PRICE, DisputeState.WON, withdrawn=PRICE, reinstated=PRICE))
    reasons = CreditEntry.objects.order_by("pk").values_list("reason", flat=True)
    assert list(reasons) == [CreditReason.ALREADY_PAID, CreditReason.DISPUTED, CreditReason.REINSTATED]
    ledger_invariants()


def test_an_attempt_has_no_dispute(invoice: Invoice) -> None:
    attempt = open_checkout(invoice)
    assert record_dispute(attempt.pk, dispute_report(attempt, PRICE, withdrawn=PRICE)) is None
    assert Discrepancy.objects.get().kind == DiscrepancyKind.UNKNOWN_OBJECT
    ledger_invariants()


def test_the_database_refuses_a_step_back(payment: Payment) -> None:
    record_dispute(payment.pk, dispute_report(payment, PRICE, DisputeState.LOST))
    with pytest.raises(IntegrityError, match="may not go from lost to under_review"):
        Dispute.objects.update(state=DisputeState.UNDER_REVIEW)


def test_the_database_refuses_totals_that_become_less(payment: Payment) -> None:
    record_dispute(payment.pk, dispute_report(payment, PRICE, DisputeState.WON, withdrawn=PRICE, reinstated=PRICE))
    with pytest.raises(IntegrityError, match="became less"):
        Dispute.objects.update(amount_reinstated=0)


def test_the_database_refuses_to_take_more_than_was_withdrawn(payment: Payment) -> None:
    record_dispute(payment.pk, dispute_report(payment, PRICE, withdrawn=Decimal("10.00")))
    with pytest.raises(IntegrityError, match="dispute_takes_what_was_withdrawn"):
        Dispute.objects.update(amount_taken=Decimal("10.01"))
