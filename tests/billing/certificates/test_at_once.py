"""A certificate and what makes or takes a debt, at the same moment: real commits, real threads."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import AccountLink
from billing.debt_certificates import AccountOwes, issue_certificate
from billing.enums import InvoiceStatus
from billing.external_payments import record_external_payment
from billing.locks import lock_account
from billing.models import DebtCertificate, Invoice, Payment
from billing.refunds import record_refund
from tests.billing.checkout.steps import at_once
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import InvoiceFactory, operation, paid_checkout
from tests.factories.returns import refund_report

pytestmark = pytest.mark.django_db(transaction=True)

PRICE = Decimal("1000.00")


def issue(link: AccountLink) -> DebtCertificate:
    try:
        return issue_certificate(link, link.user)
    finally:
        connection.close()


def test_two_clicks_issue_one() -> None:
    link = AccountLinkFactory.create()
    first, second = at_once(lambda: issue(link), lambda: issue(link))
    assert first == second == DebtCertificate.objects.get()


def an_import_changes_a_bill(link: AccountLink) -> None:
    lock_account(link.account_id)
    Invoice.objects.filter(account=link.account_id).update(status=InvoiceStatus.OPEN)


def a_payment_is_given_back(link: AccountLink) -> None:
    payment = Payment.objects.of(link).get()
    record_refund(payment.pk, refund_report(payment, PRICE))


@pytest.mark.parametrize("makes_a_debt", [an_import_changes_a_bill, a_payment_is_given_back])
def test_it_waits_for_whoever_is_making_a_debt_and_then_sees_it(makes_a_debt: Callable[[AccountLink], None]) -> None:
    link = AccountLinkFactory.create()
    paid_checkout(InvoiceFactory.create(account=link.account))
    if makes_a_debt is an_import_changes_a_bill:
        InvoiceFactory.create(account=link.account, status=InvoiceStatus.VOID)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            makes_a_debt(link)
            asked = pool.submit(issue, link)
            until_somebody_waits()
        with pytest.raises(AccountOwes):
            asked.result(timeout=20)
    assert not DebtCertificate.objects.exists()


def test_it_is_dated_after_what_it_waited_for() -> None:
    link = AccountLinkFactory.create()
    bill = InvoiceFactory.create(account=link.account)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        record_external_payment(operation(link.account, (bill, PRICE)), cause="rendición")
        asked = pool.submit(issue, link)
        until_somebody_waits()
        paid_at = timezone.now()
    assert asked.result(timeout=20).issued_at > paid_at


def until_somebody_waits() -> None:
    """Until another connection to this database waits for a lock."""
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_stat_clear_snapshot(); SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"  # the server is shared
            )
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.05)
    pytest.fail("nobody waits")
