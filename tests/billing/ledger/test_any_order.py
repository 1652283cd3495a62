"""Whatever is told, in whatever order: the invariants hold after each step, and no peso that came is lost."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from billing.credit_use import put_credit_on_bills
from billing.disputes import record_dispute
from billing.enums import DisputeState, InvoiceStatus, PaymentState, RefundRoute
from billing.external_payments import record_external_payment
from billing.gateway.reports import CheckoutReport, CheckoutStatus, MoneyStatus
from billing.gateway.returns import RefundStatus
from billing.models import CreditEntry, Dispute, Invoice, Payment, PaymentItem, Refund
from billing.quotes import make_quote
from billing.refunds import RefundWaitsError, record_refund
from billing.refusals import BillingRefusal, PaymentNotRefundable, RefundExceeds
from billing.returned_money import left_of
from billing.settlement import settle_payment
from oficina.shared.dates import today
from oficina.shared.money import ZERO
from tests.billing.ledger.refusing import run
from tests.conftest import NOON
from tests.factories.accounts import AccountLinkFactory, ServiceAccountFactory, UserFactory
from tests.factories.billing import (
    InvoiceFactory,
    LateInterestPolicyFactory,
    begin_checkout,
    declined,
    expired,
    on_its_way,
    opened,
    operation,
    paid,
)
from tests.factories.returns import asked_refund, dispute_report, refund_report
from tests.ledger_invariants import ledger_invariants

REPORTS = {"opened": opened, "on its way": on_its_way, "paid": paid, "declined": declined, "expired": expired}
BILLS = 4

amounts = st.integers(min_value=1, max_value=150_000).map(lambda cents: Decimal(cents) / 100)
bills = st.integers(min_value=0, max_value=BILLS - 1)
days_ago = st.integers(min_value=0, max_value=40)


class Ledger(RuleBasedStateMachine):
    """One account with four bills, two of them overdue. Each example runs in a transaction that is rolled back."""

    payments = Bundle("payments")

    def __init__(self) -> None:
        super().__init__()
        self.came = ZERO
        self.paid_for: set[int] = set()
        self.example = transaction.atomic()
        self.example.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @initialize()
    def bills_wait(self) -> None:
        LateInterestPolicyFactory.create()
        self.account = ServiceAccountFactory.create()
        self.office = UserFactory.create(is_staff=True)
        self.link = AccountLinkFactory.create(user=self.office, account=self.account)
        self.bills = [
            InvoiceFactory.create(
                account=self.account,
                amount=amount,
                due_on=today() - timedelta(days=overdue),
                later_due_on=[today() - timedelta(days=overdue - 10)],
                later_amounts=[amount + 10],
            )
            for amount, overdue in ((Decimal("1000.00"), -5), (Decimal("0.30"), 3), (Decimal("555.55"), 30), (ZERO, 0))
        ]

    @rule(target=payments, chosen=st.sets(bills, min_size=1), quoted_days_ago=days_ago)
    def begin(self, chosen: set[int], quoted_days_ago: int) -> int | None:
        """A checkout for bills that can be paid and are in no other attempt."""
        ids = [self.bills[index].pk for index in chosen]
        held = PaymentItem.objects.filter(live=True).values_list("invoice_id", flat=True)
        free = list(Invoice.objects.payable().filter(pk__in=ids).exclude(pk__in=held))
        if not free:
            return None
        return begin_checkout(*free, on=today() - timedelta(days=quoted_days_ago)).pk

    @rule(payment_id=payments, kind=st.sampled_from(sorted(REPORTS)), paid_days_ago=days_ago)
    def report(self, payment_id: int | None, kind: str, paid_days_ago: int) -> None:
        """The provider tells anything at any time."""
        if payment_id is None:
            return
        payment = Payment.objects.get(pk=payment_id)
        report = REPORTS[kind](payment)
        if kind == "paid":
            report = paid(payment, paid_at=NOON - timedelta(days=paid_days_ago))
        self._settle(payment, report)

    @rule(payment_id=payments, difference=st.sampled_from([Decimal("-0.01"), Decimal("0.01")]))
    def report_another_amount(self, payment_id: int | None, difference: Decimal) -> None:
        """The provider tells of an amount that nobody asked for."""
        if payment_id is not None:
            payment = Payment.objects.get(pk=payment_id)
            self._settle(payment, paid(payment, amount=payment.amount_asked + difference))

    @rule(
        lines=st.dictionaries(bills, amounts, max_size=3), rest=st.sampled_from([ZERO, Decimal("5.00")]), ago=days_ago
    )
    def receive_elsewhere(self, lines: dict[int, Decimal], rest: Decimal, ago: int) -> None:
        """A channel brings any amount for any bills."""
        amount = sum(lines.values(), ZERO) + rest
        if amount:
            told = [(self.bills[index], line) for index, line in lines.items()]
            received = operation(self.account, *told, amount=amount, paid_at=NOON - timedelta(days=ago))
            first = record_external_payment(received, cause="rendición")
            assert record_external_payment(received, cause="rendición") == first
            self.came += amount

    @rule(payment_id=payments, amount=amounts)
    def ask_for_a_refund(self, payment_id: int | None, amount: Decimal) -> None:
        """The office gives something back; refused when there is not that much left."""
        if payment_id is None:
            return
        payment = Payment.objects.get(pk=payment_id)
        left = left_of(payment)
        try:
            with transaction.atomic():
                asked_refund(payment, amount, by=self.office)
        except RefundExceeds:
            assert amount > left
        except PaymentNotRefundable:
            assert payment.state != PaymentState.SUCCEEDED

    @rule(index=st.integers(0, 20), status=st.sampled_from(RefundStatus))
    def tell_of_a_refund(self, index: int, status: RefundStatus) -> None:
        """The provider tells anything of a refund that was asked for, in any order."""
        refunds = Refund.objects.filter(route=RefundRoute.PROVIDER).order_by("pk")
        if refunds:
            refund = refunds[index % len(refunds)]
            report = refund_report(refund.payment, refund.amount, status, refund=refund)
            record_refund(refund.payment_id, report)
            record_refund(refund.payment_id, report)

    @rule(payment_id=payments, amount=amounts)
    def refund_there(self, payment_id: int | None, amount: Decimal) -> None:
        """Somebody refunds in the provider's dashboard; more than there is can only be a mistake."""
        if payment_id is not None:
            payment = Payment.objects.get(pk=payment_id)
            with suppress(RefundWaitsError):
                record_refund(payment.pk, refund_report(payment, amount))

    @rule(
        payment_id=payments,
        number=st.integers(1, 2),
        state=st.sampled_from(DisputeState),
        withdrawn=st.sampled_from([ZERO, Decimal("250.00"), Decimal("5000.00")]),
        is_back=st.booleans(),
    )
    def dispute(
        self, payment_id: int | None, number: int, state: DisputeState, withdrawn: Decimal, *, is_back: bool
    ) -> None:
        """The provider tells any moment of a dispute, of any amount."""
        if payment_id is not None:
            payment = Payment.objects.get(pk=payment_id)
            report = dispute_report(
                payment,
                Decimal("250.00"),
                state,
                withdrawn=withdrawn,
                reinstated=withdrawn if is_back else ZERO,
                dispute_id=f"du_{payment.pk}_{number}",
            )
            record_dispute(payment.pk, report)
            record_dispute(payment.pk, report)

    @rule(chosen=st.sets(bills, min_size=1), most=amounts, quoted_days_ago=st.integers(0, 3))
    def spend_credit(self, chosen: set[int], most: Decimal, quoted_days_ago: int) -> None:
        """A customer pays bills with credit, as far as it goes."""
        refs = [self.bills[index].public_id for index in chosen]
        on = today() - timedelta(days=quoted_days_ago)
        credit = min(most, CreditEntry.objects.of(self.link).balance())
        with suppress(BillingRefusal):
            quote = make_quote(self.link, refs, on=on, now=NOON, credit=credit)
            if quote.credit:
                before = sum(Invoice.objects.values_list("applied", flat=True), ZERO)
                used = put_credit_on_bills(self.link, self.office, quote, NOON)
                after = sum(Invoice.objects.values_list("applied", flat=True), ZERO)
                assert after == (before + quote.credit if used else before)

    @rule(index=bills)
    def void(self, index: int) -> None:
        """The billing system voids a bill; refused once it holds money."""
        self._change(index, status=InvoiceStatus.VOID)

    @rule(index=bills, amount=amounts)
    def reissue(self, index: int, amount: Decimal) -> None:
        """The billing system changes the amount of a bill; refused once it is paid, or when that would pay it."""
        self._change(index, amount=amount)

    @invariant()
    def nothing_is_lost(self) -> None:
        """Every rule that speaks at commit speaks now; what came is on bills or is credit."""
        run("SET CONSTRAINTS ALL IMMEDIATE")
        run("SET CONSTRAINTS ALL DEFERRED")
        ledger_invariants()
        applied = sum(Invoice.objects.values_list("applied", flat=True), ZERO)
        disputed = sum(Dispute.objects.values_list("amount_taken", flat=True), ZERO)
        left = Refund.objects.standing().total() + disputed
        assert applied + CreditEntry.objects.all().balance() + left == self.came
        succeeded = Payment.objects.filter(channel="checkout").succeeded().values_list("pk", flat=True)
        assert set(succeeded) == self.paid_for

    def _settle(self, payment: Payment, report: CheckoutReport) -> None:
        settled = settle_payment(payment.pk, report, cause="test")
        asked = (report.money, report.amount) == (MoneyStatus.PAID, payment.amount_asked)
        if asked and payment.pk not in self.paid_for:
            self.paid_for.add(payment.pk)
            self.came += payment.amount_asked
        again = settle_payment(payment.pk, report, cause="test")
        assert again.state == settled.state
        if report.status is CheckoutStatus.COMPLETE and payment.state == PaymentState.OPEN:
            assert settled.state != PaymentState.OPEN

    def _change(self, index: int, **columns: object) -> None:
        bill = Invoice.objects.get(pk=self.bills[index].pk)
        try:
            with transaction.atomic():
                Invoice.objects.filter(pk=bill.pk).update(**columns)
        except IntegrityError:
            assert bill.applied > 0


@pytest.mark.django_db
@pytest.mark.usefixtures("at_noon")
def test_no_order_of_events_breaks_the_ledger() -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
