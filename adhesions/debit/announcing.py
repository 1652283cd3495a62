"""What will be debited, how much and when: decided when a bill comes or a mandate is given, and told at once.

The customer knows the amount at least five business days before the due date and may object until a day before it.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import batched

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from procrastinate.contrib.django import app

from adhesions.debit.mails import tell_above_cap, tell_announced
from adhesions.enums import DebitState
from adhesions.models import DirectDebit, ScheduledDebit
from billing.enums import InvoiceKind
from billing.locks import lock_account
from billing.models import Invoice
from billing.models.invoice import InvoiceQuerySet
from oficina.shared.business_days import (
    business_days_after,
    business_days_before,
    business_days_between,
    is_business_day,
)
from oficina.shared.dates import local_day

NOTICE_BUSINESS_DAYS = 5
"""How many business days before a debit its notice is given at the latest."""

_DEBITED = (InvoiceKind.SERVICE, InvoiceKind.INSTALMENT)
"""What a mandate pays. Not charges: each is accepted, and paid, on its own."""

ANNOUNCE_DEBITS_TASK = "adhesions.announce_debits"
_ACCOUNTS_A_JOB = 50


def debit_date(due_on: date) -> date:
    """The local date on which a bill is debited: its due date, or the last business day before it."""
    return due_on if is_business_day(due_on) else business_days_before(due_on, 1)


def announce_debits_of(mandate: DirectDebit, *, now: datetime) -> list[ScheduledDebit]:
    """Announce the bills that the account has pending, as far as there is time. The caller holds the account's lock."""
    told = ScheduledDebit.objects.filter(mandate=mandate).values("invoice")
    pending = Invoice.objects.filter(account=mandate.account_id, kind__in=_DEBITED).owed()
    today = local_day(now)
    announced = []
    for bill in pending.exclude(pk__in=told).order_by("due_on", "pk"):
        on = debit_date(bill.due_on)
        if business_days_between(today, on) >= NOTICE_BUSINESS_DAYS:
            announced.append(_announced(mandate, bill, on, now))
    return announced


def bills_left_out(mandate: DirectDebit) -> InvoiceQuerySet:
    """The bills that the account has pending and that no debit will pay: too near, above the cap, stopped, rejected."""
    debited = ScheduledDebit.objects.undecided().filter(invoice__account=mandate.account_id).values("invoice")
    pending = Invoice.objects.filter(account=mandate.account_id, kind__in=_DEBITED).owed()
    return pending.exclude(pk__in=debited)


def announce_new_bills(invoice_ids: Sequence[int]) -> None:
    """Have bills that were imported, and instalments that are owed from now on, announced by jobs: an import may bring
    very many. A handler of `billing.hooks`.
    """
    bills = Invoice.objects.filter(pk__in=invoice_ids, kind__in=_DEBITED)
    debited = DirectDebit.objects.live().filter(account__invoices__in=bills).order_by("account").distinct()
    task = app.configure_task(ANNOUNCE_DEBITS_TASK)
    for batch in batched(debited.values_list("account", flat=True), _ACCOUNTS_A_JOB, strict=False):
        task.defer(account_ids=[*batch])


def announce_debits(account_ids: Iterable[int], *, now: datetime) -> int:
    """Announce what these accounts have pending and were not told of yet; tells how many. Twice changes nothing."""
    announced = 0
    for account_id in account_ids:
        with transaction.atomic():
            lock_account(account_id)
            live = DirectDebit.objects.live().select_related("account", "made_by")
            mandate = live.filter(account=account_id).first()
            if mandate is not None:
                announced += len(announce_debits_of(mandate, now=now))
    return announced


def announce_what_was_missed(*, now: datetime) -> int:
    """Announce bills that came at the moment in which a mandate was given; tells how many. For a periodic job."""
    told = ScheduledDebit.objects.filter(invoice=OuterRef("pk"), mandate__account=OuterRef("account"))
    missed = Invoice.objects.filter(kind__in=_DEBITED).owed().exclude(Exists(told))
    enough = business_days_after(local_day(now), NOTICE_BUSINESS_DAYS)
    accounts = missed.filter(due_on__gte=enough, account__direct_debits__ended_at=None).order_by("account").distinct()
    return announce_debits(accounts.values_list("account", flat=True), now=now)


def _announced(mandate: DirectDebit, bill: Invoice, on: date, now: datetime) -> ScheduledDebit:
    amount: Decimal = Invoice.objects.with_amount_due(on=on).get(pk=bill.pk).amount_due
    if mandate.cap is not None and amount > mandate.cap:
        debit = ScheduledDebit.objects.create(
            mandate=mandate,
            invoice=bill,
            amount=amount,
            debit_on=on,
            state=DebitState.ABOVE_CAP,
            announced_at=now,
            decided_at=now,
        )
        tell_above_cap(debit)
        return debit
    debit = ScheduledDebit.objects.create(
        mandate=mandate,
        invoice=bill,
        amount=amount,
        debit_on=on,
        state=DebitState.ANNOUNCED,
        try_on=on,
        announced_at=now,
    )
    tell_announced(debit)
    return debit


def last_moment_to_stop(debit: ScheduledDebit) -> datetime:
    """The UTC instant until which whoever gave the mandate may stop a debit: a day before its date begins."""
    midnight = datetime.combine(debit.debit_on, datetime.min.time())
    return timezone.make_aware(midnight) - timedelta(days=1)
