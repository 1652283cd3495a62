"""What the database refuses about where money goes, and about what proves it, whoever asks."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import ServiceAccount
from billing.discrepancies import open_discrepancy
from billing.enums import CreditReason, DiscrepancyKind, InvoiceStatus
from billing.models import Allocation, CreditEntry, Discrepancy, Invoice, Payment, Receipt
from tests.billing.ledger.refusing import received_elsewhere, refused, run
from tests.factories.accounts import ServiceAccountFactory
from tests.factories.billing import (
    InvoiceFactory,
    LateInterestPolicyFactory,
    open_checkout,
    paid_checkout,
)

pytestmark = pytest.mark.django_db


def put_on(invoice: Invoice, amount: str, *, payer: ServiceAccount | None = None) -> None:
    payment = received_elsewhere(payer or invoice.account)
    Allocation.objects.create(payment=payment, invoice=invoice, amount=Decimal(amount))


def leave_as_credit(account: ServiceAccount, amount: str, *, payer: ServiceAccount | None = None) -> None:
    CreditEntry.objects.create(
        account=account,
        payment=received_elsewhere(payer or account),
        amount=Decimal(amount),
        reason=CreditReason.UNASSIGNED,
    )


def test_bill_takes_no_more_than_it_costs(invoice: Invoice) -> None:
    refused(lambda: put_on(invoice, "1000.01"), "invoice_applied_within_payable")


def test_void_bill_takes_nothing(invoice: Invoice) -> None:
    Invoice.objects.update(status=InvoiceStatus.VOID)
    refused(lambda: put_on(invoice, "1.00"), "invoice_void_holds_no_money")


def test_money_stays_within_its_account(invoice: Invoice) -> None:
    stranger = ServiceAccountFactory.create()
    refused(lambda: put_on(invoice, "1.00", payer=stranger), "is of another account")
    refused(lambda: leave_as_credit(invoice.account, "1000.00", payer=stranger), "is for another account")


@pytest.mark.parametrize(("allocated", "credited"), [("999.99", "0.00"), ("999.99", "0.02"), ("0.00", "0.00")])
def test_what_was_received_is_conserved(invoice: Invoice, allocated: str, credited: str) -> None:
    def spread() -> None:
        payment = received_elsewhere(invoice.account)
        if Decimal(allocated):
            Allocation.objects.create(payment=payment, invoice=invoice, amount=Decimal(allocated))
        if Decimal(credited):
            CreditEntry.objects.create(
                account=invoice.account, payment=payment, amount=Decimal(credited), reason=CreditReason.SURPLUS
            )

    refused(spread, "received 1000.00, allocated")


def test_money_is_not_put_on_a_bill_before_it_came(invoice: Invoice) -> None:
    payment = open_checkout(invoice)
    refused(
        lambda: Allocation.objects.create(payment=payment, invoice=invoice, amount=Decimal("1.00")),
        "received 0, allocated 1.00",
    )


def test_credit_is_not_spent_below_zero(paid_invoice: Invoice) -> None:
    payment = Payment.objects.get()

    def overspend() -> None:
        other = InvoiceFactory.create(account=payment.account)
        CreditEntry.objects.create(account=payment.account, payment=payment, amount=-1, reason=CreditReason.REFUNDED)
        Allocation.objects.create(payment=payment, invoice=other, amount=Decimal("1.00"))

    refused(overspend, "credit -1")


def test_credit_entry_moves_something(invoice: Invoice) -> None:
    refused(lambda: leave_as_credit(invoice.account, "0.00"), "credit_moves_something")


def test_allocation_is_negative_only_to_reverse(paid_invoice: Invoice) -> None:
    payment = Payment.objects.get()
    refused(
        lambda: Allocation.objects.create(payment=payment, invoice=paid_invoice, amount=Decimal("-1.00")),
        "allocation_negative_only_to_reverse",
    )


def test_reversal_takes_back_one_whole_allocation_once(paid_invoice: Invoice) -> None:
    original = Allocation.objects.get()
    payment = original.payment

    def reverse(amount: str) -> None:
        Allocation.objects.create(payment=payment, invoice=paid_invoice, amount=Decimal(amount), reverses=original)
        CreditEntry.objects.create(
            account=payment.account, payment=payment, amount=-Decimal(amount), reason=CreditReason.SURPLUS
        )

    refused(lambda: reverse("-999.99"), "does not reverse")
    reverse("-1000.00")
    refused(lambda: reverse("-1000.00"), "reverses_id|invoice_applied")
    paid_invoice.refresh_from_db()
    assert (paid_invoice.applied, paid_invoice.settled_at) == (Decimal(0), None)


def test_reversal_gives_back_the_surcharge_that_it_fixed() -> None:
    LateInterestPolicyFactory.create()
    invoice = InvoiceFactory.create(due_on=timezone.localdate() - timedelta(days=10))
    paid_checkout(invoice)
    original = Allocation.objects.get()
    payment = original.payment
    columns = {"payment": payment, "invoice": invoice, "amount": -original.amount, "reverses": original}
    refused(lambda: Allocation.objects.create(surcharge=Decimal("-7.01"), **columns), "does not reverse")
    Allocation.objects.create(surcharge=Decimal("-7.00"), **columns)
    CreditEntry.objects.create(
        account=payment.account, payment=payment, amount=original.amount, reason=CreditReason.SURPLUS
    )
    invoice.refresh_from_db()
    assert (invoice.applied, invoice.surcharge) == (Decimal(0), Decimal(0))


def test_receipt_proves_a_payment_that_succeeded_and_only_once(invoice: Invoice) -> None:
    payment = open_checkout(invoice)
    refused(lambda: Receipt.objects.create(payment=payment), "no receipt")
    settled = paid_checkout(InvoiceFactory.create())
    refused(lambda: Receipt.objects.create(payment=settled), "payment_id")


def test_receipt_is_served_as_it_was_drawn(paid_invoice: Invoice) -> None:
    now = timezone.now()
    Receipt.objects.update(pdf=b"%PDF", rendered_at=now)
    refused(lambda: Receipt.objects.update(pdf=b"%PDF-2"), "written once")
    refused(lambda: Receipt.objects.update(pdf=None, rendered_at=None), "written once")
    refused(lambda: Receipt.objects.update(verification_code="0" * 12), "Cannot update rows")


def test_receipt_says_when_it_was_drawn(paid_invoice: Invoice) -> None:
    refused(lambda: Receipt.objects.update(pdf=b"%PDF"), "receipt_rendered_with_its_pdf")


def test_finding_is_resolved_by_somebody_with_a_reason(invoice: Invoice) -> None:
    open_discrepancy(DiscrepancyKind.PAID_TWICE, about="1", invoice=invoice)
    refused(lambda: Discrepancy.objects.update(resolved_at=timezone.now()), "discrepancy_resolved_with_reason")
    refused(lambda: Discrepancy.objects.update(kind=DiscrepancyKind.LATE_PAYMENT), "Cannot update rows")


def test_policy_stays_within_the_legal_cap() -> None:
    LateInterestPolicyFactory.create(daily_rate=Decimal("0.001"), monthly_cap=Decimal("0.03"))
    refused(
        lambda: LateInterestPolicyFactory.create(
            valid_from=timezone.localdate(), daily_rate=Decimal("0.0010001"), monthly_cap=Decimal("0.03")
        ),
        "late_interest_within_legal_cap",
    )


@pytest.mark.parametrize("table", ["payment", "paymentitem", "invoice", "receipt", "discrepancy"])
def test_rows_are_never_deleted(paid_invoice: Invoice, table: str) -> None:
    open_discrepancy(DiscrepancyKind.PAID_TWICE, about="1")
    refused(lambda: run(f"DELETE FROM billing_{table}"), "Cannot delete rows")


@pytest.mark.parametrize("table", ["allocation", "creditentry", "paymentevent"])
@pytest.mark.parametrize("statement", ["UPDATE billing_{} SET id = id + 1", "DELETE FROM billing_{}"])
def test_what_is_written_once_is_never_changed(paid_invoice: Invoice, table: str, statement: str) -> None:
    leave_as_credit(paid_invoice.account, "1000.00")
    refused(lambda: run(statement.format(table)), "Cannot update or delete rows")
