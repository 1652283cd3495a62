"""Giving credit back through the local provider, while the customer uses it. Real commits, threads, faults."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from billing.credit_refunds import CreditRefundWish, refund_credit
from billing.credit_use import pay_quote
from billing.enums import DiscrepancyKind, RefundRoute, RefundState
from billing.external_payments import record_external_payment
from billing.gateway.configured import returns_gateway
from billing.models import CreditEntry, Discrepancy, Invoice, Payment, Refund
from billing.quotes import Quote, make_quote
from billing.refusals import CreditMoved, QuoteChanged, RefundExceeds
from billing.return_polling import check_refunds
from oficina.shared.dates import today
from oficina.shared.money import ZERO
from tests.billing.checkout.steps import Customer, at_once, session_of
from tests.factories.billing import InvoiceFactory, operation
from tests.factories.returns import credited
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.django_db(transaction=True)


def overpaid(ana: Customer, simulator: SimulatorProcess) -> Payment:
    """Ana paid 1,000 pesos online for a bill that was paid at a counter meanwhile."""
    bill = InvoiceFactory.create(account=ana.link.account)
    payment = ana.start(bill)
    record_external_payment(operation(bill.account, (bill, Decimal("1000.00"))), cause="rendición")
    simulator.pay(session_of(payment))
    simulator.wait_until_idle()
    assert Discrepancy.objects.filter(kind=DiscrepancyKind.PAID_TWICE, payment=payment).exists()
    payment.refresh_from_db()
    return payment


def wish(staff: User, amount: str, hand: str = "0.00", *, key: str = "form") -> CreditRefundWish:
    return CreditRefundWish(
        amount=Decimal(amount), by_hand=Decimal(hand), reason="La pidió", by=staff, key=key, reference="T-1"
    )


def quoted(ana: Customer, bill: Invoice, credit: str) -> Quote:
    return make_quote(ana.link, [bill.public_id], on=today(), now=timezone.now(), credit=Decimal(credit))


def balance(ana: Customer) -> Decimal:
    return CreditEntry.objects.of(ana.link).balance()


def given_back(payment: Payment) -> list[Decimal]:
    return [report.amount for report in returns_gateway().list_refunds(payment.provider_payment_id or "")]


def test_credit_goes_back_through_the_payments_that_brought_it(
    ana: Customer, simulator: SimulatorProcess, staff: User
) -> None:
    counter = credited(ana.link.account, Decimal("50.00"))
    first, second = overpaid(ana, simulator), overpaid(ana, simulator)

    refunds = refund_credit(ana.link.account, wish(staff, "1550.00", "50.00"))
    simulator.wait_until_idle()

    assert [(refund.payment, refund.amount, refund.route, refund.state) for refund in refunds] == [
        (counter, Decimal("50.00"), RefundRoute.OFFICE, RefundState.SUCCEEDED),
        (first, Decimal("1000.00"), RefundRoute.PROVIDER, RefundState.SUCCEEDED),
        (second, Decimal("500.00"), RefundRoute.PROVIDER, RefundState.SUCCEEDED),
    ]
    assert (given_back(first), given_back(second)) == ([Decimal("1000.00")], [Decimal("500.00")])
    assert balance(ana) == Decimal("500.00")


def test_a_double_click_gives_back_once(ana: Customer, simulator: SimulatorProcess, staff: User) -> None:
    payments = [overpaid(ana, simulator), overpaid(ana, simulator)]

    first, second = at_once(*[lambda: refund_credit(ana.link.account, wish(staff, "1500.00"))] * 2)

    assert first == second
    assert [given_back(payment) for payment in payments] == [[Decimal("1000.00")], [Decimal("500.00")]]
    assert Refund.objects.count() == 2


@pytest.mark.parametrize("amount", ["1000.00", "600.00"])
def test_credit_is_not_given_back_and_used_at_once(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User, amount: str
) -> None:
    payment = overpaid(ana, simulator)
    quote = quoted(ana, invoice, amount)

    returned, used = at_once(
        lambda: refund_credit(ana.link.account, wish(staff, amount)),
        lambda: pay_quote(ana.link, ana.link.user, quote, now=timezone.now()),
    )

    invoice.refresh_from_db()
    if isinstance(returned, Exception):
        assert isinstance(returned, RefundExceeds)
        assert (invoice.applied, given_back(payment)) == (quote.credit, [])
    else:
        assert isinstance(used, QuoteChanged)
        assert (invoice.applied, given_back(payment)) == (ZERO, [Decimal(amount)])
    assert balance(ana) + invoice.applied + Refund.objects.total() == Decimal("1000.00")


def test_what_is_transferred_by_hand_is_not_used_meanwhile(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User
) -> None:
    credited(ana.link.account, Decimal("300.00"))
    overpaid(ana, simulator)
    quote = quoted(ana, invoice, "200.00")

    returned, used = at_once(
        lambda: refund_credit(ana.link.account, wish(staff, "400.00", "300.00")),
        lambda: pay_quote(ana.link, ana.link.user, quote, now=timezone.now()),
    )

    assert not isinstance(used, Exception)
    given = Refund.objects.total()
    if isinstance(returned, Exception):
        assert isinstance(returned, CreditMoved)
        assert returned.by_hand == Decimal("100.00")
        assert given == ZERO
    else:
        assert given == Decimal("400.00")
    assert balance(ana) == Decimal("1100.00") - given


def test_a_lost_answer_is_finished_by_the_job(ana: Customer, simulator: SimulatorProcess, staff: User) -> None:
    payment = overpaid(ana, simulator)
    simulator.drop(matching="*refund*")
    simulator.lose_answer(how="cut", matching="POST /v1/refunds", times=3)

    (refund,) = refund_credit(ana.link.account, wish(staff, "250.00"))
    assert (refund.state, balance(ana)) == (RefundState.CREATED, Decimal("750.00"))
    Refund.objects.update(checked_at=timezone.now() - timedelta(minutes=6))
    assert check_refunds(now=timezone.now()) == 1

    refund.refresh_from_db()
    assert refund.state == RefundState.SUCCEEDED
    assert given_back(payment) == [Decimal("250.00")]


def test_what_the_provider_refuses_is_credit_again(ana: Customer, simulator: SimulatorProcess, staff: User) -> None:
    payment = overpaid(ana, simulator)
    simulator.drop(matching="*")
    simulator.dispute(session_of(payment), withdraw=False)

    (refund,) = refund_credit(ana.link.account, wish(staff, "250.00"))

    assert (refund.state, refund.failure_reason) == (RefundState.FAILED, "charge_disputed")
    assert balance(ana) == Decimal("1000.00")
