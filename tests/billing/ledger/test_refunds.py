"""Refunds in the ledger: what they take, what they reopen, what comes back when they fail."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import IntegrityError
from django.utils import timezone
from time_machine import Traveller

from accounts.models import User
from billing.enums import CreditReason, DiscrepancyKind, PaymentState, RefundRoute, RefundState
from billing.external_payments import record_external_payment
from billing.gateway.returns import RefundStatus
from billing.models import CreditEntry, Discrepancy, Invoice, Payment, Refund
from billing.refunds import RefundWaitsError, record_refund, record_reversal
from billing.refusals import PaymentNotRefundable, RefundExceeds, RefundKeyUsed, RefundOfNothing
from billing.settlement import settle_payment
from oficina.shared.dates import today
from oficina.shared.money import ZERO
from tests.billing.ledger.refusing import refused
from tests.factories.accounts import UserFactory
from tests.factories.billing import (
    InvoiceFactory,
    LateInterestPolicyFactory,
    open_checkout,
    operation,
    paid,
    paid_checkout,
)
from tests.factories.returns import asked_refund, credited, refund_report
from tests.jobs import run_jobs
from tests.ledger_invariants import ledger_invariants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def olga() -> User:
    return UserFactory.create(is_staff=True)


@pytest.fixture
def payment(invoice: Invoice) -> Payment:
    """1,000 pesos that paid the bill."""
    return paid_checkout(invoice, payer=UserFactory.create(email="ana@correo.example", first_name="Ana"))


def due(invoice: Invoice) -> Decimal:
    return Invoice.objects.with_amount_due(on=today()).get(pk=invoice.pk).amount_due


def credit_of(payment: Payment) -> Decimal:
    return CreditEntry.objects.filter(payment=payment).balance()


def test_scenario_23_two_partial_refunds_one_failing_later(payment: Payment, invoice: Invoice, olga: User) -> None:
    first = asked_refund(payment, Decimal("300.00"), by=olga)
    record_refund(payment.pk, refund_report(payment, first.amount, refund=first))
    second = asked_refund(payment, Decimal("200.00"), by=olga)
    record_refund(payment.pk, refund_report(payment, second.amount, refund=second))
    assert due(invoice) == Decimal("500.00")
    with pytest.raises(RefundExceeds) as refusal:
        asked_refund(payment, Decimal("500.01"), by=olga)
    assert (refusal.value.amount, refusal.value.left) == (Decimal("500.01"), Decimal("500.00"))

    failed = record_refund(payment.pk, refund_report(payment, first.amount, RefundStatus.FAILED, refund=first))

    assert failed is not None
    assert (failed.state, failed.failure_reason) == (RefundState.FAILED, "expired_or_canceled_card")
    assert due(invoice) == Decimal("200.00")
    rest = asked_refund(payment, Decimal("800.00"), by=olga)
    assert due(invoice) == Decimal("1000.00")
    record_refund(payment.pk, refund_report(payment, rest.amount, RefundStatus.FAILED, refund=rest))
    record_refund(payment.pk, refund_report(payment, second.amount, RefundStatus.FAILED, refund=second))
    assert due(invoice) == 0
    assert Invoice.objects.get().settled_at == timezone.now()
    ledger_invariants()


def test_a_double_click_refunds_once(payment: Payment, olga: User) -> None:
    refunds = [asked_refund(payment, Decimal("600.00"), by=olga, key="the form") for _ in range(2)]
    assert refunds[0] == refunds[1]
    assert Refund.objects.get().requested_by == olga
    with pytest.raises(RefundKeyUsed):
        asked_refund(payment, Decimal("100.00"), by=olga, key="the form")
    ledger_invariants()


def test_credit_of_the_payment_goes_first_then_the_bill_paid_last(invoice: Invoice, olga: User) -> None:
    later = InvoiceFactory.create(account=invoice.account)
    payment = record_external_payment(
        operation(
            invoice.account, (invoice, Decimal("1000.00")), (later, Decimal("1000.00")), amount=Decimal("2250.00")
        ),
        cause="rendición",
    )
    refund = asked_refund(payment, Decimal("1300.00"), by=olga)
    assert (refund.state, refund.route) == (RefundState.SUCCEEDED, RefundRoute.OFFICE)
    assert credit_of(payment) == 0
    assert (due(invoice), due(later)) == (Decimal("50.00"), Decimal("1000.00"))
    entries = CreditEntry.objects.order_by("pk").values_list("amount", "reason")
    assert list(entries) == [
        (Decimal("250.00"), CreditReason.UNASSIGNED),
        (Decimal("-250.00"), CreditReason.REFUNDED),
    ]
    ledger_invariants()


def test_a_bill_that_is_reopened_keeps_the_surcharge_of_what_stays(
    invoice: Invoice, olga: User, at_noon: Traveller
) -> None:
    LateInterestPolicyFactory.create()
    at_noon.shift(timedelta(days=20))
    assert due(invoice) == Decimal("1007.00")
    payment = paid_checkout(invoice)
    asked_refund(payment, Decimal("500.00"), by=olga)
    invoice.refresh_from_db()
    assert (invoice.surcharge, invoice.applied, due(invoice)) == (
        Decimal("7.00"),
        Decimal("507.00"),
        Decimal("500.00"),
    )
    refund = asked_refund(payment, Decimal("507.00"), by=olga)
    invoice.refresh_from_db()
    assert (invoice.surcharge, invoice.applied, due(invoice)) == (ZERO, ZERO, Decimal("1007.00"))
    at_noon.shift(timedelta(days=10))
    record_refund(payment.pk, refund_report(payment, refund.amount, RefundStatus.FAILED, refund=refund))
    invoice.refresh_from_db()
    assert (invoice.surcharge, invoice.applied) == (Decimal("7.00"), Decimal("507.00"))
    ledger_invariants()


def test_what_comes_back_is_credit_when_the_bill_was_paid_meanwhile(
    payment: Payment, invoice: Invoice, olga: User
) -> None:
    refund = asked_refund(payment, Decimal("400.00"), by=olga)
    record_external_payment(operation(invoice.account, (invoice, Decimal("400.00"))), cause="rendición")
    record_refund(payment.pk, refund_report(payment, refund.amount, RefundStatus.FAILED, refund=refund))
    assert due(invoice) == 0
    assert list(CreditEntry.objects.values_list("payment", "amount", "reason")) == [
        (payment.pk, Decimal("400.00"), CreditReason.REFUND_FAILED)
    ]
    ledger_invariants()


def test_what_comes_back_closes_the_open_checkout_of_the_bill(payment: Payment, invoice: Invoice, olga: User) -> None:
    refund = asked_refund(payment, Decimal("400.00"), by=olga)
    again = open_checkout(invoice)
    assert again.amount_asked == Decimal("400.00")
    record_refund(payment.pk, refund_report(payment, refund.amount, RefundStatus.FAILED, refund=refund))
    settle_payment(again.pk, paid(again), cause="webhook")
    assert credit_of(again) == Decimal("400.00")
    ledger_invariants()


def test_a_refund_that_others_made_is_recorded_once(payment: Payment, invoice: Invoice) -> None:
    report = refund_report(payment, Decimal("250.00"))
    assert record_refund(payment.pk, report) == record_refund(payment.pk, report)
    refund = Refund.objects.get()
    assert (refund.state, refund.reason, refund.requested_by) == (
        RefundState.SUCCEEDED,
        "Hecha en la plataforma de pago",
        None,
    )
    assert due(invoice) == Decimal("250.00")
    ledger_invariants()


def test_news_that_overtakes_our_own_answer_is_of_the_same_refund(payment: Payment, olga: User) -> None:
    refund = asked_refund(payment, Decimal("100.00"), by=olga)
    report = refund_report(payment, refund.amount, refund=refund)
    record_refund(payment.pk, report)
    record_refund(payment.pk, report)
    assert Refund.objects.get().provider_refund_id == report.refund_id


def test_older_news_changes_nothing(payment: Payment, invoice: Invoice, olga: User) -> None:
    refund = asked_refund(payment, Decimal("100.00"), by=olga)
    for status in (RefundStatus.FAILED, RefundStatus.SUCCEEDED, RefundStatus.PENDING):
        record_refund(payment.pk, refund_report(payment, refund.amount, status, refund=refund))
    assert Refund.objects.get().state == RefundState.FAILED
    assert due(invoice) == 0


def test_a_refund_made_there_waits_for_ours_that_may_not_exist(payment: Payment, olga: User) -> None:
    asked_refund(payment, Decimal("800.00"), by=olga)
    with pytest.raises(RefundWaitsError):
        record_refund(payment.pk, refund_report(payment, Decimal("500.00")))
    ledger_invariants()


@pytest.mark.parametrize(
    ("amount", "currency"), [(Decimal("1000.01"), "ARS"), (Decimal("10.00"), "USD")], ids=["too much", "currency"]
)
def test_a_refund_that_cannot_be_is_put_before_the_office(payment: Payment, amount: Decimal, currency: str) -> None:
    assert record_refund(payment.pk, refund_report(payment, amount, currency=currency)) is None
    assert Discrepancy.objects.get().kind == DiscrepancyKind.REFUND_DIFFERS
    assert not Refund.objects.exists()
    ledger_invariants()


def test_nothing_is_refunded_of_an_attempt(invoice: Invoice, olga: User) -> None:
    attempt = open_checkout(invoice)
    with pytest.raises(PaymentNotRefundable):
        asked_refund(attempt, Decimal("1.00"), by=olga)
    assert attempt.state == PaymentState.OPEN


@pytest.mark.parametrize("amount", [Decimal("0.00"), Decimal("-1.00"), Decimal("0.001")])
def test_a_refund_gives_whole_cents(payment: Payment, olga: User, amount: Decimal) -> None:
    with pytest.raises(RefundOfNothing):
        asked_refund(payment, amount, by=olga)


def test_a_channel_takes_back_once(invoice: Invoice) -> None:
    payment = record_external_payment(operation(invoice.account, (invoice, Decimal("1000.00"))), cause="rendición")
    for _ in range(2):
        refund = record_reversal(
            payment.pk,
            amount=Decimal("1000.00"),
            operation_number="REV-1",
            reversed_at=timezone.now(),
            reason="cheque",
        )
    assert Refund.objects.get() == refund
    assert (refund.route, refund.state, due(invoice)) == (
        RefundRoute.CHANNEL,
        RefundState.SUCCEEDED,
        Decimal("1000.00"),
    )
    with pytest.raises(RefundExceeds):
        record_reversal(
            payment.pk, amount=Decimal("1.00"), operation_number="REV-2", reversed_at=timezone.now(), reason=""
        )
    ledger_invariants()


def test_whoever_paid_is_told_that_it_was_done_and_that_it_was_not(payment: Payment, olga: User) -> None:
    run_jobs()
    mail.outbox.clear()
    refund = asked_refund(payment, Decimal("300.00"), by=olga)
    run_jobs()
    assert mail.outbox == []
    for status in (RefundStatus.SUCCEEDED, RefundStatus.SUCCEEDED, RefundStatus.FAILED):
        record_refund(payment.pk, refund_report(payment, refund.amount, status, refund=refund))
    run_jobs()
    done, failed = mail.outbox
    assert done.to == failed.to == ["ana@correo.example"]
    assert done.subject.startswith("Te devolvimos $\N{NO-BREAK SPACE}300,00, cuenta terminada en ")
    assert f"del pago {payment.number}, de la cuenta" in done.body
    assert "(Visa débito terminada en 4417)" in done.body
    assert failed.subject.startswith("No pudimos devolverte $\N{NO-BREAK SPACE}300,00, cuenta terminada en ")
    assert "La plata volvió a la cuenta" in failed.body


def test_a_refund_is_not_saved_without_its_money_leaving(payment: Payment) -> None:
    refused(
        lambda: Refund.objects.create(
            payment=payment,
            amount=Decimal("10.00"),
            reason="x",
            state=RefundState.SUCCEEDED,
            succeeded_at=timezone.now(),
        ),
        "received 1000.00, allocated 1000.00, credit 0, refunded 10.00",
    )


def test_a_failed_refund_does_not_rise(payment: Payment, olga: User) -> None:
    refund = asked_refund(payment, Decimal("10.00"), by=olga)
    record_refund(payment.pk, refund_report(payment, refund.amount, RefundStatus.FAILED, refund=refund))
    with pytest.raises(IntegrityError, match="may not go from failed to succeeded"):
        Refund.objects.filter(pk=refund.pk).update(state=RefundState.SUCCEEDED)


def test_credit_spent_on_a_bill_is_taken_back_from_there(invoice: Invoice, olga: User) -> None:
    source = credited(invoice.account, Decimal("1000.00"))
    asked_refund(source, Decimal("1000.00"), by=olga)
    assert credit_of(source) == 0
    with pytest.raises(RefundExceeds):
        asked_refund(source, Decimal("0.01"), by=olga)
