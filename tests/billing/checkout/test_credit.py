"""Paying with saldo a favor: alone, before a checkout, and by several at once. Real commits, the local provider."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.utils import timezone
from time_machine import Traveller

from accounts.models import User
from billing.credit_use import pay_quote, use_credit
from billing.enums import AllocationReason, CreditReason, PaymentState
from billing.external_payments import record_external_payment
from billing.models import Allocation, CreditEntry, CreditUse, Invoice, Payment
from billing.quotes import Quote, make_quote
from billing.refunds import record_reversal
from billing.refusals import BillingRefusal, QuoteChanged, QuoteExpired, RefundExceeds
from oficina.shared.dates import today
from oficina.shared.money import ZERO
from tests.billing.checkout.steps import Customer, at_once, session_of
from tests.factories.accounts import UserFactory
from tests.factories.billing import InvoiceFactory, LateInterestPolicyFactory, operation
from tests.factories.returns import asked_refund, credited
from tests.jobs import run_worker
from tests.ledger_invariants import ledger_invariants
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.django_db(transaction=True)


def quoted(ana: Customer, *invoices: Invoice, credit: str) -> Quote:
    chosen = [invoice.public_id for invoice in invoices]
    return make_quote(ana.link, chosen, on=today(), now=timezone.now(), credit=Decimal(credit))


def pay(ana: Customer, quote: Quote) -> Payment | None:
    return pay_quote(ana.link, ana.link.user, quote, now=timezone.now())


def balance(ana: Customer) -> Decimal:
    return CreditEntry.objects.of(ana.link).balance()


def is_paid(invoice: Invoice) -> bool:
    invoice.refresh_from_db()
    return invoice.is_paid


def test_credit_that_covers_everything_needs_no_checkout(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    credited(invoice.account, Decimal("700.00"))
    later = credited(invoice.account, Decimal("700.00"))

    assert pay(ana, quoted(ana, invoice, credit="1400.00")) is None

    assert is_paid(invoice)
    assert balance(ana) == Decimal("400.00")
    assert CreditEntry.objects.filter(payment=later).balance() == Decimal("400.00")
    assert list(Allocation.objects.order_by("pk").values_list("amount", "reason")) == [
        (Decimal("700.00"), AllocationReason.CREDIT),
        (Decimal("300.00"), AllocationReason.CREDIT),
    ]
    use = CreditUse.objects.get()
    assert (use.amount, use.used_by) == (Decimal("1000.00"), ana.link.user)
    assert not Payment.objects.filter(channel="checkout").exists()
    run_worker()
    (told,) = mail.outbox
    assert told.to == [ana.link.user.email]
    assert f"LSP {invoice}, Septiembre y octubre 2026: $\N{NO-BREAK SPACE}1.000,00" in told.body
    assert "Saldo a favor que queda: $\N{NO-BREAK SPACE}400,00" in told.body


def test_credit_and_a_checkout_for_the_rest(ana: Customer, invoice: Invoice, simulator: SimulatorProcess) -> None:
    credited(invoice.account, Decimal("300.00"))

    payment = pay(ana, quoted(ana, invoice, credit="300.00"))

    assert payment is not None
    assert (payment.state, payment.amount_asked, balance(ana)) == (PaymentState.OPEN, Decimal("700.00"), ZERO)
    simulator.pay(session_of(payment))
    simulator.wait_until_idle()
    assert is_paid(invoice)
    assert balance(ana) == 0


def test_an_abandoned_checkout_loses_and_blocks_no_credit(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    credited(invoice.account, Decimal("300.00"))
    payment = pay(ana, quoted(ana, invoice, credit="300.00"))
    assert payment is not None
    simulator.expire(session_of(payment))
    simulator.wait_until_idle()

    again = ana.start(invoice)

    assert again != payment
    assert again.amount_asked == Decimal("700.00")


def test_the_same_confirmation_twice_uses_credit_once(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    credited(invoice.account, Decimal("600.00"))
    quote = quoted(ana, invoice, credit="300.00")

    first, second = at_once(lambda: pay(ana, quote), lambda: pay(ana, quote))

    assert isinstance(first, Payment)
    assert first == second
    assert CreditUse.objects.count() == 1
    assert balance(ana) == Decimal("300.00")


def test_two_tabs_do_not_spend_the_same_credit(ana: Customer, invoice: Invoice, simulator: SimulatorProcess) -> None:
    other = InvoiceFactory.create(account=invoice.account)
    credited(invoice.account, Decimal("1000.00"))
    quotes = [quoted(ana, bill, credit="1000.00") for bill in (invoice, other)]

    outcomes = at_once(*[lambda quote=quote: pay(ana, quote) for quote in quotes])

    assert [type(outcome) for outcome in outcomes if outcome is not None] == [QuoteChanged]
    assert balance(ana) == 0
    assert sorted([is_paid(invoice), is_paid(other)]) == [False, True]


@pytest.mark.parametrize("times", range(3))
def test_credit_is_spent_or_refunded(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User, times: int
) -> None:
    source = credited(invoice.account, Decimal("1000.00"))
    quote = quoted(ana, invoice, credit="1000.00")

    spent, refunded = at_once(lambda: pay(ana, quote), lambda: asked_refund(source, Decimal("1000.00"), by=staff))

    # Whichever came first: what was spent is taken back from the bill, what was refunded cannot be spent.
    assert not isinstance(refunded, Exception)
    assert spent is None or isinstance(spent, QuoteChanged)
    assert balance(ana) == 0
    assert not is_paid(invoice)


@pytest.mark.parametrize("times", range(3))
def test_credit_is_spent_while_its_channel_takes_half_of_it_back(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, times: int
) -> None:
    source = credited(invoice.account, Decimal("1000.00"))
    quote = quoted(ana, invoice, credit="1000.00")

    spent, reversed_ = at_once(
        lambda: pay(ana, quote),
        lambda: record_reversal(
            source.pk,
            amount=Decimal("500.00"),
            operation_number="REV",
            reversed_at=timezone.now(),
            reason="cheque",
        ),
    )

    assert not isinstance(reversed_, Exception)
    invoice.refresh_from_db()
    assert (invoice.applied, balance(ana)) == (
        (Decimal("500.00"), Decimal(0)) if spent is None else (Decimal(0), Decimal("500.00"))
    )


def test_an_open_checkout_of_the_bill_is_closed_first(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    opened = ana.start(invoice)
    credited(invoice.account, Decimal("1000.00"))

    pay(ana, quoted(ana, invoice, credit="1000.00"))

    opened.refresh_from_db()
    assert opened.state == PaymentState.EXPIRED
    assert is_paid(invoice)


def test_a_bill_paid_meanwhile_uses_no_credit(ana: Customer, invoice: Invoice, simulator: SimulatorProcess) -> None:
    credited(invoice.account, Decimal("1000.00"))
    quote = quoted(ana, invoice, credit="1000.00")
    record_external_payment(operation(invoice.account, (invoice, Decimal("1000.00"))), cause="rendición")

    with pytest.raises(QuoteChanged):
        pay(ana, quote)

    assert balance(ana) == Decimal("1000.00")


def test_a_promise_that_is_over_uses_no_credit(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, at_noon: Traveller
) -> None:
    credited(invoice.account, Decimal("1000.00"))
    quote = quoted(ana, invoice, credit="1000.00")
    at_noon.shift(timedelta(days=1))

    with pytest.raises(QuoteExpired):
        use_credit(ana.link, ana.link.user, quote, now=timezone.now())

    assert balance(ana) == Decimal("1000.00")


def test_the_bill_due_first_is_paid_first_at_the_price_of_the_day(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    LateInterestPolicyFactory.create()
    overdue = InvoiceFactory.create(account=invoice.account, due_on=today() - timedelta(days=10))
    credited(invoice.account, Decimal("1107.00"))

    quote = quoted(ana, invoice, overdue, credit="1107.00")
    payment = pay(ana, quote)

    assert payment is not None
    overdue.refresh_from_db()
    assert (overdue.is_paid, overdue.surcharge) == (True, Decimal("7.00"))
    assert payment.amount_asked == Decimal("900.00")
    assert [item.invoice_id for item in payment.items.all()] == [invoice.pk]


def test_no_rest_is_left_that_a_checkout_would_not_charge(ana: Customer, invoice: Invoice) -> None:
    quote = quoted(ana, invoice, credit="900.00")
    assert (quote.credit, quote.to_pay) == (Decimal("500.00"), Decimal("500.00"))
    small = InvoiceFactory.create(account=invoice.account, amount=Decimal("200.00"))
    assert quoted(ana, small, credit="200.00").to_pay == 0
    with pytest.raises(BillingRefusal):
        quoted(ana, small, credit="199.99")


def test_credit_spent_is_taken_back_from_the_bill_when_its_payment_is_refunded(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    source = credited(invoice.account, Decimal("1200.00"))
    pay(ana, quoted(ana, invoice, credit="1000.00"))

    asked_refund(source, Decimal("700.00"), by=UserFactory.create())

    invoice.refresh_from_db()
    assert (invoice.applied, balance(ana)) == (Decimal("500.00"), ZERO)
    entries = CreditEntry.objects.order_by("pk").values_list("amount", "reason")
    assert list(entries) == [
        (Decimal("1200.00"), CreditReason.UNASSIGNED),
        (Decimal("-1000.00"), CreditReason.SPENT),
        (Decimal("-200.00"), CreditReason.REFUNDED),
    ]
    with pytest.raises(RefundExceeds):
        asked_refund(source, Decimal("500.01"), by=UserFactory.create())
    ledger_invariants()
