"""Asking the provider when nobody tells."""

from datetime import timedelta

import pytest
import time_machine
from pytest_django.fixtures import Settings

from billing.enums import DiscrepancyKind, PaymentState
from billing.gateway.base import CheckoutGateway
from billing.gateway.reports import CheckoutStatus
from billing.models import Discrepancy, Invoice, Payment, Receipt
from billing.open_checkouts import withdraw_payment
from billing.polling import check_checkouts
from tests.billing.checkout.steps import Customer, at_once, session_of
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory
from tests.simulator_process import SimulatorProcess

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("simulator")]


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def test_scenario_10_every_webhook_lost(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> None:
    simulator.drop()
    payment = ana.start(invoice)
    simulator.pay(session_of(payment))

    at_noon.shift(minutes(1))
    assert check_checkouts(now=NOON + minutes(1)) == 1

    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED
    assert check_checkouts(now=NOON + minutes(60)) == 0


def test_scenario_10_paid_at_the_last_second_and_looked_at_after_it_expired(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> None:
    simulator.drop()
    payment = ana.start(invoice)
    simulator.live_at(NOON + timedelta(minutes=39, seconds=30))
    simulator.pay(session_of(payment))
    later = NOON + minutes(50)
    at_noon.move_to(later)
    simulator.live_at(later)

    check_checkouts(now=later)

    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED
    assert payment.paid_at is not None
    assert payment.paid_at < NOON + minutes(40)


def test_an_abandoned_checkout_expires_when_the_provider_says_so(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> None:
    simulator.drop()
    payment = ana.start(invoice)
    at_noon.move_to(NOON + minutes(41))
    check_checkouts(now=NOON + minutes(41))
    payment.refresh_from_db()
    assert payment.state == PaymentState.OPEN  # our clock runs ahead; the provider still takes money

    simulator.live_at(NOON + minutes(42))
    at_noon.move_to(NOON + minutes(42))
    check_checkouts(now=NOON + minutes(42))

    payment.refresh_from_db()
    assert payment.state == PaymentState.EXPIRED
    assert ana.start(invoice).state == PaymentState.OPEN


def test_a_checkout_is_asked_about_less_and_less_until_its_time_is_over(
    ana: Customer, invoice: Invoice, at_noon: time_machine.Traveller
) -> None:
    ana.start(invoice)
    asked_at = []
    for quarter in range(1, 43 * 4):
        now = NOON + minutes(quarter / 4)
        at_noon.move_to(now)
        if check_checkouts(now=now):
            asked_at.append(quarter / 4)

    assert asked_at == [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11.25, 12.5, 14, 15.75, 17.5, 19.5, 21.75, 24.25, 27, 30, 33.5, 37.25, 40, 41, 42
    ]  # fmt: skip


def test_money_on_its_way_for_days_is_asked_about_every_hour(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> None:
    simulator.pay_later(session_of(ana.start(invoice)))
    simulator.wait_until_idle()
    days = NOON + timedelta(days=3)
    at_noon.move_to(days)
    assert check_checkouts(now=days) == 1
    assert check_checkouts(now=days + minutes(59)) == 0
    assert check_checkouts(now=days + minutes(60)) == 1


def test_two_workers_ask_about_each_checkout_once(ana: Customer, at_noon: time_machine.Traveller) -> None:
    for _ in range(4):
        ana.start(InvoiceFactory.create(account=ana.link.account))
    now = NOON + minutes(2)
    at_noon.move_to(now)

    asked = at_once(*[lambda: check_checkouts(now=now)] * 3)

    assert sum(number for number in asked if isinstance(number, int)) == 4


def test_a_provider_that_does_not_answer_is_asked_once_a_round(
    ana: Customer, settings: Settings, at_noon: time_machine.Traveller
) -> None:
    for _ in range(3):
        ana.start(InvoiceFactory.create(account=ana.link.account))
    settings.UTILITY = settings.UTILITY.model_copy(update={"stripe_api_base": "http://127.0.0.1:9"})
    now = NOON + minutes(2)
    at_noon.move_to(now)

    assert check_checkouts(now=now) == 1
    assert Payment.objects.filter(state=PaymentState.OPEN).count() == 3


def test_a_checkout_that_the_provider_denies_keeps_its_bills_and_is_put_before_the_office_once(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> None:
    payment = ana.start(invoice)
    simulator.reset()
    for minute in (2, 4):
        at_noon.move_to(NOON + minutes(minute))
        check_checkouts(now=NOON + minutes(minute))

    payment.refresh_from_db()
    assert payment.state == PaymentState.OPEN
    assert Discrepancy.objects.get().kind == DiscrepancyKind.UNKNOWN_OBJECT


def test_withdraw_closes_the_checkout_and_frees_the_bill(
    ana: Customer, invoice: Invoice, provider: CheckoutGateway
) -> None:
    payment = withdraw_payment(ana.start(invoice), cause="chosen_again")

    assert payment.state == PaymentState.EXPIRED
    assert provider.retrieve_checkout(session_of(payment)).status is CheckoutStatus.EXPIRED
    assert ana.start(invoice).state == PaymentState.OPEN


def test_withdraw_and_pay_at_the_same_moment_end_in_one_of_both(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = ana.start(invoice)

    at_once(lambda: withdraw_payment(payment, cause="chosen_again"), lambda: simulator.pay(session_of(payment)))
    simulator.wait_until_idle()

    payment.refresh_from_db()
    assert payment.state in {PaymentState.EXPIRED, PaymentState.SUCCEEDED}
    assert Receipt.objects.count() == (payment.state == PaymentState.SUCCEEDED)
