"""What the database refuses about refunds, disputes and uses of credit, whoever asks: a test for each trigger."""

from decimal import Decimal
from itertools import permutations

import pytest
from django.utils import timezone

from billing.disputes import record_dispute
from billing.enums import AllocationReason, CreditReason, DisputeState, RefundRoute, RefundState
from billing.gateway.returns import RefundStatus
from billing.models import Allocation, CreditEntry, CreditUse, Dispute, Invoice, Payment, Refund
from billing.refund_requests import RefundWish
from billing.refunds import record_refund, save_refund
from billing.transitions import DISPUTE_TRANSITIONS, REFUND_TRANSITIONS
from tests.billing.ledger.refusing import refused, run
from tests.factories.accounts import UserFactory
from tests.factories.billing import paid_checkout
from tests.factories.returns import asked_refund, credited, dispute_report, refund_report

pytestmark = pytest.mark.django_db

AMOUNT = Decimal("100.00")
REPORTED = {
    RefundState.PENDING: RefundStatus.PENDING,
    RefundState.SUCCEEDED: RefundStatus.SUCCEEDED,
    RefundState.FAILED: RefundStatus.FAILED,
}


@pytest.fixture
def payment(invoice: Invoice) -> Payment:
    return paid_checkout(invoice)


@pytest.fixture
def refund(payment: Payment) -> Refund:
    return asked_refund(payment, AMOUNT, by=UserFactory.create())


@pytest.mark.parametrize(("before", "after"), list(permutations(RefundState, 2)))
def test_refund_moves_only_along_the_table(
    payment: Payment, refund: Refund, before: RefundState, after: RefundState
) -> None:
    if before != RefundState.CREATED:
        record_refund(payment.pk, refund_report(payment, AMOUNT, REPORTED[before], refund=refund))
    if (before, after) in REFUND_TRANSITIONS:
        record_refund(payment.pk, refund_report(payment, AMOUNT, REPORTED[after], refund=refund))
        refund.refresh_from_db()
        assert refund.state == after
    else:
        refused(
            lambda: run(f"UPDATE billing_refund SET state = '{after}' WHERE id = {refund.pk}"),
            f"may not go from {before} to {after}",
        )


@pytest.mark.parametrize(("before", "after"), list(permutations(DisputeState, 2)))
def test_dispute_moves_only_along_the_table(payment: Payment, before: DisputeState, after: DisputeState) -> None:
    record_dispute(payment.pk, dispute_report(payment, AMOUNT, before))

    def move() -> None:
        run(f"UPDATE billing_dispute SET state = '{after}'")

    if (before, after) in DISPUTE_TRANSITIONS:
        move()
        assert Dispute.objects.get().state == after
    else:
        refused(move, f"may not go from {before} to {after}")


def test_a_refund_is_not_deleted(refund: Refund) -> None:
    refused(lambda: run("DELETE FROM billing_refund"), "Cannot delete rows from billing_refund")


def test_a_dispute_is_not_deleted(payment: Payment) -> None:
    record_dispute(payment.pk, dispute_report(payment, AMOUNT))
    refused(lambda: run("DELETE FROM billing_dispute"), "Cannot delete rows from billing_dispute")


@pytest.mark.parametrize(
    "column", ["amount = 99", "reason = 'otro'", "idempotency_key = 'otra'", "request = '{}'", "operation_number = 'x'"]
)
def test_what_was_asked_of_a_refund_stays(refund: Refund, column: str) -> None:
    refused(lambda: run(f"UPDATE billing_refund SET {column}"), "Cannot update rows from billing_refund")


def test_a_refund_keeps_its_name_at_the_provider(payment: Payment, refund: Refund) -> None:
    record_refund(payment.pk, refund_report(payment, AMOUNT, refund=refund))
    refused(lambda: run("UPDATE billing_refund SET provider_refund_id = 're_other'"), "written once was changed")


def test_a_dispute_stays_with_its_payment(payment: Payment) -> None:
    record_dispute(payment.pk, dispute_report(payment, AMOUNT))
    refused(lambda: run("UPDATE billing_dispute SET provider_dispute_id = 'x'"), "Cannot update rows")


def test_a_refund_begins_with_its_request_saved(payment: Payment) -> None:
    refused(
        lambda: Refund.objects.create(payment=payment, amount=AMOUNT, reason="x", idempotency_key="k"),
        "refund_saved_its_request",
    )


def test_a_dispute_does_not_take_money_that_stays_on_the_bill(payment: Payment) -> None:
    record_dispute(payment.pk, dispute_report(payment, AMOUNT))
    refused(
        lambda: Dispute.objects.update(amount_withdrawn=AMOUNT, withdrawn_at=timezone.now(), amount_taken=AMOUNT),
        "received 1000.00, allocated 1000.00, credit 0, refunded 0, disputed 100.00",
    )


@pytest.mark.parametrize(("spent", "arrived"), [("100.00", "99.00"), ("99.00", "100.00"), ("99.00", "99.00")])
def test_what_is_spent_of_credit_arrives_on_bills(invoice: Invoice, spent: str, arrived: str) -> None:
    """The rest moves too, so that the payment accounts for all of it: only the use tells otherwise."""
    source = credited(invoice.account, AMOUNT)

    def use() -> None:
        used = CreditUse.objects.create(account=invoice.account, used_by=UserFactory.create(), key="k", amount=AMOUNT)
        entry = {"account": invoice.account, "payment": source}
        CreditEntry.objects.create(**entry, amount=-Decimal(spent), reason=CreditReason.SPENT, credit_use=used)
        if Decimal(spent) < AMOUNT:
            CreditEntry.objects.create(**entry, amount=Decimal(spent) - AMOUNT, reason=CreditReason.REFUNDED)
        part = {"payment": source, "invoice": invoice}
        Allocation.objects.create(**part, amount=Decimal(arrived), reason=AllocationReason.CREDIT, credit_use=used)
        if Decimal(arrived) < AMOUNT:
            Allocation.objects.create(**part, amount=AMOUNT - Decimal(arrived), reason=AllocationReason.RETURN)

    refused(use, f"of credit says 100.00, spent {spent}, put {arrived} on bills")


def test_credit_is_spent_by_a_use_only(invoice: Invoice) -> None:
    source = credited(invoice.account, AMOUNT)
    refused(
        lambda: CreditEntry.objects.create(
            account=invoice.account, payment=source, amount=-AMOUNT, reason=CreditReason.SPENT
        ),
        "credit_spent_names_its_use",
    )


@pytest.mark.parametrize("statement", ["UPDATE billing_credituse SET amount = 1", "DELETE FROM billing_credituse"])
def test_a_use_of_credit_is_written_once(invoice: Invoice, statement: str) -> None:
    source = credited(invoice.account, AMOUNT)
    used = CreditUse.objects.create(account=invoice.account, used_by=UserFactory.create(), key="k", amount=AMOUNT)
    row = {"payment": source, "credit_use": used}
    CreditEntry.objects.create(account=invoice.account, amount=-AMOUNT, reason=CreditReason.SPENT, **row)
    Allocation.objects.create(invoice=invoice, amount=AMOUNT, reason=AllocationReason.CREDIT, **row)
    refused(lambda: run(statement), "Cannot update or delete rows from billing_credituse")


def by_hand(payment: Payment) -> Refund:
    """The office gives back what came through the provider."""
    wish = RefundWish(amount=AMOUNT, reason="x", by=UserFactory.create(), key="k", reference="T-1", by_hand=True)
    return save_refund(payment, wish, now=timezone.now())


def test_what_came_through_the_provider_goes_back_through_it(payment: Payment) -> None:
    refused(lambda: by_hand(payment), "goes back through the provider, which has not refused")


@pytest.mark.parametrize("state", [RefundStatus.PENDING, RefundStatus.SUCCEEDED])
def test_a_refund_that_goes_well_is_no_refusal(payment: Payment, refund: Refund, state: RefundStatus) -> None:
    record_refund(payment.pk, refund_report(payment, AMOUNT, state, refund=refund))
    refused(lambda: by_hand(payment), "goes back through the provider, which has not refused")


def test_the_office_gives_back_what_the_provider_refused(payment: Payment, refund: Refund) -> None:
    record_refund(payment.pk, refund_report(payment, AMOUNT, RefundStatus.FAILED, refund=refund))
    assert by_hand(payment).route == RefundRoute.OFFICE
