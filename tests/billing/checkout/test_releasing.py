"""The office frees the bills of an attempt that the provider denies, and of no other."""

from dataclasses import replace

import pytest
import time_machine
from pytest_django.fixtures import Settings

from accounts.models import User
from billing.closing import NOT_AT_PROVIDER, closing_of
from billing.enums import DiscrepancyKind, PaymentState
from billing.gateway.configured import saved_cards_gateway
from billing.gateway.errors import ProviderUnavailableError
from billing.gateway.reports import MoneyStatus
from billing.models import Discrepancy, Invoice, Payment, PaymentItem
from billing.open_checkouts import ask_provider, release_payment
from billing.refusals import CheckoutAtProvider, PaymentNotHeld
from billing.settlement import settle_payment
from tests.billing.checkout.steps import Customer, at_once, session_of
from tests.billing.checkout.test_debits import answer, card_debit
from tests.conftest import NOON
from tests.factories.billing import begin_checkout
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.django_db(transaction=True)


def denied(ana: Customer, invoice: Invoice, simulator: SimulatorProcess) -> Payment:
    """An open attempt whose checkout the provider has forgotten, which is before the office."""
    payment = ana.start(invoice)
    simulator.reset()
    simulator.live_at(NOON)
    return ask_provider(payment, cause="polling")


def test_what_the_provider_denies_is_closed_with_who_and_why(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User
) -> None:
    payment = denied(ana, invoice, simulator)
    assert PaymentItem.objects.filter(live=True).count() == 1

    released = release_payment(payment, by=staff, reason="Ticket 77 del proveedor")

    assert released.state == PaymentState.EXPIRED
    assert not PaymentItem.objects.filter(live=True).exists()
    event = payment.events.latest("pk")
    assert (event.from_state, event.to_state, event.cause) == ("open", "expired", "released_by_office")
    assert event.detail == {"reason": "Ticket 77 del proveedor", "by": staff.pk, "provider": "unknown"}
    closing = closing_of(Payment.objects.get(pk=payment.pk))
    assert closing is not None
    assert (closing.state, closing.why) == ("Cerrado", "Lo cerramos porque la plataforma de pago no lo tenía.")
    finding = Discrepancy.objects.get(kind=DiscrepancyKind.UNKNOWN_OBJECT)
    assert (finding.resolved_by, finding.resolution) == (staff, "Pago liberado. Ticket 77 del proveedor")
    assert ana.start(invoice).state == PaymentState.OPEN


def test_one_that_was_completed_fails(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User
) -> None:
    payment = ana.start(invoice)
    simulator.pay_later(session_of(payment))
    simulator.wait_until_idle()
    payment.refresh_from_db()
    assert payment.state == PaymentState.PROCESSING
    simulator.reset()

    released = release_payment(payment, by=staff, reason="No está")

    assert (released.state, released.failure_code) == (PaymentState.FAILED, NOT_AT_PROVIDER)
    assert not PaymentItem.objects.filter(live=True).exists()


def test_an_open_checkout_is_not_released(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User
) -> None:
    payment = ana.start(invoice)

    with pytest.raises(CheckoutAtProvider) as refusal:
        release_payment(payment, by=staff, reason="apuro")

    assert refusal.value.payment.state == PaymentState.OPEN
    assert PaymentItem.objects.filter(live=True).count() == 1


def test_a_checkout_that_was_paid_is_settled_instead(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User
) -> None:
    payment = ana.start(invoice)
    simulator.drop(matching="*")
    simulator.pay(session_of(payment))

    with pytest.raises(CheckoutAtProvider) as refusal:
        release_payment(payment, by=staff, reason="apuro")

    assert refusal.value.payment.state == PaymentState.SUCCEEDED
    invoice.refresh_from_db()
    assert invoice.is_paid


def test_a_checkout_that_expired_there_is_closed(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User
) -> None:
    payment = ana.start(invoice)
    simulator.drop(matching="*")
    simulator.expire(session_of(payment))

    released = release_payment(payment, by=staff, reason="vencida")

    assert released.state == PaymentState.EXPIRED
    assert payment.events.latest("pk").cause == "released_by_office"


def test_a_provider_that_does_not_answer_changes_nothing(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User, settings: Settings
) -> None:
    payment = ana.start(invoice)
    settings.UTILITY = settings.UTILITY.model_copy(update={"stripe_api_base": "http://127.0.0.1:9"})

    with pytest.raises(ProviderUnavailableError):
        release_payment(payment, by=staff, reason="apuro")

    payment.refresh_from_db()
    assert payment.state == PaymentState.OPEN


def test_there_is_nothing_to_release_of_what_ended_or_never_was(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User, at_noon: time_machine.Traveller
) -> None:
    payment = ana.start(invoice)
    simulator.expire(session_of(payment))
    simulator.wait_until_idle()
    payment.refresh_from_db()
    unasked = begin_checkout(invoice)

    for attempt in (payment, unasked):
        with pytest.raises(PaymentNotHeld):
            release_payment(attempt, by=staff, reason="apuro")


def test_two_people_release_once(ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User) -> None:
    payment = denied(ana, invoice, simulator)

    outcomes = at_once(*[lambda: release_payment(payment, by=staff, reason="No está")] * 2)

    assert sum(isinstance(outcome, PaymentNotHeld) for outcome in outcomes) == 1
    assert payment.events.filter(cause="released_by_office").count() == 1


def charged(invoice: Invoice, ana: Customer, simulator: SimulatorProcess) -> Payment:
    """A debit of a card whose charge the provider made and has not decided."""
    payment = card_debit(simulator, invoice, ana.link)
    under_way = answer(payment, MoneyStatus.UNPAID)
    return settle_payment(payment.pk, replace(under_way, provider_payment_id="pi_gone"), cause="test")


def test_a_charge_that_the_provider_denies_is_released_too(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User
) -> None:
    payment = ask_provider(charged(invoice, ana, simulator), cause="polling")
    assert PaymentItem.objects.filter(live=True).count() == 1

    released = release_payment(payment, by=staff, reason="Ticket 78")

    assert (released.state, released.failure_code) == (PaymentState.FAILED, NOT_AT_PROVIDER)
    assert not PaymentItem.objects.filter(live=True).exists()
    finding = Discrepancy.objects.get(kind=DiscrepancyKind.UNKNOWN_OBJECT)
    assert (finding.resolved_by, finding.resolution) == (staff, "Pago liberado. Ticket 78")


def test_a_charge_that_is_found_by_our_name_is_settled_instead(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, staff: User
) -> None:
    """The name that we keep of it is another's; the charge itself was made and paid."""
    payment = charged(invoice, ana, simulator)
    assert payment.request is not None
    saved_cards_gateway().charge(payment.request, key=payment.idempotency_key or "")

    with pytest.raises(CheckoutAtProvider):
        release_payment(payment, by=staff, reason="apuro")

    payment.refresh_from_db()
    assert payment.state == PaymentState.PROCESSING, "another charge than the one we know is before the office"
    assert PaymentItem.objects.filter(live=True).count() == 1
    assert Discrepancy.objects.filter(kind=DiscrepancyKind.UNKNOWN_OBJECT, payment=payment).exists()
