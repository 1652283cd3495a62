"""A due date that passes between summary and payment: the price of the summary is honoured, or the checkout is closed.

There is never a third price.
"""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from billing.enums import PaymentState
from billing.gateway.base import CheckoutGateway
from billing.gateway.reports import CheckoutStatus
from billing.models import Discrepancy, Invoice
from billing.refusals import PaymentUnderWay, QuoteExpired
from tests.billing.checkout.steps import Customer, session_of, sessions_made
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory
from tests.simulator_process import SimulatorProcess

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("simulator")]

MIDNIGHT = NOON + timedelta(hours=12)


def before_a_due_date(ana: Customer, at_noon: time_machine.Traveller, simulator: SimulatorProcess) -> Invoice:
    """Ten minutes before midnight, and a bill of 1,000 pesos that costs 1,100 from then on."""
    go_to(MIDNIGHT - timedelta(minutes=10), at_noon, simulator)
    return InvoiceFactory.create(
        account=ana.link.account,
        due_on=NOON.date(),
        later_due_on=[NOON.date() + timedelta(days=9)],
        later_amounts=[Decimal("1100.00")],
    )


def go_to(moment: datetime, at_noon: time_machine.Traveller, simulator: SimulatorProcess) -> None:
    at_noon.move_to(moment)
    simulator.live_at(moment)


def test_a_summary_confirmed_past_midnight_costs_what_it_said(
    ana: Customer, at_noon: time_machine.Traveller, simulator: SimulatorProcess
) -> None:
    invoice = before_a_due_date(ana, at_noon, simulator)
    quote = ana.quote(invoice)
    go_to(MIDNIGHT + timedelta(minutes=5), at_noon, simulator)

    payment = ana.confirm(quote)
    simulator.pay(session_of(payment))
    simulator.wait_until_idle()

    invoice.refresh_from_db()
    assert payment.amount_asked == Decimal("1000.00")
    assert invoice.is_paid


def test_a_checkout_paid_past_midnight_costs_what_its_summary_said(
    ana: Customer, at_noon: time_machine.Traveller, simulator: SimulatorProcess
) -> None:
    invoice = before_a_due_date(ana, at_noon, simulator)
    payment = ana.start(invoice)
    go_to(MIDNIGHT + timedelta(minutes=5), at_noon, simulator)

    simulator.pay(session_of(payment))
    simulator.wait_until_idle()

    payment.refresh_from_db()
    invoice.refresh_from_db()
    assert (payment.state, payment.amount_received) == (PaymentState.SUCCEEDED, Decimal("1000.00"))
    assert (invoice.is_paid, invoice.surcharge) == (True, Decimal("0.00"))
    assert not Discrepancy.objects.exists()


def test_a_new_summary_past_midnight_closes_the_checkout_at_the_old_price(
    ana: Customer, at_noon: time_machine.Traveller, simulator: SimulatorProcess, provider: CheckoutGateway
) -> None:
    invoice = before_a_due_date(ana, at_noon, simulator)
    old = ana.start(invoice)
    go_to(MIDNIGHT + timedelta(minutes=5), at_noon, simulator)

    new = ana.start(invoice)

    old.refresh_from_db()
    assert (old.state, new.state) == (PaymentState.EXPIRED, PaymentState.OPEN)
    assert (old.amount_asked, new.amount_asked) == (Decimal("1000.00"), Decimal("1100.00"))
    assert provider.retrieve_checkout(session_of(old)).status is CheckoutStatus.EXPIRED


def test_a_new_summary_past_midnight_finds_that_the_old_price_was_paid(
    ana: Customer, at_noon: time_machine.Traveller, simulator: SimulatorProcess
) -> None:
    invoice = before_a_due_date(ana, at_noon, simulator)
    simulator.drop()
    old = ana.start(invoice)
    go_to(MIDNIGHT + timedelta(minutes=5), at_noon, simulator)
    quote = ana.quote(invoice)
    simulator.pay(session_of(old))

    with pytest.raises(PaymentUnderWay):
        ana.confirm(quote)

    invoice.refresh_from_db()
    assert (invoice.is_paid, invoice.applied) == (True, Decimal("1000.00"))
    assert len(sessions_made(simulator)) == 1


def test_a_summary_of_yesterday_is_not_confirmed(
    ana: Customer, at_noon: time_machine.Traveller, simulator: SimulatorProcess
) -> None:
    invoice = before_a_due_date(ana, at_noon, simulator)
    quote = ana.quote(invoice)
    go_to(MIDNIGHT + timedelta(minutes=15), at_noon, simulator)

    with pytest.raises(QuoteExpired):
        ana.confirm(quote)

    assert ana.quote(invoice).total == Decimal("1100.00")
