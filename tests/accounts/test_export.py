"""`manage.py export_contact_changes`: one line for each account whose person is reached otherwise from then on."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from time_machine import Traveller

from accounts.account_numbers import format_account_number
from accounts.enums import LinkEvidence
from accounts.linking import unlink_account
from accounts.models import AccountLink, ProfileField, User
from accounts.profile import ProfileData, record_change, update_profile
from tests.factories.accounts import AccountLinkFactory, ServiceAccountFactory

pytestmark = pytest.mark.django_db

HEADER = "datum,changed_at,account_number,person_document,before,after,changed_by"


def exported(since: str, until: str) -> list[str]:
    out = StringIO()
    call_command("export_contact_changes", since=since, until=until, stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()


def new_phone(user: User, phone: str, *, by: User, last_name: str = "Suárez") -> None:
    data = ProfileData(first_name="Ana", last_name=last_name, document=user.document, phone=phone)
    update_profile(user, data, by=by)


def test_each_change_of_mail_or_telephone_is_told_once_for_each_account(
    at_noon: Traveller, owner: User, link: AccountLink, staff: User
) -> None:
    owner.document, owner.phone = "30123457", "2615550100"
    owner.save()
    other = AccountLinkFactory.create(user=owner, account=ServiceAccountFactory.create(), evidence=LinkEvidence.OFFICE)
    new_phone(owner, "2615550183", by=owner, last_name="Suárez Gil")
    at_noon.shift(timedelta(days=1))
    unlink_account(other)
    at_noon.shift(timedelta(hours=1))
    new_phone(owner, "", by=staff)
    record_change(owner, ProfileField.EMAIL, before="ana@correo.example", after="ana@otro.example", by=owner)

    first, second = (format_account_number(held.account.number) for held in (link, other))
    tuesday = [
        f"phone,2026-11-24T12:00:00-03:00,{first},30123457,2615550100,2615550183,person",
        f"phone,2026-11-24T12:00:00-03:00,{second},30123457,2615550100,2615550183,person",
    ]
    wednesday = [
        f"phone,2026-11-25T13:00:00-03:00,{first},30123457,2615550183,,office",
        f"email,2026-11-25T13:00:00-03:00,{first},30123457,ana@correo.example,ana@otro.example,person",
    ]
    assert exported("2026-11-24", "2026-11-24") == [HEADER, *tuesday]
    assert exported("2026-11-25", "2026-11-25") == [HEADER, *wednesday]
    assert exported("2026-11-24", "2026-11-25") == [HEADER, *tuesday, *wednesday]
    assert exported("2026-11-26", "2026-11-30") == [HEADER]


def test_what_changed_before_the_account_was_linked_is_not_told(at_noon: Traveller, owner: User) -> None:
    new_phone(owner, "2615550183", by=owner)
    at_noon.shift(timedelta(seconds=1))
    AccountLinkFactory.create(user=owner)

    assert exported("2026-11-24", "2026-11-24") == [HEADER]


def test_it_costs_the_same_with_more_changes(at_noon: Traveller, owner: User, link: AccountLink) -> None:
    new_phone(owner, "2615550183", by=owner)
    with CaptureQueriesContext(connection) as few:
        assert len(exported("2026-11-24", "2026-11-24")) == 2
    for number in range(9):
        new_phone(owner, f"261555019{number}", by=owner)

    with CaptureQueriesContext(connection) as many:
        assert len(exported("2026-11-24", "2026-11-24")) == 11
    assert len(many) == len(few)
