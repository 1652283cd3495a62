"""The notice of a debit: what an import brings to accounts with a mandate."""

from datetime import date
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccountLink
from adhesions.debit.announcing import announce_what_was_missed
from adhesions.debit.mandates import leave_direct_debit
from adhesions.enums import DebitState
from adhesions.models import ScheduledDebit
from billing.hooks import InvoiceChange, tell_invoices
from billing.models import Invoice
from tests.conftest import NOON
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import InvoiceFactory
from tests.factories.debits import bank_mandate
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

ANNOUNCES = ["adhesions.announce_debits"]


def imported(*bills: Invoice) -> None:
    """What an import tells in its transaction."""
    tell_invoices(InvoiceChange.IMPORTED, [bill.pk for bill in bills])


def bill_of(link: AccountLink, due_on: date = date(2026, 12, 4)) -> Invoice:
    return InvoiceFactory.create(account=link.account, due_on=due_on)


def subjects() -> list[str]:
    return [str(sent.subject) for sent in mail.outbox]


def test_a_new_bill_is_announced_by_a_job_once(link: AccountLink) -> None:
    bank_mandate(link)
    bill = bill_of(link)

    imported(bill)
    assert not ScheduledDebit.objects.exists()
    assert run_jobs()[:1] == ANNOUNCES

    debit = ScheduledDebit.objects.get()
    assert (debit.invoice, debit.amount, debit.debit_on, debit.state, debit.announced_at) == (
        bill, Decimal("1000.00"), date(2026, 12, 4), DebitState.ANNOUNCED, NOON,
    )  # fmt: skip
    assert len(subjects()) == 1
    assert subjects()[0].startswith("Débito automático: $\N{NO-BREAK SPACE}1.000,00 el 04/12/2026")

    imported(bill)
    run_jobs()
    assert ScheduledDebit.objects.count() == len(subjects()) == 1


def test_a_mandate_that_ends_before_the_job_announces_nothing(link: AccountLink) -> None:
    mandate = bank_mandate(link)
    imported(bill_of(link))
    leave_direct_debit(mandate, by=link.user, now=NOON)
    run_jobs()
    assert not ScheduledDebit.objects.exists()


def test_a_bill_of_an_account_without_a_mandate_makes_no_job(link: AccountLink) -> None:
    imported(bill_of(link))
    assert run_jobs() == []


def test_an_import_of_many_bills_asks_no_more_than_one_of_few(link: AccountLink) -> None:
    links = [link, *AccountLinkFactory.create_batch(3)]
    bills = [bill_of(each) for each in links]
    for each in links:
        bank_mandate(each)
    with CaptureQueriesContext(connection) as of_one:
        imported(bills[0])
    with CaptureQueriesContext(connection) as of_all:
        imported(*bills)
    assert len(of_all) == len(of_one)
    run_jobs()
    assert ScheduledDebit.objects.count() == 4


def test_what_no_import_told_of_is_announced_by_the_periodic_job(link: AccountLink) -> None:
    bank_mandate(link)
    in_time, late = bill_of(link), bill_of(link, due_on=date(2026, 11, 30))
    assert announce_what_was_missed(now=NOON) == 1
    assert ScheduledDebit.objects.get().invoice == in_time
    assert announce_what_was_missed(now=NOON) == 0
    assert not late.scheduled_debits.exists()
