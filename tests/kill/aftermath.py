"""After a process died: it is started again, the periodic jobs have their turn, and then the books are looked at."""

from contextlib import suppress
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from billing.enums import PaymentState
from billing.models import Allocation, CreditEntry, Discrepancy, Payment, PaymentEvent, PaymentItem, Receipt
from billing.models import WebhookEvent as Event
from oficina.demo.models import ReceivedMail
from oficina.shared.models import OutgoingMail
from tests.billing.checkout.steps import session_of
from tests.kill.customers import AMOUNTS, TOTAL, Customer
from tests.kill.stage import Stage
from tests.ledger_invariants import ledger_invariants

FOLLOW_PAYMENTS = "billing.follow_payments"
RETRY_STALLED_JOBS = "shared.retry_stalled_jobs"

_OPENED = [("", "created"), ("created", "open")]
_UNFINISHED = ("received", "failed")


def make_older() -> None:
    """An hour passes for what waits for its turn: events, checkouts, the last sign of workers that died."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # when an event was received never changes
        cursor.execute("UPDATE billing_webhookevent SET received_at = received_at - interval '1 hour'")
        cursor.execute("UPDATE billing_payment SET checked_at = checked_at - interval '1 hour'")


def make_dead_workers_older() -> None:
    """Only while none is alive."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 hour'")


def run_by_worker(*tasks: str) -> None:
    """Have the worker do periodic tasks now, unless their turn has come anyway."""
    for task in tasks:
        with suppress(AlreadyEnqueued):
            app.configure_task(task).defer(timestamp=0)


def recover(stage: Stage) -> None:
    """What died is started again; then whatever was left waits only for the periodic jobs, which run."""
    stage.simulator.clear_faults()
    if not stage.processes.is_running("worker"):
        make_dead_workers_older()
        stage.processes.start("worker")
    if not stage.processes.is_running("web"):
        stage.processes.start("web")
    make_older()
    run_by_worker(RETRY_STALLED_JOBS, FOLLOW_PAYMENTS)
    wait_for_jobs(stage)


def wait_for_jobs(stage: Stage) -> None:
    """Until the worker has nothing in hand and nothing due."""
    stage.wait_until(lambda: not _due_jobs(), "an empty queue")


def pay_what_is_open(stage: Stage) -> None:
    """Whoever has not paid says yes once more, is sent to the one session there is, and pays it."""
    for customer in stage.customers:
        if not _has_paid(customer):
            address = customer.confirm(stage.processes.port)
            session = session_of(customer.payment())
            assert address == customer.payment().checkout_url
            assert session in address
            stage.simulator.pay(session)
    stage.simulator.wait_until_idle()
    wait_for_jobs(stage)


def check_nothing_lost_nothing_twice(stage: Stage) -> None:
    """Each customer: one attempt, one session, one settlement, one receipt, one mail; no bill held, no job left."""
    assert _jobs_not_done() == []
    ledger_invariants()
    paid_at_provider = sorted(
        (session.client_reference_id or "", session.id, session.status, session.payment_status, session.amount_total)
        for session in stage.sessions()
    )
    assert paid_at_provider == sorted(
        (payment.public_id, payment.provider_session_id, "complete", "paid", int(TOTAL * 100))
        for payment in stage.payments()
    )
    for customer in stage.customers:
        _check_books_of(customer)
    assert not Event.objects.filter(status__in=_UNFINISHED).exists()
    assert not Discrepancy.objects.exists()


def _check_books_of(customer: Customer) -> None:
    payment = customer.payment()
    assert (payment.state, payment.amount_received) == (PaymentState.SUCCEEDED, TOTAL)
    moves = PaymentEvent.objects.filter(payment=payment).order_by("id").values_list("from_state", "to_state")
    assert list(moves) in (
        [*_OPENED, ("open", "succeeded")],
        [("", "created"), ("created", "succeeded")],
    )
    allocations = Allocation.objects.filter(payment=payment).order_by("invoice_id")
    assert list(allocations.values_list("invoice_id", "amount", "surcharge")) == [
        (bill.pk, amount, Decimal("0.00")) for bill, amount in zip(customer.bills, AMOUNTS, strict=True)
    ]
    assert not CreditEntry.objects.filter(payment=payment).exists()
    assert not PaymentItem.objects.filter(payment=payment, live=True).exists()
    receipt = Receipt.objects.get(payment=payment)
    assert receipt.mailed_at is not None
    assert receipt.pdf is not None
    assert OutgoingMail.objects.filter(recipients=customer.link.user.email).count() == 1
    assert ReceivedMail.objects.filter(recipients=customer.link.user.email).count() == 1


def _has_paid(customer: Customer) -> bool:
    return Payment.objects.filter(account_id=customer.link.account_id, state=PaymentState.SUCCEEDED).exists()


def _jobs_not_done() -> list[tuple[str, str, int]]:
    """Whatever did not succeed, but for what the clock has enqueued since the queue was seen empty."""
    by_the_clock = Q(args__timestamp__gt=0, status__in=("todo", "doing"))
    left = ProcrastinateJob.objects.exclude(status="succeeded").exclude(by_the_clock)
    return list(left.values_list("task_name", "status", "attempts"))


def _due_jobs() -> list[tuple[str, str]]:
    due = Q(status="doing") | (Q(status="todo") & (Q(scheduled_at=None) | Q(scheduled_at__lte=timezone.now())))
    return list(ProcrastinateJob.objects.filter(due).values_list("task_name", "status"))
