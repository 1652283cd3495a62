"""What several of these tests do."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import AccountLink, ServiceAccount
from billing.external_payments import record_external_payment
from billing.models import Payment, Refund
from oficina.shared.dates import add_months, today
from tests.factories import billing as bills
from tests.factories.accounts import ServiceAccountFactory


def send(page: Page) -> None:
    """The main form of the page, whatever its button says."""
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()


def submit(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def base(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/"


def leave_the_provider_alone() -> None:
    """Payments and refunds that a factory made are unknown to the local Stripe: nobody is to ask about them."""
    later = timezone.now() + timedelta(hours=1)
    Payment.objects.update(checked_at=later)
    Refund.objects.update(checked_at=later)


def with_history() -> ServiceAccount:
    """An account whose thirteen bills are paid, with readings."""
    account = ServiceAccountFactory.create()
    for back in range(13):
        bill = bills.InvoiceFactory.create(
            account=account,
            period=add_months(date(2026, 9, 1), -2 * back),
            issued_on=today() - timedelta(days=60 * back + 20),
            due_on=today() - timedelta(days=60 * back),
            amount=Decimal(1000 + 37 * back),
            consumption_m3=Decimal(30 + back),
        )
        record_external_payment(bills.operation(account, (bill, bill.amount)), cause="test")
    return account
