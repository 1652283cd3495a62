"""Unpaid bills are recalled to whoever asked: once before they fall due, once after."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings
from time_machine import Traveller

from accounts.models import AccountLink
from adhesions.digital.planning import plan_reminders
from adhesions.digital.refusals import MailedByAnother
from adhesions.models import BillDelivery, DigitalBilling
from billing.external_payments import record_external_payment
from billing.models import Invoice
from oficina.shared.dates import today
from tests.factories.accounts import AccountLinkFactory
from tests.factories.adhesions import digital
from tests.factories.billing import InvoiceFactory, operation
from tests.jobs import run_jobs

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def adhesion(link: AccountLink) -> DigitalBilling:
    """Ana wants both reminders."""
    made = digital(link)
    DigitalBilling.objects.update(reminds_before_due=True, reminds_when_overdue=True)
    run_jobs()
    mail.outbox.clear()
    return made


def bill(adhesion: DigitalBilling, *, due_in: int) -> Invoice:
    return InvoiceFactory.create(account=adhesion.account, due_on=today() + timedelta(days=due_in))


def subjects() -> list[str]:
    """What was mailed by the morning's job."""
    plan_reminders(now=timezone.now())
    run_jobs()
    found = [str(message.subject).split(",", maxsplit=1)[0].split(":")[0] for message in mail.outbox]
    mail.outbox.clear()
    return found


def test_an_unpaid_bill_is_recalled_once_before_and_once_after(adhesion: DigitalBilling, at_noon: Traveller) -> None:
    bill(adhesion, due_in=4)
    mailed = []
    for _day in range(14):
        mailed.append(subjects())
        at_noon.shift(timedelta(days=1))
    told = [(day, words) for day, words in enumerate(mailed) if words]
    assert told == [(1, ["Tu factura vence en 3 días"]), (5, ["Tu factura venció el 28/11/2026"])]


def test_how_long_before_is_a_setting(adhesion: DigitalBilling, settings: Settings) -> None:
    settings.UTILITY = settings.UTILITY.model_copy(update={"bill_reminder_days": 5})
    bill(adhesion, due_in=6)
    assert subjects() == []
    bill(adhesion, due_in=5)
    assert subjects() == ["Tu factura vence en 5 días"]


def test_a_mail_that_two_people_want_the_bills_at_is_reminded_once(adhesion: DigitalBilling) -> None:
    with pytest.raises(MailedByAnother):
        digital(AccountLinkFactory.create(account=adhesion.account), email=adhesion.email)
    bill(adhesion, due_in=2)
    assert (subjects(), subjects()) == (["Tu factura vence en 2 días"], [])


@pytest.mark.parametrize("due_in", [4, -8])
def test_what_is_too_early_or_too_late_is_not_recalled(adhesion: DigitalBilling, due_in: int) -> None:
    bill(adhesion, due_in=due_in)
    assert subjects() == []


def test_a_paid_bill_is_not_recalled(adhesion: DigitalBilling) -> None:
    paid = bill(adhesion, due_in=2)
    record_external_payment(operation(adhesion.account, (paid, Decimal("1000.00"))), cause="test")
    assert subjects() == []


def test_a_bill_paid_after_it_was_planned_is_not_recalled(adhesion: DigitalBilling) -> None:
    paid = bill(adhesion, due_in=2)
    plan_reminders(now=timezone.now())
    record_external_payment(operation(adhesion.account, (paid, Decimal("1000.00"))), cause="test")
    run_jobs()
    assert mail.outbox == []
    assert BillDelivery.objects.get().state == "not_needed"


def test_nobody_is_reminded_who_did_not_ask(adhesion: DigitalBilling) -> None:
    bill(adhesion, due_in=2)
    bill(adhesion, due_in=-2)
    DigitalBilling.objects.update(reminds_before_due=False, reminds_when_overdue=False)
    assert subjects() == []
