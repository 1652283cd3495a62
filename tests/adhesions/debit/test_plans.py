"""Direct debit and payment plans: covered bills are not debited, instalments are."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AccountLink
from adhesions.digital.planning import plan_reminders
from adhesions.enums import DebitState
from adhesions.models import BillDelivery, DigitalBilling, ScheduledDebit
from billing.instalments import begin_instalments, void_instalments
from tests.factories.adhesions import digital
from tests.factories.billing import InvoiceFactory, paid_checkout
from tests.factories.covering import cover, offered
from tests.factories.debits import announced, bank_mandate
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def test_debits_of_covered_bills_are_withdrawn_and_instalments_are_announced(link: AccountLink) -> None:
    mandate = bank_mandate(link)
    bill = InvoiceFactory.create(account=link.account)
    debit = announced(mandate, bill)
    first, second, third = offered(link.account)
    run_jobs()
    assert list(ScheduledDebit.objects.all()) == [debit]

    paid_checkout(first)
    cover(bill)
    begin_instalments(link.account_id, [first.pk, second.pk, third.pk])
    run_jobs()
    debit.refresh_from_db()
    assert debit.state == DebitState.WITHDRAWN
    of_plan = ScheduledDebit.objects.exclude(pk=debit.pk).order_by("pk").values_list("invoice", "amount", "state")
    assert list(of_plan) == [(each.pk, each.amount, DebitState.ANNOUNCED) for each in (second, third)]

    void_instalments(link.account_id, [second.pk, third.pk], at=timezone.now())
    assert set(ScheduledDebit.objects.values_list("state", flat=True)) == {DebitState.WITHDRAWN}


def test_reminders_of_bills_leave_out_what_is_in_a_plan_and_its_instalments(link: AccountLink) -> None:
    DigitalBilling.objects.filter(pk=digital(link).pk).update(reminds_before_due=True, reminds_when_overdue=True)
    soon, covered = (
        InvoiceFactory.create(account=link.account, due_on=timezone.localdate() + timedelta(days=1)) for _ in range(2)
    )
    instalments = offered(link.account)
    begin_instalments(link.account_id, [each.pk for each in instalments])
    cover(covered)
    plan_reminders(now=timezone.now())
    assert list(BillDelivery.objects.values_list("invoice", flat=True)) == [soon.pk]
