"""`settle_payment`: reports of every kind, alone, repeated and in any order, and where the money goes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.enums import CreditReason, DiscrepancyKind, InvoiceKind, InvoiceStatus, PaymentState
from billing.expiring_checkouts import EXPIRE_CHECKOUTS_TASK
from billing.models import Allocation, CreditEntry, Discrepancy, Invoice, Payment, Receipt
from billing.receipts import DELIVER_RECEIPT_TASK
from billing.settlement import ReportOfAnotherPaymentError, settle_payment
from tests.factories.accounts import ServiceAccountFactory, UserFactory
from tests.factories.billing import (
    InvoiceFactory,
    LateInterestPolicyFactory,
    begin_checkout,
    declined,
    expired,
    on_its_way,
    open_checkout,
    opened,
    paid,
    paid_checkout,
)
from tests.ledger_invariants import ledger_invariants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _invariants_hold() -> Iterator[None]:
    yield
    ledger_invariants()


def moves_of(payment: Payment) -> list[tuple[str, str, str]]:
    return [(event.from_state, event.to_state, event.cause) for event in payment.events.order_by("id")]


def credits_of(payment: Payment) -> list[tuple[Decimal, str]]:
    return [(entry.amount, entry.reason) for entry in payment.credit_entries.order_by("id")]


def findings_of(payment: Payment) -> list[str]:
    return [finding.kind for finding in payment.discrepancies.order_by("id")]


def test_settle_payment_keeps_the_session_of_an_open_checkout() -> None:
    payment = begin_checkout(InvoiceFactory.create())
    settled = settle_payment(payment.pk, opened(payment), cause="checkout")
    assert settled.state == PaymentState.OPEN
    assert settled.provider_session_id == f"cs_{payment.public_id}"
    assert settled.checkout_url == f"https://checkout.example/cs_{payment.public_id}"
    assert settled.provider_payment_id is None
    assert moves_of(payment) == [("", "created", "test"), ("created", "open", "checkout")]


def test_settle_payment_puts_paid_money_on_the_bills() -> None:
    account = ServiceAccountFactory.create()
    first = InvoiceFactory.create(account=account, amount=Decimal("1234.56"))
    second = InvoiceFactory.create(account=account, amount=Decimal("0.30"))
    payment = open_checkout(first, second)
    settled = settle_payment(payment.pk, paid(payment, paid_at=NOW - timedelta(minutes=2)), cause="webhook")
    assert (settled.state, settled.amount_received) == (PaymentState.SUCCEEDED, Decimal("1234.86"))
    assert (settled.paid_at, settled.settled_at) == (NOW - timedelta(minutes=2), NOW)
    assert (settled.means_brand, settled.means_funding, settled.means_last4) == ("visa", "debit", "4417")
    assert settled.provider_payment_id == f"pi_{payment.public_id}"
    assert list(Allocation.objects.order_by("invoice_id").values_list("invoice_id", "amount", "surcharge")) == [
        (first.pk, Decimal("1234.56"), Decimal(0)),
        (second.pk, Decimal("0.30"), Decimal(0)),
    ]
    assert set(Invoice.objects.paid()) == {first, second}
    assert set(Invoice.objects.values_list("settled_at", flat=True)) == {NOW}
    assert credits_of(payment) == []
    assert moves_of(payment)[-1] == ("open", "succeeded", "webhook")


def test_settle_payment_issues_one_receipt_and_schedules_it() -> None:
    payment = paid_checkout(InvoiceFactory.create(), payer=UserFactory.create())
    receipt = Receipt.objects.get(payment=payment)
    assert (receipt.issued_at, receipt.pdf) == (NOW, None)
    jobs = ProcrastinateJob.objects.filter(task_name=DELIVER_RECEIPT_TASK)
    assert [job.args for job in jobs] == [{"receipt_id": receipt.pk}]


def test_settle_payment_run_again_changes_nothing() -> None:
    payment = paid_checkout(InvoiceFactory.create(), payer=UserFactory.create())
    before = moves_of(payment)
    for report in (paid(payment), opened(payment), on_its_way(payment), declined(payment)):
        assert settle_payment(payment.pk, report, cause="again").state == PaymentState.SUCCEEDED
    assert moves_of(payment) == before
    assert Allocation.objects.count() == 1
    assert Receipt.objects.count() == 1
    assert ProcrastinateJob.objects.filter(task_name=DELIVER_RECEIPT_TASK).count() == 1


def test_settle_payment_of_the_future_is_paid_now() -> None:
    payment = open_checkout(InvoiceFactory.create())
    settled = settle_payment(payment.pk, paid(payment, paid_at=NOW + timedelta(minutes=4)), cause="webhook")
    assert settled.paid_at == NOW


def test_settle_payment_refuses_the_report_of_another_payment() -> None:
    payment, other = open_checkout(InvoiceFactory.create()), open_checkout(InvoiceFactory.create())
    with pytest.raises(ReportOfAnotherPaymentError):
        settle_payment(payment.pk, paid(other), cause="webhook")
    assert moves_of(payment)[-1][1] == "open"


def test_settle_payment_of_a_second_session_is_put_before_the_office() -> None:
    payment = open_checkout(InvoiceFactory.create())
    for _ in range(2):
        settle_payment(payment.pk, replace(paid(payment), session_id="cs_other"), cause="webhook")
    payment.refresh_from_db()
    assert payment.state == PaymentState.OPEN
    assert findings_of(payment) == [DiscrepancyKind.UNKNOWN_OBJECT]
    assert Discrepancy.objects.get().detail["session"] == "cs_other"


def test_scenario_02_two_reports_of_one_session_settle_once() -> None:
    payment = open_checkout(InvoiceFactory.create())
    settle_payment(payment.pk, paid(payment), cause="checkout.session.completed")
    settle_payment(payment.pk, paid(payment), cause="checkout.session.async_payment_succeeded")
    assert [cause for _, _, cause in moves_of(payment)] == ["test", "test", "checkout.session.completed"]
    assert Receipt.objects.count() == 1


def test_scenario_04_a_report_that_overtakes_our_own_answer_settles() -> None:
    payment = begin_checkout(InvoiceFactory.create())
    settle_payment(payment.pk, paid(payment), cause="webhook")
    settled = settle_payment(payment.pk, opened(payment), cause="checkout")
    assert settled.state == PaymentState.SUCCEEDED
    assert settled.provider_session_id == f"cs_{payment.public_id}"
    assert moves_of(payment) == [("", "created", "test"), ("created", "succeeded", "webhook")]


def test_scenario_11_expired_after_completed_stays_succeeded() -> None:
    payment = paid_checkout(InvoiceFactory.create())
    assert settle_payment(payment.pk, expired(payment), cause="webhook").state == PaymentState.SUCCEEDED


def test_expired_after_completed_but_unpaid_stays_in_process() -> None:
    payment = open_checkout(InvoiceFactory.create())
    settle_payment(payment.pk, on_its_way(payment), cause="webhook")
    assert settle_payment(payment.pk, expired(payment), cause="webhook").state == PaymentState.PROCESSING


def test_scenario_12_completed_but_unpaid_is_in_process_and_then_pays() -> None:
    invoice = InvoiceFactory.create()
    payment = open_checkout(invoice)
    assert settle_payment(payment.pk, on_its_way(payment), cause="webhook").state == PaymentState.PROCESSING
    assert payment.items.get().live
    assert list(Invoice.objects.payable()) == [invoice]
    assert settle_payment(payment.pk, paid(payment), cause="webhook").state == PaymentState.SUCCEEDED
    assert list(Invoice.objects.payable()) == []


def test_scenario_12_completed_but_declined_later_frees_the_bill() -> None:
    invoice = InvoiceFactory.create()
    payment = open_checkout(invoice)
    settle_payment(payment.pk, on_its_way(payment), cause="webhook")
    settled = settle_payment(payment.pk, declined(payment), cause="webhook")
    assert (settled.state, settled.failure_code) == (PaymentState.FAILED, "card_declined")
    assert not payment.items.get().live
    assert open_checkout(invoice).state == PaymentState.OPEN


def test_a_report_never_takes_back_what_is_known_better() -> None:
    payment = open_checkout(InvoiceFactory.create())
    settle_payment(payment.pk, on_its_way(payment), cause="webhook")
    settle_payment(payment.pk, opened(payment), cause="polling")
    settle_payment(payment.pk, declined(payment), cause="webhook")
    settle_payment(payment.pk, on_its_way(payment), cause="polling")
    settle_payment(payment.pk, expired(payment), cause="polling")
    assert [after for _, after, _ in moves_of(payment)] == ["created", "open", "processing", "failed"]


def test_scenario_13_the_second_payment_of_a_bill_is_credit_and_is_flagged() -> None:
    invoice = InvoiceFactory.create(amount=Decimal("750.25"))
    first = open_checkout(invoice)
    settle_payment(first.pk, expired(first), cause="second tab")
    second = paid_checkout(invoice)
    settled = settle_payment(first.pk, paid(first), cause="webhook")
    assert settled.state == PaymentState.SUCCEEDED
    assert credits_of(second) == []
    assert credits_of(first) == [(Decimal("750.25"), CreditReason.ALREADY_PAID)]
    assert sorted(findings_of(first)) == [DiscrepancyKind.LATE_PAYMENT, DiscrepancyKind.PAID_TWICE]
    assert CreditEntry.objects.filter(account=invoice.account).balance() == Decimal("750.25")
    assert Receipt.objects.count() == 2


def test_scenario_14_selections_that_overlap_pay_the_common_bill_once() -> None:
    account = ServiceAccountFactory.create()
    a, b, c = (
        InvoiceFactory.create(account=account, amount=Decimal(amount)) for amount in ("100.10", "200.20", "300.30")
    )
    first = open_checkout(a, b)
    settle_payment(first.pk, expired(first), cause="second tab")
    second = paid_checkout(b, c)
    settle_payment(first.pk, paid(first), cause="webhook")
    assert set(Invoice.objects.paid()) == {a, b, c}
    assert list(b.allocations.values_list("payment_id", flat=True)) == [second.pk]
    assert credits_of(first) == [(Decimal("200.20"), CreditReason.ALREADY_PAID)]
    assert credits_of(second) == []


def test_money_after_expiry_pays_a_bill_that_still_waits_and_is_shown_to_the_office() -> None:
    invoice = InvoiceFactory.create()
    payment = open_checkout(invoice)
    settle_payment(payment.pk, expired(payment), cause="polling")
    assert settle_payment(payment.pk, paid(payment), cause="webhook").state == PaymentState.SUCCEEDED
    assert findings_of(payment) == [DiscrepancyKind.LATE_PAYMENT]
    assert list(Invoice.objects.paid()) == [invoice]


def test_money_after_expiry_has_the_checkout_closed_that_offers_the_bill_meanwhile() -> None:
    invoice = InvoiceFactory.create()
    first = open_checkout(invoice)
    settle_payment(first.pk, expired(first), cause="second tab")
    open_checkout(invoice)
    settle_payment(first.pk, paid(first), cause="webhook")
    job = ProcrastinateJob.objects.get(task_name=EXPIRE_CHECKOUTS_TASK)
    assert job.args == {"invoice_ids": [invoice.pk]}


def test_scenario_16_money_for_a_bill_voided_meanwhile_is_credit() -> None:
    invoice = InvoiceFactory.create()
    payment = open_checkout(invoice)
    Invoice.objects.update(status=InvoiceStatus.VOID)
    settle_payment(payment.pk, paid(payment), cause="webhook")
    assert credits_of(payment) == [(Decimal("1000.00"), CreditReason.VOID_INVOICE)]
    assert findings_of(payment) == [DiscrepancyKind.VOID_INVOICE_PAID]
    assert Allocation.objects.count() == 0


def test_scenario_16_a_bill_reissued_for_more_keeps_a_remainder() -> None:
    invoice = InvoiceFactory.create()
    payment = open_checkout(invoice)
    Invoice.objects.update(amount=Decimal("1200.00"))
    settle_payment(payment.pk, paid(payment), cause="webhook")
    priced = Invoice.objects.with_amount_due(on=TODAY).get()
    assert (priced.applied, priced.amount_due, priced.settled_at) == (Decimal("1000.00"), Decimal("200.00"), None)
    assert findings_of(payment) == []


def test_scenario_16_a_bill_reissued_for_less_leaves_credit() -> None:
    invoice = InvoiceFactory.create()
    payment = open_checkout(invoice)
    Invoice.objects.update(amount=Decimal("800.00"))
    settle_payment(payment.pk, paid(payment), cause="webhook")
    assert list(Invoice.objects.paid()) == [invoice]
    assert credits_of(payment) == [(Decimal("200.00"), CreditReason.SURPLUS)]
    assert findings_of(payment) == [DiscrepancyKind.PAID_IN_EXCESS]


def test_scenario_16_the_price_that_was_quoted_is_honoured_after_a_due_date() -> None:
    invoice = InvoiceFactory.create(due_on=TODAY, later_due_on=[date(2026, 12, 4)], later_amounts=[Decimal("1050.00")])
    payment = open_checkout(invoice)
    tomorrow = NOW + timedelta(days=1)
    with time_machine.travel(tomorrow, tick=False):
        settle_payment(payment.pk, paid(payment), cause="webhook")
    invoice.refresh_from_db()
    assert (invoice.applied, invoice.surcharge, invoice.settled_at) == (Decimal("1000.00"), Decimal(0), tomorrow)


def test_a_paid_surcharge_is_fixed_and_later_prices_never_reopen_the_bill() -> None:
    LateInterestPolicyFactory.create()
    invoice = InvoiceFactory.create(due_on=date(2026, 11, 14), issued_on=date(2026, 10, 20))
    payment = paid_checkout(invoice)
    assert payment.amount_received == Decimal("1007.00")
    invoice.refresh_from_db()
    assert (invoice.applied, invoice.surcharge) == (Decimal("1007.00"), Decimal("7.00"))
    assert list(Allocation.objects.values_list("amount", "surcharge")) == [(Decimal("1007.00"), Decimal("7.00"))]
    a_year_later = date(2027, 11, 24)
    assert Invoice.objects.with_amount_due(on=a_year_later).get().amount_due == Decimal(0)
    assert list(Invoice.objects.overdue(on=a_year_later)) == []


def test_a_bill_reissued_for_less_bears_interest_of_what_it_now_is() -> None:
    LateInterestPolicyFactory.create()
    invoice = InvoiceFactory.create(due_on=date(2026, 11, 14))
    payment = open_checkout(invoice)
    Invoice.objects.update(amount=Decimal("500.00"))
    settle_payment(payment.pk, paid(payment), cause="webhook")
    invoice.refresh_from_db()
    assert (invoice.applied, invoice.surcharge) == (Decimal("503.50"), Decimal("3.50"))
    assert credits_of(payment) == [(Decimal("503.50"), CreditReason.SURPLUS)]


def test_scenario_17_an_instalment_of_a_cancelled_plan_is_credit_and_is_flagged() -> None:
    account = ServiceAccountFactory.create()
    plan = {"account": account, "kind": InvoiceKind.INSTALMENT, "service_kind": "", "period": None}
    first, second = InvoiceFactory.create_batch(2, **plan, amount=Decimal("333.33"))
    payment = open_checkout(first, second)
    Invoice.objects.filter(pk=second.pk).update(status=InvoiceStatus.VOID)
    settle_payment(payment.pk, paid(payment), cause="webhook")
    assert list(Invoice.objects.paid()) == [first]
    assert credits_of(payment) == [(Decimal("333.33"), CreditReason.VOID_INVOICE)]
    finding = Discrepancy.objects.get()
    assert (finding.kind, finding.payment, finding.invoice) == (
        DiscrepancyKind.VOID_INVOICE_PAID,
        payment,
        second,
    )
    assert finding.detail == {"credit": "333.33"}


@pytest.mark.parametrize(
    ("amount", "currency", "kind"),
    [
        (Decimal("999.99"), "ARS", DiscrepancyKind.AMOUNT_DIFFERS),
        (Decimal("1000.01"), "ARS", DiscrepancyKind.AMOUNT_DIFFERS),
        (Decimal("1000.00"), "USD", DiscrepancyKind.CURRENCY_DIFFERS),
    ],
)
def test_scenario_18_other_amount_or_currency_is_not_settled(
    amount: Decimal, currency: str, kind: DiscrepancyKind
) -> None:
    payment = open_checkout(InvoiceFactory.create())
    for _ in range(2):
        settled = settle_payment(payment.pk, paid(payment, amount=amount, currency=currency), cause="webhook")
    assert (settled.state, settled.amount_received) == (PaymentState.PROCESSING, None)
    assert findings_of(payment) == [kind]
    assert Discrepancy.objects.get().detail == {
        "session": f"cs_{payment.public_id}",
        "asked": "1000.00 ARS",
        "reported": f"{amount} {currency}",
        "money": "paid",
    }
    assert Receipt.objects.count() == 0


def test_money_that_differs_after_expiry_leaves_the_payment_expired() -> None:
    payment = open_checkout(InvoiceFactory.create())
    settle_payment(payment.pk, expired(payment), cause="polling")
    settled = settle_payment(payment.pk, paid(payment, amount=Decimal("1.00")), cause="webhook")
    assert settled.state == PaymentState.EXPIRED
    assert findings_of(payment) == [DiscrepancyKind.AMOUNT_DIFFERS]
