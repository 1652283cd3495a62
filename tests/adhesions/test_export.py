"""`manage.py export_adhesions`: one line for each adhesion made and each that ended, in the order of these acts."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from time_machine import Traveller

from accounts.account_numbers import format_account_number
from accounts.models import AccountLink
from adhesions.debit.mandates import end_direct_debit
from adhesions.digital.leaving import end_digital_billing
from adhesions.enums import AdhesionEnd
from tests.factories.adhesions import digital
from tests.factories.debits import bank_mandate

pytestmark = pytest.mark.django_db

HEADER = "act,kind,changed_at,adhesion_number,account_number,email,means,means_last4,bank_code,cap,reason"


def exported(since: str, until: str) -> list[str]:
    out = StringIO()
    call_command("export_adhesions", since=since, until=until, stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()


def test_adhesions_made_and_ended_are_told_by_day(at_noon: Traveller, link: AccountLink) -> None:
    account = format_account_number(link.account.number)
    bill = digital(link)
    at_noon.shift(timedelta(hours=1))
    debit = bank_mandate(link, cap=Decimal("50000.00"))
    at_noon.shift(timedelta(days=1))
    end_direct_debit(debit, AdhesionEnd.HOLDER_CHANGED, by=None, now=timezone.now())
    at_noon.shift(timedelta(hours=1))
    end_digital_billing(bill, AdhesionEnd.UNSUBSCRIBED, by=None, now=timezone.now())

    made = [
        f"made,digital_bill,2026-11-24T12:00:00-03:00,{bill},{account},ana@correo.example,,,,,",
        f"made,direct_debit,2026-11-24T13:00:00-03:00,{debit},{account},,bank,5201,285,50000.00,",
    ]
    ended = [
        f"ended,direct_debit,2026-11-25T13:00:00-03:00,{debit},{account},,bank,5201,285,50000.00,holder_changed",
        f"ended,digital_bill,2026-11-25T14:00:00-03:00,{bill},{account},ana@correo.example,,,,,unsubscribed",
    ]
    assert exported("2026-11-24", "2026-11-24") == [HEADER, *made]
    assert exported("2026-11-25", "2026-11-25") == [HEADER, *ended]
    assert exported("2026-11-24", "2026-11-25") == [HEADER, *made, *ended]
    assert exported("2026-11-26", "2026-11-30") == [HEADER]
