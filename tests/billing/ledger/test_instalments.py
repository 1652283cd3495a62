"""The instalments of payment plans in the ledger: issued as offers, owed, void; their money, wherever it goes."""

from datetime import timedelta
from decimal import Decimal
from typing import cast

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import ServiceAccount, User
from billing.covering import cover_bills
from billing.disputes import record_dispute
from billing.documents.payment_barcode import payment_barcode
from billing.enums import AllocationReason, CreditReason, DiscrepancyKind, DisputeState, DocumentCode, InvoiceStatus
from billing.expiring_checkouts import EXPIRE_CHECKOUTS_TASK
from billing.external_payments import record_external_payment
from billing.gateway.returns import RefundStatus
from billing.instalments import begin_instalments, void_instalments
from billing.models import Allocation, CreditEntry, Discrepancy, Invoice, InvoiceLine, Payment
from billing.receipt_document import ReceiptLine, receipt_context
from billing.refunds import record_refund
from oficina.shared.dates import today
from oficina.shared.money import ZERO, pesos
from tests.factories.accounts import ServiceAccountFactory, UserFactory
from tests.factories.billing import InvoiceFactory, open_checkout, operation, paid_checkout
from tests.factories.covering import PLAN, draft, offered, owed_instalments, part_of
from tests.factories.returns import asked_refund, dispute_report, refund_report
from tests.ledger_invariants import ledger_invariants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

AMOUNT = Decimal("424.20")


@pytest.fixture
def account(db: None) -> ServiceAccount:
    return ServiceAccountFactory.create()


@pytest.fixture
def olga() -> User:
    return UserFactory.create(is_staff=True)


def moves(invoice: Invoice) -> list[tuple[Decimal, str]]:
    ledger_invariants()
    allocations = Allocation.objects.filter(invoice=invoice).order_by("pk")
    return list(allocations.values_list("amount", "reason"))


def credits_of(payment: Payment) -> list[tuple[Decimal, str]]:
    return list(CreditEntry.objects.filter(payment=payment).order_by("pk").values_list("amount", "reason"))


def test_instalments_are_numbered_documents_with_a_code_and_lines(account: ServiceAccount) -> None:
    first, free = offered(account, [draft(1), draft(2, interest="0.00")])
    first.refresh_from_db()
    assert (first.invoice_number, free.invoice_number) == ("00005-00000001", "00005-00000002")
    assert (first.kind, first.document_code, first.subject) == (
        "instalment", DocumentCode.SERVICE_B, "Cuota 1 de 3 del plan de pago 1",
    )  # fmt: skip
    assert (first.issued_on, first.due_on) == (today(), today() + timedelta(days=30))
    assert (first.amount, free.amount, first.offered) == (AMOUNT, Decimal("400.00"), True)
    assert len({first.payment_code, free.payment_code, None}) == 3
    lines = InvoiceLine.objects.order_by("invoice", "position")
    assert list(lines.values_list("invoice", "concept", "amount", "vat_rate", "vat_amount")) == [
        (first.pk, "Capital", Decimal("400.00"), ZERO, ZERO),
        (first.pk, "Interés de financiación", Decimal("20.00"), Decimal("21.00"), Decimal("4.20")),
        (free.pk, "Capital", Decimal("400.00"), ZERO, ZERO),
    ]


def test_an_offer_can_be_paid_and_is_not_owed_until_its_plan_begins(account: ServiceAccount) -> None:
    instalments = offered(account)
    ids = [each.pk for each in instalments]
    own = Invoice.objects.filter(account=account).order_by("pk")
    assert (list(own.payable()), list(own.owed())) == (instalments, [])
    paid_checkout(instalments[0])
    for _ in range(2):
        begin_instalments(account.pk, ids)
        assert list(own.owed()) == instalments[1:]
    assert list(own.paid()) == instalments[:1]


def test_its_receipt_and_its_bars_say_which_instalment(account: ServiceAccount) -> None:
    first = owed_instalments(account)[0]
    bars = payment_barcode(Invoice.objects.select_related("account").get(pk=first.pk))
    assert bars is not None
    lines = cast("list[ReceiptLine]", receipt_context(paid_checkout(first).receipt)["lines"])
    assert [(line.document, line.subject, line.paid) for line in lines] == [
        (f"LSP {first}", "Cuota 1 de 3 del plan de pago 1", pesos(AMOUNT))
    ]


def test_money_of_a_void_instalment_is_credit_and_told_to_the_office(account: ServiceAccount) -> None:
    first, second, third = offered(account)
    part = record_external_payment(operation(account, (first, Decimal("100.00"))), cause="rendición")
    more = record_external_payment(operation(account, (first, Decimal("50.00"))), cause="rendición")
    whole = paid_checkout(second)
    open_checkout(third)
    for _ in range(2):
        void_instalments(account.pk, [third.pk, first.pk, second.pk], at=timezone.now())

    assert moves(first) == [
        (Decimal("100.00"), AllocationReason.PAID),
        (Decimal("50.00"), AllocationReason.PAID),
        (Decimal("-100.00"), AllocationReason.VOID),
        (Decimal("-50.00"), AllocationReason.VOID),
    ]
    assert moves(second) == [(AMOUNT, AllocationReason.PAID), (-AMOUNT, AllocationReason.VOID)]
    assert [credits_of(each) for each in (part, more, whole)] == [
        [(Decimal("100.00"), CreditReason.INVOICE_VOIDED)],
        [(Decimal("50.00"), CreditReason.INVOICE_VOIDED)],
        [(AMOUNT, CreditReason.INVOICE_VOIDED)],
    ]
    findings = Discrepancy.objects.order_by("pk").values_list("kind", "payment", "invoice", "detail")
    assert list(findings) == [
        (DiscrepancyKind.VOID_INVOICE_PAID, part.pk, first.pk, {"credit": "100.00"}),
        (DiscrepancyKind.VOID_INVOICE_PAID, more.pk, first.pk, {"credit": "50.00"}),
        (DiscrepancyKind.VOID_INVOICE_PAID, whole.pk, second.pk, {"credit": "424.20"}),
    ]
    assert set(Invoice.objects.values_list("status", "applied", "surcharge", "settled_at")) == {
        (InvoiceStatus.VOID, ZERO, ZERO, None)
    }
    assert ProcrastinateJob.objects.get(task_name=EXPIRE_CHECKOUTS_TASK).args == {"invoice_ids": [third.pk]}


def test_money_that_comes_for_a_void_instalment_is_credit_and_a_finding(account: ServiceAccount) -> None:
    first = offered(account)[0]
    void_instalments(account.pk, [first.pk], at=timezone.now())
    late = record_external_payment(operation(account, (first, AMOUNT)), cause="rendición")
    assert credits_of(late) == [(AMOUNT, CreditReason.VOID_INVOICE)]
    assert Discrepancy.objects.get().kind == DiscrepancyKind.VOID_INVOICE_PAID
    ledger_invariants()


def test_refund_that_fails_after_the_instalment_is_void_comes_back_as_credit(
    account: ServiceAccount, olga: User
) -> None:
    first = owed_instalments(account)[0]
    payment = paid_checkout(first)
    refund = asked_refund(payment, Decimal("24.20"), by=olga)
    record_refund(payment.pk, refund_report(payment, refund.amount, RefundStatus.PENDING, refund=refund))
    void_instalments(account.pk, [first.pk], at=timezone.now())
    record_refund(payment.pk, refund_report(payment, refund.amount, RefundStatus.FAILED, refund=refund))
    assert moves(first) == [
        (AMOUNT, AllocationReason.PAID),
        (-AMOUNT, AllocationReason.RETURN),
        (Decimal("400.00"), AllocationReason.RETURN),
        (Decimal("-400.00"), AllocationReason.VOID),
    ]
    assert credits_of(payment) == [
        (Decimal("400.00"), CreditReason.INVOICE_VOIDED),
        (Decimal("24.20"), CreditReason.REFUND_FAILED),
    ]


def test_refunds_and_disputes_of_an_instalment_are_those_of_any_bill(account: ServiceAccount, olga: User) -> None:
    bill = InvoiceFactory.create(account=account)
    first, second, _ = owed_instalments(account)
    cover_bills(account.pk, [part_of(bill)], plan=PLAN, at=timezone.now())
    payment = paid_checkout(first, second)
    asked_refund(payment, Decimal("424.20"), by=olga)
    assert list(Invoice.objects.filter(account=account).paid()) == [first]
    record_dispute(payment.pk, dispute_report(payment, AMOUNT, withdrawn=AMOUNT))
    assert moves(first) == [(AMOUNT, AllocationReason.PAID), (-AMOUNT, AllocationReason.RETURN)]
    assert not Invoice.objects.filter(account=account).paid().exists()
    record_dispute(payment.pk, dispute_report(payment, AMOUNT, DisputeState.WON, withdrawn=AMOUNT, reinstated=AMOUNT))
    assert list(Invoice.objects.filter(account=account).paid()) == [first]
    assert list(Invoice.objects.filter(account=account).in_plan()) == [bill]
    ledger_invariants()


def test_only_instalments_of_the_account_begin_and_become_void(account: ServiceAccount) -> None:
    bill, others = InvoiceFactory.create(account=account), offered(ServiceAccountFactory.create())[0]
    for wrong in (bill, others):
        with pytest.raises(ValueError, match="are instalments of account"):
            void_instalments(account.pk, [wrong.pk], at=timezone.now())
        with pytest.raises(ValueError, match="are instalments of account"):
            begin_instalments(account.pk, [wrong.pk])
