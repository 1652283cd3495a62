"""From the confirmed summary to the open checkout: one attempt, whatever the customer does with the button."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
import time_machine
from django.db import transaction
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import AccountLink, User
from billing.checkout import start_payment
from billing.enums import CreditReason, DiscrepancyKind, PaymentState
from billing.gateway.base import CheckoutGateway
from billing.gateway.reports import CheckoutStatus
from billing.models import CreditEntry, Discrepancy, Invoice, Payment, PaymentEvent
from billing.open_checkouts import refresh_payment
from billing.polling import check_checkouts
from billing.refusals import (
    CheckoutRefused,
    CheckoutUnavailable,
    InvoiceNotPayable,
    PaymentUnderWay,
    QuoteChanged,
    QuoteExpired,
    QuoteSpent,
)
from billing.settlement import settle_payment
from tests.billing.checkout.steps import Customer, at_once, session_of, sessions_made
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory, expired
from tests.simulator_process import SimulatorProcess

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("simulator")]


def moves_of(payment: Payment) -> list[tuple[str, str]]:
    return list(PaymentEvent.objects.filter(payment=payment).values_list("to_state", "cause"))


def test_start_saves_the_request_and_opens_the_checkout(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, provider: CheckoutGateway
) -> None:
    payment = ana.start(invoice)

    assert payment.state == PaymentState.OPEN
    assert payment.amount_asked == Decimal("1000.00")
    assert payment.expires_at == NOON + timedelta(minutes=40)
    assert payment.checkout_url == f"{simulator.base_url}/c/pay/{payment.provider_session_id}"
    assert [(item.invoice_id, item.amount, item.live) for item in payment.items.all()] == [
        (invoice.pk, Decimal("1000.00"), True)
    ]
    assert moves_of(payment) == [("created", "checkout_confirmed"), ("open", "checkout_started")]
    report = provider.retrieve_checkout(session_of(payment))
    assert (report.reference, report.amount, report.currency) == (payment.public_id, Decimal("1000.00"), "ARS")


def test_start_asks_the_provider_for_exactly_this(ana: Customer, invoice: Invoice) -> None:
    payment = ana.start(invoice)

    back = f"http://testserver/pagos/{payment.public_id}/"
    metadata = {"payment": payment.public_id}
    number = f"{ana.link.account.number[:3]}-{ana.link.account.number[3:10]}-{ana.link.account.number[10:13]}"
    assert payment.request == {
        "mode": "payment",
        "client_reference_id": payment.public_id,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "ars",
                    "unit_amount": 100_000,
                    "product_data": {
                        "name": f"Factura de servicio B {invoice.invoice_number}",
                        "description": "Septiembre y octubre 2026, vence el 04/12/2026",
                    },
                },
            }
        ],
        "customer_email": "ana@correo.example",
        "success_url": back,
        "cancel_url": f"{back}?cancelado=1",
        "expires_at": int((NOON + timedelta(minutes=40)).timestamp()),
        "locale": "es-419",
        "submit_type": "pay",
        "adaptive_pricing": {"enabled": False},
        "metadata": metadata,
        "payment_intent_data": {
            "description": f"Cuenta {number}-{ana.link.account.number[13:]}, pago {payment.public_id}",
            "metadata": metadata,
        },
        "expand": ["payment_intent.latest_charge"],
    }


def test_scenario_25_amounts_of_many_bills_add_up_to_the_cent(ana: Customer, provider: CheckoutGateway) -> None:
    bills = [
        InvoiceFactory.create(account=ana.link.account, amount=Decimal(amount)) for amount in ("500.00", "0.10", "0.20")
    ]

    payment = ana.start(*bills)

    assert payment.amount_asked == Decimal("500.30")
    assert provider.retrieve_checkout(session_of(payment)).amount == Decimal("500.30")


def test_scenario_25_over_a_hundred_bills_are_joined_into_a_hundred_lines(
    ana: Customer, simulator: SimulatorProcess
) -> None:
    bills = InvoiceFactory.create_batch(103, account=ana.link.account, amount=Decimal("10.01"))

    payment = ana.start(*bills)

    assert payment.request is not None
    lines = payment.request["line_items"]
    assert len(lines) == 100
    assert lines[99]["price_data"]["product_data"]["name"] == "Otras 4 facturas"
    assert lines[99]["price_data"]["unit_amount"] == 4004
    assert payment.amount_asked == Decimal("1031.03")
    simulator.pay(session_of(payment))
    simulator.wait_until_idle()
    assert Invoice.objects.paid().count() == 103


def test_scenario_25_double_click_is_one_attempt(ana: Customer, invoice: Invoice, simulator: SimulatorProcess) -> None:
    quote = ana.quote(invoice)

    results = at_once(*[lambda: ana.confirm(quote).checkout_url] * 8)

    (payment,) = Payment.objects.all()
    assert results == [payment.checkout_url] * 8
    assert len(sessions_made(simulator)) == 1


def test_scenario_25_two_tabs_at_once_with_a_summary_each_are_one_attempt(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    quotes = [ana.quote(invoice) for _ in range(4)]

    results = at_once(*[lambda quote=quote: ana.confirm(quote).checkout_url for quote in quotes])

    (payment,) = Payment.objects.all()
    assert results == [payment.checkout_url] * 4
    assert len(sessions_made(simulator)) == 1


def test_scenario_25_back_from_the_checkout_and_pay_again_goes_to_the_same(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    quote = ana.quote(invoice)
    first = ana.confirm(quote)

    same_summary = ana.confirm(quote)
    new_summary = ana.start(invoice)

    assert (same_summary.pk, new_summary.pk) == (first.pk, first.pk)
    assert len(sessions_made(simulator)) == 1


def test_start_after_a_decline_goes_to_the_same_checkout(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = ana.start(invoice)
    simulator.decline(session_of(payment))

    assert ana.start(invoice).pk == payment.pk


def test_start_replaces_a_checkout_that_is_about_to_close(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> None:
    first = ana.start(invoice)
    at_noon.move_to(NOON + timedelta(minutes=36))
    simulator.live_at(NOON + timedelta(minutes=36))

    second = ana.start(invoice)

    first.refresh_from_db()
    assert (first.state, second.state) == (PaymentState.EXPIRED, PaymentState.OPEN)
    assert second.expires_at == NOON + timedelta(minutes=76)


def test_scenario_13_another_selection_expires_the_earlier_session(
    ana: Customer, invoice: Invoice, provider: CheckoutGateway
) -> None:
    other = InvoiceFactory.create(account=ana.link.account)
    first = ana.start(invoice, other)

    second = ana.start(invoice)

    first.refresh_from_db()
    assert (first.state, second.state) == (PaymentState.EXPIRED, PaymentState.OPEN)
    assert moves_of(first)[-1] == ("expired", "replaced_by_another_attempt")
    assert provider.retrieve_checkout(session_of(first)).status is CheckoutStatus.EXPIRED


def test_scenario_13_another_person_with_the_same_account_expires_the_earlier_session(
    ana: Customer, invoice: Invoice, teammate: User, provider: CheckoutGateway
) -> None:
    first = ana.start(invoice)

    second = Customer(AccountLink.objects.get(user=teammate)).start(invoice)

    assert provider.retrieve_checkout(session_of(first)).status is CheckoutStatus.EXPIRED
    assert (second.payer_id, second.state) == (teammate.pk, PaymentState.OPEN)


def test_scenario_13_the_earlier_session_was_paid_meanwhile(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    other = InvoiceFactory.create(account=ana.link.account)
    simulator.drop()
    first, quote = ana.start(invoice, other), ana.quote(invoice)
    simulator.pay(session_of(first))

    with pytest.raises(PaymentUnderWay) as refused:
        ana.confirm(quote)

    assert refused.value.payment.pk == first.pk
    assert refused.value.payment.state == PaymentState.SUCCEEDED
    assert len(sessions_made(simulator)) == 1


def test_scenario_13_both_sessions_paid_the_second_is_credit_and_is_flagged(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    first = ana.start(invoice)
    # The provider said that it had expired, and took the money after all.
    settle_payment(first.pk, replace(expired(first), session_id=session_of(first)), cause="test")
    second = ana.start(invoice)

    simulator.pay(session_of(second))
    simulator.wait_until_idle()
    simulator.pay(session_of(first))
    simulator.wait_until_idle()

    for payment in (first, second):
        payment.refresh_from_db()
        assert payment.state == PaymentState.SUCCEEDED
    invoice.refresh_from_db()
    assert invoice.applied == Decimal("1000.00")
    (credit,) = CreditEntry.objects.all()
    assert (credit.payment_id, credit.amount, credit.reason) == (
        first.pk,
        Decimal("1000.00"),
        CreditReason.ALREADY_PAID,
    )
    assert set(Discrepancy.objects.values_list("kind", "payment")) == {
        (DiscrepancyKind.PAID_TWICE, first.pk),
        (DiscrepancyKind.LATE_PAYMENT, first.pk),
    }


def test_scenario_13_overlapping_selections_at_once_leave_one_open_session(
    ana: Customer, simulator: SimulatorProcess
) -> None:
    first, shared, last = InvoiceFactory.create_batch(3, account=ana.link.account)
    quotes = [ana.quote(first, shared), ana.quote(shared, last), ana.quote(shared)]

    results = at_once(*[partial(ana.confirm, quote) for quote in quotes])

    assert any(isinstance(result, Payment) for result in results)
    assert all(isinstance(result, Payment | QuoteSpent | CheckoutUnavailable) for result in results)
    (live,) = Payment.objects.live()
    assert live.state == PaymentState.OPEN
    still_open = [session.id for session in sessions_made(simulator) if session.status == "open"]
    assert still_open == [live.provider_session_id]


def test_start_refuses_an_expired_quote(
    ana: Customer, invoice: Invoice, at_noon: time_machine.Traveller, simulator: SimulatorProcess
) -> None:
    quote = ana.quote(invoice)
    at_noon.shift(timedelta(minutes=25))

    with pytest.raises(QuoteExpired):
        ana.confirm(quote)

    assert not Payment.objects.exists()
    assert sessions_made(simulator) == []


@pytest.mark.parametrize("change", [{"amount": Decimal("900.00")}, {"status": "void"}])
def test_start_refuses_a_bill_that_changed_since(
    ana: Customer, invoice: Invoice, change: dict[str, object], simulator: SimulatorProcess
) -> None:
    quote = ana.quote(invoice)
    Invoice.objects.filter(pk=invoice.pk).update(**change)

    with pytest.raises(QuoteChanged):
        ana.confirm(quote)

    assert not Payment.objects.exists()
    assert sessions_made(simulator) == []


def test_start_refuses_a_summary_that_was_paid_with(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    quote = ana.quote(invoice)
    payment = ana.confirm(quote)
    simulator.pay(session_of(payment))
    simulator.wait_until_idle()

    with pytest.raises(PaymentUnderWay):
        ana.confirm(quote)
    with pytest.raises(InvoiceNotPayable):
        ana.quote(invoice)


def test_start_refuses_a_summary_whose_attempt_ended(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    quote = ana.quote(invoice)
    payment = ana.confirm(quote)
    simulator.expire(session_of(payment))
    simulator.wait_until_idle()

    with pytest.raises(QuoteSpent):
        ana.confirm(quote)

    assert ana.start(invoice).state == PaymentState.OPEN


def test_start_refuses_while_the_money_of_another_attempt_is_on_its_way(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    quote = ana.quote(invoice)
    other = InvoiceFactory.create(account=ana.link.account)
    simulator.pay_later(session_of(ana.start(invoice, other)))
    simulator.wait_until_idle()

    with pytest.raises(PaymentUnderWay) as refused:
        ana.confirm(quote)

    assert refused.value.payment.state == PaymentState.PROCESSING


def test_start_without_a_provider_keeps_the_attempt_and_says_so(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, settings: Settings
) -> None:
    reachable = settings.UTILITY
    quote = ana.quote(invoice)
    settings.UTILITY = reachable.model_copy(update={"stripe_api_base": "http://127.0.0.1:9"})
    with pytest.raises(CheckoutUnavailable) as refused:
        ana.confirm(quote)

    assert refused.value.payment is not None
    assert refused.value.payment.state == PaymentState.CREATED
    settings.UTILITY = reachable
    payment = ana.confirm(quote)
    assert (payment.pk, payment.state) == (refused.value.payment.pk, PaymentState.OPEN)
    assert len(sessions_made(simulator)) == 1


def test_start_that_the_provider_refuses_frees_the_bills(
    ana: Customer, simulator: SimulatorProcess, settings: Settings
) -> None:
    settings.UTILITY = settings.UTILITY.model_copy(update={"payment_maximum": 1_000_000})
    too_much_for_it = InvoiceFactory.create(account=ana.link.account, amount=Decimal("1000000.00"))

    with pytest.raises(CheckoutRefused) as refused:
        ana.start(too_much_for_it)

    payment = refused.value.payment
    assert (payment.state, payment.failure_code) == (PaymentState.FAILED, "amount_too_large")
    assert not payment.items.filter(live=True).exists()
    assert moves_of(payment) == [("created", "checkout_confirmed"), ("failed", "checkout_refused")]
    assert sessions_made(simulator) == []


def test_scenario_05_the_answer_is_lost_and_the_same_key_finds_the_session(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> None:
    simulator.lose_answer(times=3)  # the SDK itself asks three times
    with pytest.raises(CheckoutUnavailable):
        ana.start(invoice)
    (payment,) = Payment.objects.all()
    assert (payment.state, payment.provider_session_id) == (PaymentState.CREATED, None)

    at_noon.shift(timedelta(minutes=1))
    assert check_checkouts(now=NOON + timedelta(minutes=1)) == 1

    payment.refresh_from_db()
    assert payment.state == PaymentState.OPEN
    assert [session.id for session in sessions_made(simulator)] == [payment.provider_session_id]


def test_scenario_05_the_customer_tries_again_before_the_job_does(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    simulator.lose_answer(times=3)
    quote = ana.quote(invoice)
    with pytest.raises(CheckoutUnavailable):
        ana.confirm(quote)

    assert ana.confirm(quote).state == PaymentState.OPEN
    assert len(sessions_made(simulator)) == 1


def test_scenario_05_the_answer_is_lost_and_found_when_it_is_too_late_to_ask_again(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> None:
    simulator.lose_answer(times=3)
    with pytest.raises(CheckoutUnavailable):
        ana.start(invoice)
    (payment,) = Payment.objects.all()
    tomorrow = NOON + timedelta(hours=25)
    at_noon.move_to(tomorrow)
    simulator.live_at(tomorrow)

    check_checkouts(now=tomorrow)

    payment.refresh_from_db()
    assert payment.state == PaymentState.EXPIRED
    assert [session.id for session in sessions_made(simulator)] == [payment.provider_session_id]


def test_an_attempt_that_never_reached_the_provider_fails_when_its_time_to_ask_is_over(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, settings: Settings, at_noon: time_machine.Traveller
) -> None:
    reachable = settings.UTILITY
    settings.UTILITY = reachable.model_copy(update={"stripe_api_base": "http://127.0.0.1:9"})
    with pytest.raises(CheckoutUnavailable):
        ana.start(invoice)
    settings.UTILITY = reachable
    later = NOON + timedelta(minutes=20)  # less than half an hour is left: the provider refuses to open a checkout
    at_noon.move_to(later)
    simulator.live_at(later)

    check_checkouts(now=later)

    (payment,) = Payment.objects.all()
    assert payment.state == PaymentState.FAILED
    assert sessions_made(simulator) == []
    assert ana.start(invoice).state == PaymentState.OPEN


def test_start_runs_as_many_queries_for_many_bills_as_for_one(
    ana: Customer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many = InvoiceFactory.create_batch(30, account=ana.link.account)
    for invoices in ([InvoiceFactory.create(account=ana.link.account)], many):
        quote = ana.quote(*invoices)
        with django_assert_num_queries(19):
            ana.confirm(quote)


def test_start_refuses_to_call_the_provider_inside_a_transaction(ana: Customer, invoice: Invoice) -> None:
    quote = ana.quote(invoice)
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        start_payment(ana.link, ana.link.user, quote, now=NOON)


def test_refresh_asks_the_provider_but_not_all_the_time(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> None:
    simulator.drop()
    payment = ana.start(invoice)
    simulator.pay(session_of(payment))

    assert refresh_payment(payment).state == PaymentState.OPEN  # asked at noon already, when it began
    at_noon.shift(timedelta(seconds=3))
    assert refresh_payment(payment).state == PaymentState.SUCCEEDED


def test_refresh_shows_what_is_known_when_the_provider_does_not_answer(
    ana: Customer, invoice: Invoice, settings: Settings, at_noon: time_machine.Traveller
) -> None:
    payment = ana.start(invoice)
    at_noon.shift(timedelta(seconds=3))
    settings.UTILITY = settings.UTILITY.model_copy(update={"stripe_api_base": "http://127.0.0.1:9"})

    assert refresh_payment(payment).state == PaymentState.OPEN
