"""What a collection channel tells while a checkout of the same bill is open."""

import pytest

from billing.enums import CreditReason, DiscrepancyKind, PaymentState
from billing.gateway.base import CheckoutGateway
from billing.gateway.reports import CheckoutStatus
from billing.models import CreditEntry, Discrepancy, Invoice
from tests.billing.channels.signing import post, received
from tests.billing.checkout.steps import Customer, session_of
from tests.factories.channels import CollectionChannelFactory, give_secret
from tests.jobs import run_worker
from tests.simulator_process import SimulatorProcess

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("simulator")]


@pytest.fixture(autouse=True)
def _channel(simulator: SimulatorProcess) -> None:
    give_secret(CollectionChannelFactory.create())


def test_scenario_15_a_message_of_a_channel_expires_the_open_checkout(
    ana: Customer, invoice: Invoice, provider: CheckoutGateway
) -> None:
    payment = ana.start(invoice)

    assert post(received(invoice)) == 204
    run_worker()

    payment.refresh_from_db()
    invoice.refresh_from_db()
    assert (payment.state, invoice.is_paid) == (PaymentState.EXPIRED, True)
    assert provider.retrieve_checkout(session_of(payment)).status is CheckoutStatus.EXPIRED
    assert not CreditEntry.objects.exists()


def test_scenario_15_too_late_to_expire_becomes_credit(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    simulator.drop()
    payment = ana.start(invoice)
    simulator.pay(session_of(payment))

    assert post(received(invoice)) == 204
    run_worker()

    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED
    credit = CreditEntry.objects.get()
    assert (credit.payment, credit.reason) == (payment, CreditReason.ALREADY_PAID)
    assert Discrepancy.objects.get().kind == DiscrepancyKind.PAID_TWICE
