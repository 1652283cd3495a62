"""Adhering an account while the same person gives it up: one of the two waits for the other, and none fails."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.enums import TermsPurpose
from accounts.linking import unlink_account
from accounts.models import AccountLink
from accounts.terms import current_terms
from adhesions.debit.mandates import Consent, give_bank_mandate
from adhesions.digital.joining import join_digital_billing
from adhesions.models import DigitalBilling, DirectDebit
from adhesions.refusals import LinkEnded
from billing.locks import lock_account
from tests.adhesions.debit.test_bank_accounts import CBU
from tests.adhesions.debit.test_mandates import CUIL

pytestmark = pytest.mark.django_db(transaction=True)


def adhere_to_the_bill(link: AccountLink) -> None:
    terms = current_terms(TermsPurpose.DIGITAL_BILL)
    join_digital_billing(link, email=link.user.email, terms=terms, ip=None, now=timezone.now())


def adhere_to_the_debit(link: AccountLink) -> None:
    consent = Consent(terms=current_terms(TermsPurpose.DIRECT_DEBIT), ip=None)
    give_bank_mandate(link, CBU, CUIL, consent, now=timezone.now())


def waiting() -> int:
    """How many connections of this database wait for somebody's lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # or else the whole transaction sees what it saw first
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        (count,) = cursor.fetchone()
    return int(count)


def until_they_wait(count: int) -> None:
    for _ in range(500):
        if waiting() >= count:
            return
        time.sleep(0.01)
    raise TimeoutError(f"{waiting()} wait, not {count}")


def alone(act: Callable[[AccountLink], None], link: AccountLink) -> None:
    try:
        act(link)
    finally:
        connection.close()


def test_account_is_adhered_and_then_given_up(link: AccountLink) -> None:
    """Ending the mandate needs the account, which the one who adheres holds."""
    adhere_to_the_debit(link)
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            lock_account(link.account_id)
            joining = pool.submit(alone, adhere_to_the_bill, link)
            until_they_wait(1)
            leaving = pool.submit(alone, unlink_account, link)
            until_they_wait(2)
        joining.result(timeout=30)
        leaving.result(timeout=30)

    assert (DigitalBilling.objects.count(), DirectDebit.objects.count()) == (1, 1)
    assert not DigitalBilling.objects.live().exists()
    assert not DirectDebit.objects.live().exists()


@pytest.mark.parametrize("adhere", [adhere_to_the_bill, adhere_to_the_debit])
def test_account_that_is_given_up_is_adhered_no_more(link: AccountLink, adhere: Callable[[AccountLink], None]) -> None:
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            unlink_account(link)
            joining = pool.submit(alone, adhere, link)
            until_they_wait(1)
        with pytest.raises(LinkEnded):
            joining.result(timeout=30)

    assert DigitalBilling.objects.count() + DirectDebit.objects.count() == 0
