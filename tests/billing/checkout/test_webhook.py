"""POST /webhooks/stripe/: what is let in, what it does, and that it does it once."""

import http.client
import time
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from urllib.parse import urlsplit

import pytest
import time_machine
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from billing.enums import CreditReason, DiscrepancyKind, InvoiceStatus, PaymentState, WebhookStatus
from billing.external_payments import record_external_payment
from billing.gateway.base import CheckoutGateway
from billing.gateway.reports import CheckoutStatus
from billing.inbox import finish_events, process_event, receive_event
from billing.models import CreditEntry, Discrepancy, Invoice, Payment, Receipt, WebhookEvent
from billing.open_checkouts import refresh_payment
from billing.refusals import CheckoutUnavailable
from billing.webhooks.stripe import LARGEST_EVENT_BYTES
from tests.billing.checkout.steps import (
    COMPLETED,
    Customer,
    at_once,
    attempts,
    database_down,
    event_body,
    post_event,
    session_of,
    signed,
)
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory, operation
from tests.jobs import run_worker
from tests.simulator_process import Json, SimulatorProcess

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("simulator")]


def paid_without_a_word(ana: Customer, invoice: Invoice, simulator: SimulatorProcess) -> Payment:
    """A payment that the customer made and the provider told nothing about."""
    simulator.drop()
    payment = ana.start(invoice)
    simulator.pay(session_of(payment))
    return payment


def events() -> Sequence[tuple[str, str]]:
    return list(WebhookEvent.objects.order_by("pk").values_list("event_type", "status"))


def test_webhook_settles_what_was_paid(ana: Customer, invoice: Invoice, simulator: SimulatorProcess) -> None:
    payment = ana.start(invoice)
    simulator.pay(session_of(payment))
    simulator.wait_until_idle()

    payment.refresh_from_db()
    assert (payment.state, payment.amount_received) == (PaymentState.SUCCEEDED, Decimal("1000.00"))
    assert (payment.means_brand, payment.means_funding, payment.means_last4) == ("visa", "credit", "4242")
    assert payment.provider_payment_id is not None
    event = WebhookEvent.objects.get(event_type=COMPLETED)
    assert (event.status, event.payment_id, event.attempts) == (WebhookStatus.PROCESSED, payment.pk, 1)
    assert event.finished_at == NOON
    assert attempts(simulator, COMPLETED) == [[204]]


def test_scenario_01_twenty_of_the_same_event_at_once(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = ana.start(invoice)
    simulator.duplicate(20, concurrent=True, matching=COMPLETED)

    simulator.pay(session_of(payment))
    simulator.wait_until_idle(30)

    assert attempts(simulator, COMPLETED) == [[204]] * 20
    assert WebhookEvent.objects.filter(event_type=COMPLETED).count() == 1
    assert Receipt.objects.get().payment_id == payment.pk
    assert payment.allocations.get().amount == Decimal("1000.00")


def test_scenario_02_two_events_of_one_session(ana: Customer, invoice: Invoice, simulator: SimulatorProcess) -> None:
    payment = ana.start(invoice)
    simulator.twin(matching=COMPLETED)

    simulator.pay(session_of(payment))
    simulator.wait_until_idle()

    told = WebhookEvent.objects.filter(event_type=COMPLETED, payment=payment, status=WebhookStatus.PROCESSED)
    assert told.count() == 2
    assert Receipt.objects.get().payment_id == payment.pk
    assert payment.allocations.get().amount == Decimal("1000.00")


def test_scenario_03_return_page_and_webhooks_at_the_same_moment(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> None:
    payment = paid_without_a_word(ana, invoice, simulator)
    at_noon.shift(timedelta(seconds=5))
    bodies = [event_body(session_of(payment), id=f"evt_{number}") for number in range(4)]

    results = at_once(
        *[partial(post_event, body, signed(body)) for body in bodies],
        *[lambda: refresh_payment(payment).pk] * 4,
    )

    assert results == [204] * 4 + [payment.pk] * 4
    assert Payment.objects.get().state == PaymentState.SUCCEEDED
    assert Receipt.objects.count() == 1
    assert payment.allocations.count() == 1


def test_scenario_04_the_event_overtakes_our_own_answer(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, provider: CheckoutGateway
) -> None:
    simulator.lose_answer(times=3)
    with pytest.raises(CheckoutUnavailable):
        ana.start(invoice)
    (payment,) = Payment.objects.all()
    made = provider.find_checkout(payment.public_id, since=NOON - timedelta(hours=1), until=NOON + timedelta(hours=1))
    assert made is not None

    simulator.pay(made.session_id)
    simulator.wait_until_idle()

    payment.refresh_from_db()
    assert (payment.state, payment.provider_session_id) == (PaymentState.SUCCEEDED, made.session_id)


def test_scenario_09_database_down_the_retry_settles(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = ana.start(invoice)
    with database_down():
        simulator.pay(session_of(payment))
        while not all(attempts(simulator, COMPLETED)):
            time.sleep(0.02)
    simulator.wait_until_idle()

    (answers,) = attempts(simulator, COMPLETED)
    assert (answers[0], answers[-1]) == (503, 204)
    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED
    assert events().count((COMPLETED, WebhookStatus.PROCESSED)) == 1


def test_scenario_11_expired_after_completed_stays_succeeded(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = ana.start(invoice)
    simulator.pay(session_of(payment))
    simulator.wait_until_idle()
    body = event_body(session_of(payment), type="checkout.session.expired")

    assert post_event(body, signed(body)) == 204

    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED
    assert WebhookEvent.objects.get(event_id="evt_of_a_test").status == WebhookStatus.PROCESSED


def test_scenario_12_completed_but_unpaid_then_paid(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = ana.start(invoice)
    simulator.pay_later(session_of(payment))
    simulator.wait_until_idle()
    payment.refresh_from_db()
    assert payment.state == PaymentState.PROCESSING

    simulator.settle(session_of(payment))
    simulator.wait_until_idle()

    payment.refresh_from_db()
    invoice.refresh_from_db()
    assert (payment.state, payment.means_brand, payment.means_last4) == (PaymentState.SUCCEEDED, "boleto", "")
    assert invoice.is_paid


def test_scenario_12_completed_but_unpaid_then_failed_frees_the_bill(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = ana.start(invoice)
    simulator.pay_later(session_of(payment))
    simulator.wait_until_idle()

    simulator.fail(session_of(payment))
    simulator.wait_until_idle()

    payment.refresh_from_db()
    assert (payment.state, payment.failure_code) == (PaymentState.FAILED, "payment_intent_payment_attempt_expired")
    assert ana.start(invoice).state == PaymentState.OPEN


def test_a_declined_card_leaves_the_checkout_open(ana: Customer, invoice: Invoice, simulator: SimulatorProcess) -> None:
    payment = ana.start(invoice)
    simulator.decline(session_of(payment))
    simulator.wait_until_idle()

    payment.refresh_from_db()
    assert payment.state == PaymentState.OPEN
    simulator.pay(session_of(payment))
    simulator.wait_until_idle()
    payment.refresh_from_db()
    assert (payment.state, payment.failure_code) == (PaymentState.SUCCEEDED, "")


def test_scenario_15_paid_elsewhere_expires_the_open_checkout(
    ana: Customer, invoice: Invoice, provider: CheckoutGateway
) -> None:
    payment = ana.start(invoice)
    record_external_payment(operation(ana.link.account, (invoice, Decimal("1000.00"))), cause="test")

    run_worker()

    payment.refresh_from_db()
    assert payment.state == PaymentState.EXPIRED
    assert provider.retrieve_checkout(session_of(payment)).status is CheckoutStatus.EXPIRED


def test_scenario_15_too_late_to_expire_becomes_credit(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = paid_without_a_word(ana, invoice, simulator)
    record_external_payment(operation(ana.link.account, (invoice, Decimal("1000.00"))), cause="test")

    run_worker()

    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED
    credit = CreditEntry.objects.get()
    assert (credit.payment_id, credit.amount, credit.reason) == (
        payment.pk,
        Decimal("1000.00"),
        CreditReason.ALREADY_PAID,
    )
    assert Discrepancy.objects.filter(kind=DiscrepancyKind.PAID_TWICE, payment=payment).count() == 1


@pytest.mark.parametrize(
    ("change", "applied", "credit"),
    [
        ({"status": InvoiceStatus.VOID}, "0.00", "1000.00"),
        ({"amount": Decimal("900.00")}, "900.00", "100.00"),
        ({"amount": Decimal("1200.00")}, "1000.00", None),
    ],
)
def test_scenario_16_the_bill_changes_during_the_checkout(
    ana: Customer,
    invoice: Invoice,
    simulator: SimulatorProcess,
    change: dict[str, object],
    applied: str,
    credit: str | None,
) -> None:
    payment = ana.start(invoice)
    Invoice.objects.filter(pk=invoice.pk).update(**change)

    simulator.pay(session_of(payment))
    simulator.wait_until_idle()

    payment.refresh_from_db()
    invoice.refresh_from_db()
    assert (payment.state, payment.amount_received) == (PaymentState.SUCCEEDED, Decimal("1000.00"))
    assert invoice.applied == Decimal(applied)
    kept = list(CreditEntry.objects.values_list("amount", flat=True))
    assert kept == ([] if credit is None else [Decimal(credit)])


@pytest.mark.parametrize(
    ("lie", "kind"),
    [
        ((90_000, None), DiscrepancyKind.AMOUNT_DIFFERS),
        ((None, "usd"), DiscrepancyKind.CURRENCY_DIFFERS),
    ],
)
def test_scenario_18_amount_or_currency_differs(
    ana: Customer,
    invoice: Invoice,
    simulator: SimulatorProcess,
    lie: tuple[int | None, str | None],
    kind: DiscrepancyKind,
) -> None:
    payment = ana.start(invoice)
    amount_total, currency = lie
    simulator.misreport(session_of(payment), amount_total=amount_total, currency=currency)

    simulator.pay(session_of(payment))
    simulator.wait_until_idle()

    payment.refresh_from_db()
    invoice.refresh_from_db()
    assert (payment.state, payment.amount_received) == (PaymentState.PROCESSING, None)
    assert invoice.applied == Decimal("0.00")
    assert Discrepancy.objects.get(payment=payment).kind == kind


def test_scenario_19_oversized_is_refused_before_it_is_read(live_server: LiveServer) -> None:
    where = urlsplit(live_server.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port or 0, timeout=5)
    connection.putrequest("POST", "/webhooks/stripe/")
    connection.putheader("Content-Length", str(LARGEST_EVENT_BYTES + 1))
    connection.endheaders()

    assert connection.getresponse().status == 413
    connection.close()
    assert not WebhookEvent.objects.exists()


def test_the_largest_event_is_taken(ana: Customer, invoice: Invoice) -> None:
    payment = ana.start(invoice)
    small = event_body(session_of(payment), padding="")
    body = event_body(session_of(payment), padding="x" * (LARGEST_EVENT_BYTES - len(small)))

    assert len(body) == LARGEST_EVENT_BYTES
    assert post_event(body, signed(body)) == 204


@pytest.mark.parametrize("seconds_away", [-300, 300])
def test_a_signature_at_the_edge_of_the_tolerance_is_taken(ana: Customer, invoice: Invoice, seconds_away: int) -> None:
    body = event_body(session_of(ana.start(invoice)))

    assert post_event(body, signed(body, seconds_away=seconds_away)) == 204


@pytest.mark.parametrize(
    "secrets",
    [("whsec_test_previous",), ("whsec_test_current",), ("whsec_test_previous", "whsec_test_current")],
)
def test_scenario_20_old_and_new_secret_are_both_taken(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, live_server: LiveServer, secrets: tuple[str, ...]
) -> None:
    simulator.send_webhooks_to(f"{live_server.url}/webhooks/stripe/", secrets=secrets)
    payment = ana.start(invoice)

    simulator.pay(session_of(payment))
    simulator.wait_until_idle()

    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "charge.captured"}, "type charge.captured is not followed"),
        ({"object": "v2.core.event"}, "type checkout.session.completed is not followed"),
        ({"api_version": "2020-08-27"}, "API version 2020-08-27 is not 2026-10-28.endive"),
        ({"livemode": True}, "livemode is not False"),
        ({"livemode": "false"}, "livemode is not False"),
    ],
)
def test_scenario_21_unknown_type_version_or_mode_is_stored_and_ignored(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, changes: dict[str, Json], reason: str
) -> None:
    payment = paid_without_a_word(ana, invoice, simulator)
    body = event_body(session_of(payment), **changes)

    assert post_event(body, signed(body)) == 204

    event = WebhookEvent.objects.get()
    assert (event.status, event.last_error, bytes(event.body)) == (WebhookStatus.IGNORED, reason, body)
    payment.refresh_from_db()
    assert payment.state == PaymentState.OPEN


def test_scenario_22_nothing_settles_by_the_name_of_a_payment(ana: Customer, at_noon: time_machine.Traveller) -> None:
    payment, another = [ana.start(InvoiceFactory.create(account=ana.link.account)) for _ in range(2)]
    at_noon.shift(timedelta(seconds=5))

    assert refresh_payment(another).state == PaymentState.OPEN
    payment.refresh_from_db()
    assert payment.state == PaymentState.OPEN


def test_a_false_payload_settles_nothing(ana: Customer, invoice: Invoice) -> None:
    payment = ana.start(invoice)
    body = event_body(session_of(payment))  # says that it was paid

    assert post_event(body, signed(body)) == 204

    payment.refresh_from_db()
    assert payment.state == PaymentState.OPEN


def test_a_checkout_that_nobody_knows_is_put_before_the_office(simulator: SimulatorProcess) -> None:
    body = event_body("cs_test_unknown")

    assert post_event(body, signed(body)) == 204

    event = WebhookEvent.objects.get()
    assert event.status == WebhookStatus.PROCESSED
    found = Discrepancy.objects.get()
    assert (found.kind, found.event_id, found.detail) == (
        DiscrepancyKind.UNKNOWN_OBJECT,
        event.pk,
        {"session": "cs_test_unknown"},
    )


def test_an_event_waits_while_the_provider_does_not_answer(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, settings: Settings, at_noon: time_machine.Traveller
) -> None:
    payment = paid_without_a_word(ana, invoice, simulator)
    reachable = settings.UTILITY
    settings.UTILITY = reachable.model_copy(update={"stripe_api_base": "http://127.0.0.1:9"})
    body = event_body(session_of(payment))
    assert post_event(body, signed(body)) == 204
    event = WebhookEvent.objects.get()
    assert (event.status, event.attempts, event.finished_at) == (WebhookStatus.FAILED, 1, None)
    assert event.last_error.startswith("ProviderUnavailableError: ")

    settings.UTILITY = reachable
    assert finish_events(now=NOON + timedelta(seconds=29)) == 0  # half a minute after the first failure
    assert finish_events(now=NOON + timedelta(seconds=30)) == 1

    payment.refresh_from_db()
    event.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED
    assert (event.status, event.attempts, event.last_error) == (WebhookStatus.PROCESSED, 2, "")


def test_an_event_stored_by_a_process_that_died_is_finished_by_the_job(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    payment = paid_without_a_word(ana, invoice, simulator)
    body = event_body(session_of(payment))
    receive_event(body, signed(body))

    assert finish_events(now=NOON + timedelta(seconds=14)) == 0
    assert finish_events(now=NOON + timedelta(seconds=15)) == 1
    assert finish_events(now=NOON + timedelta(days=1)) == 0

    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED


def test_a_finished_event_is_not_acted_on_again(ana: Customer, invoice: Invoice, settings: Settings) -> None:
    body = event_body(session_of(ana.start(invoice)))
    post_event(body, signed(body))
    settings.UTILITY = settings.UTILITY.model_copy(update={"stripe_api_base": "http://127.0.0.1:9"})

    event = process_event(WebhookEvent.objects.get().pk)

    assert (event.status, event.attempts) == (WebhookStatus.PROCESSED, 1)


def test_it_never_redirects(ana: Customer, invoice: Invoice) -> None:
    body = event_body(session_of(ana.start(invoice)))

    assert post_event(body, signed(body), path="/webhooks/stripe") == 204
