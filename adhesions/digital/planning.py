"""Which bills go to which mails. Each is a row first, then a job sends it; see `adhesions.digital.sending`."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from adhesions.enums import DEBIT_UNDECIDED, DeliveryKind
from adhesions.models import BillDelivery, DigitalBilling, DigitalBillingQuerySet, ScheduledDebit
from billing.enums import InvoiceKind, InvoiceStatus
from billing.models import Invoice
from oficina.shared.dates import local_day

DELIVER_BILLS_TASK: Final = "adhesions.deliver_bills"
BILLS_A_JOB: Final = 20
"""Enough that jobs are few, and few enough that all workers have some of a small import."""
NEW_FOR: Final = timedelta(days=60)
"""A bill issued longer ago is no news: a file of old years mails nobody."""
OVERDUE_FOR: Final = timedelta(days=7)
"""A bill that fell due longer ago is no reminder any more, should the job not have run for so long."""

_AFTER_WHAT_PEOPLE_WAIT_FOR = -10


def plan_new_bills(invoice_ids: Sequence[int]) -> None:
    """Have bills that were imported mailed to everybody who adhered. A handler of `billing.hooks`."""
    now = timezone.now()
    bills = Invoice.objects.filter(
        pk__in=invoice_ids, status=InvoiceStatus.OPEN, issued_on__gte=local_day(now) - NEW_FOR
    )
    plan_deliveries(DigitalBilling.objects.receiving(), bills, DeliveryKind.NEW, now=now)


def plan_reminders(*, now: datetime) -> None:
    """Recall unpaid bills to those who asked: once before the due date, once after. Run twice, it changes nothing.

    Not those that a direct debit is about to pay, and no instalments: their plan recalls them.
    """
    on = local_day(now)
    debited = ScheduledDebit.objects.filter(state__in=DEBIT_UNDECIDED).values("invoice")
    unpaid = Invoice.objects.owed().exclude(kind=InvoiceKind.INSTALMENT).exclude(pk__in=debited)
    receiving = DigitalBilling.objects.receiving()
    last = on + timedelta(days=settings.UTILITY.bill_reminder_days)
    soon = unpaid.filter(due_on__gte=on, due_on__lte=last)
    plan_deliveries(receiving.filter(reminds_before_due=True), soon, DeliveryKind.REMINDER, now=now)
    late = unpaid.filter(due_on__lt=on, due_on__gte=on - OVERDUE_FOR)
    plan_deliveries(receiving.filter(reminds_when_overdue=True), late, DeliveryKind.OVERDUE, now=now)


def plan_deliveries(
    adhesions: DigitalBillingQuerySet, bills: QuerySet[Invoice], kind: DeliveryKind, *, now: datetime
) -> None:
    """Make the deliveries of these bills to these adhesions that were not made before, and the jobs that send them."""
    wanted = adhesions.filter(account__invoices__in=bills).order_by("account__invoices", "pk")
    rows = [
        BillDelivery(invoice_id=invoice_id, email=email, kind=kind, adhesion_id=adhesion_id, queued_at=now)
        for adhesion_id, email, invoice_id in wanted.values_list("pk", "email", "account__invoices")
    ]
    with transaction.atomic():
        BillDelivery.objects.bulk_create(rows, ignore_conflicts=True)
        made = BillDelivery.objects.filter(public_id__in=[row.public_id for row in rows]).order_by("pk")
        send_later(made.values_list("pk", flat=True))


def send_later(delivery_ids: Iterable[int], *, somebody_waits: bool = False) -> None:
    """Have deliveries sent by jobs, so many by each, after whatever people wait for unless this is it."""
    task = app.configure_task(DELIVER_BILLS_TASK, priority=0 if somebody_waits else _AFTER_WHAT_PEOPLE_WAIT_FOR)
    for batch in batched(delivery_ids, BILLS_A_JOB, strict=False):
        task.defer(delivery_ids=[*batch])
