"""A row in every queue of the office's first page."""

from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from accounts.models import AccountLink, ServiceAccount, User
from adhesions.enums import DeliveryKind, DeliveryState
from adhesions.models import BankPresentation, BillDelivery, DebitTry
from billing.discrepancies import open_discrepancy
from billing.disputes import record_dispute
from billing.enums import DiscrepancyKind, OperationState, WebhookStatus
from billing.models import CollectionOperation, Payment, WebhookEvent
from billing.settlement import settle_payment
from oficina.shared.enums import ImportState
from oficina.shared.models import ImportRun
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import InvoiceFactory, begin_checkout, on_its_way, open_checkout, paid_checkout
from tests.factories.channels import CollectionChannelFactory
from tests.factories.chat import waiting
from tests.factories.claims import claimed
from tests.factories.debits import announced, bank_mandate
from tests.factories.locations import LocationReportFactory
from tests.factories.payment_reports import reported
from tests.factories.plans import overdue_bill, waiting_plan
from tests.factories.returns import asked_refund, dispute_report
from tests.staff.conftest import received_event
from tramites.enums import LinkFault
from tramites.models import LinkCheck


def in_process(account: ServiceAccount) -> Payment:
    """A payment whose means pays later."""
    begun = begin_checkout(InvoiceFactory.create(account=account))
    return settle_payment(begun.pk, on_its_way(begun), cause="test")


def _presented(link: AccountLink, by: User) -> None:
    """A debit that was presented to the bank, which has not answered."""
    debit = announced(bank_mandate(link), InvoiceFactory.create(account=link.account))
    presentation = BankPresentation.objects.create(
        number=debit.pk, debits_on=debit.debit_on, count=1, total=debit.amount, sha256="x", made_by=by
    )
    DebitTry.objects.create(debit=debit, payment=in_process(link.account), number=1, presentation=presentation)


def mailed(link: AccountLink, state: DeliveryState) -> None:
    """A bill that was mailed, as far as that."""
    delivery = BillDelivery.objects.create(
        invoice=InvoiceFactory.create(account=link.account), email="ana@correo.example", kind=DeliveryKind.ON_REQUEST,
        requested_by=link.user,
    )  # fmt: skip
    row = BillDelivery.objects.filter(pk=delivery.pk)
    if state != DeliveryState.FAILED:
        row.update(state=DeliveryState.SENT, sent_at=timezone.now())
    if state != DeliveryState.SENT:
        row.update(state=state, reason="El buzón no existe")


def one_of_each(by: User) -> None:
    """One more row in every queue, and beside some of them one that does not wait. A policy of plans is in force."""
    link = AccountLinkFactory.create()
    account, user = link.account, link.user
    waiting(user)
    claimed(link, InvoiceFactory.create(account=account))
    LocationReportFactory.create(account=account, made_by=user)
    reported(link, InvoiceFactory.create(account=account))
    event = received_event()
    WebhookEvent.objects.filter(pk=event.pk).update(status=WebhookStatus.FAILED, last_error="No existe")
    received_event()
    open_discrepancy(DiscrepancyKind.UNKNOWN_OBJECT, about=f"{event.pk}", event=event)
    paid = paid_checkout(InvoiceFactory.create(account=account))
    record_dispute(paid.pk, dispute_report(paid, Decimal("10.00"), dispute_id=f"du_{paid.pk}"))
    asked_refund(paid, Decimal("50.00"), by=by)
    CollectionOperation.objects.create(
        channel=CollectionChannelFactory.create(), operation_number=f"{event.pk}", state=OperationState.HELD,
        held_because="unknown_bill", amount=Decimal("5.00"), paid_at=timezone.now(), bills=[], event=event,
    )  # fmt: skip
    for state in (DeliveryState.FAILED, DeliveryState.BOUNCED, DeliveryState.SENT):
        mailed(link, state)
    for refused in (ImportState.REFUSED, ImportState.FAILED, ImportState.FINISHED):
        ImportRun.objects.create(file_name="pagos.csv", state=refused, finished_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at)"
            " VALUES ('default', 'billing.poll', 'failed', %s)",
            [timezone.now()],
        )
    LinkCheck.objects.create(
        address=f"/ayuda/{event.pk}/", failures=2, fault=LinkFault.NO_SUCH_PAGE, broken_since=timezone.now()
    )
    in_process(account)
    soon = open_checkout(InvoiceFactory.create(account=account))
    Payment.objects.filter(pk=soon.pk).update(expires_at=timezone.now() + timedelta(minutes=10))
    open_checkout(InvoiceFactory.create(account=account))
    _presented(link, by)
    plans = AccountLinkFactory.create()
    overdue_bill(plans)
    waiting_plan(plans)
