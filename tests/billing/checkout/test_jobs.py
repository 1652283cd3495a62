"""The jobs of billing that follow checkouts."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.fixtures import Settings

from billing.enums import PaymentState, WebhookStatus
from billing.external_payments import record_external_payment
from billing.inbox import receive_event
from billing.models import Invoice, WebhookEvent
from billing.tasks import follow_payments
from tests.billing.checkout.steps import Customer, event_body, session_of, signed
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory, operation
from tests.jobs import run_worker
from tests.simulator_process import SimulatorProcess

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("simulator")]


def test_every_minute_events_and_checkouts_are_followed(
    ana: Customer, invoice: Invoice, simulator: SimulatorProcess, at_noon: time_machine.Traveller
) -> None:
    simulator.drop()
    told, untold = ana.start(invoice), ana.start(InvoiceFactory.create(account=ana.link.account))
    for payment in (told, untold):
        simulator.pay(session_of(payment))
    body = event_body(session_of(told))
    receive_event(body, signed(body))
    at_noon.shift(timedelta(minutes=1))

    follow_payments(timestamp=int(NOON.timestamp()))

    assert WebhookEvent.objects.get().status == WebhookStatus.PROCESSED
    for payment in (told, untold):
        payment.refresh_from_db()
        assert payment.state == PaymentState.SUCCEEDED


def test_following_runs_every_minute() -> None:
    ours = [each.cron for each in app.periodic_registry.periodic_tasks.values() if each.task is follow_payments]

    assert ours == ["* * * * *"]


def test_expiring_is_tried_again_when_the_provider_does_not_answer(
    ana: Customer, invoice: Invoice, settings: Settings, at_noon: time_machine.Traveller
) -> None:
    payment = ana.start(invoice)
    record_external_payment(operation(ana.link.account, (invoice, Decimal("1000.00"))), cause="test")
    reachable = settings.UTILITY
    settings.UTILITY = reachable.model_copy(update={"stripe_api_base": "http://127.0.0.1:9"})
    run_worker()
    payment.refresh_from_db()
    assert payment.state == PaymentState.OPEN
    assert ProcrastinateJob.objects.get(task_name="billing.expire_checkouts_of").status == "todo"

    settings.UTILITY = reachable
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL")
    run_worker()

    payment.refresh_from_db()
    assert payment.state == PaymentState.EXPIRED
