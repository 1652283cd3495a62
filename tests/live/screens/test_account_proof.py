"""An account that changed hands since it was linked: the page that asks for a bill, and what leads there."""

from datetime import timedelta

from playwright.sync_api import expect

from oficina.shared.dates import today
from tests.factories.accounts import AccountLinkFactory, HolderChangeFactory, UserFactory
from tests.factories.billing import InvoiceFactory, paid_checkout
from tests.live import journey
from tests.live.portal import Portal
from tests.live.screens.doing import base, submit
from tests.live.tour import Tour


def test_account_that_changed_hands(portal: Portal, tour: Tour) -> None:
    page = tour.page
    user = UserFactory.create(email="ana@correo.example", first_name="Ana", last_name="Suárez")
    link = AccountLinkFactory.create(user=user)
    paid_checkout(InvoiceFactory.create(account=link.account, issued_on=today() - timedelta(days=40)), payer=user)
    change = HolderChangeFactory.create(account=link.account)
    link.must_prove_since = change.changed_at
    link.save()
    newer = InvoiceFactory.create(account=link.account, issued_on=today() + timedelta(days=1))
    journey.log_in(page, user)

    tour.see("/mis-cuentas/", "my_accounts", "to be proven")
    page.goto(f"{base(link)}inicio/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Acreditá la cuenta")
    tour.look("prove_account", "with what the person paid")
    page.locator("details.switcher summary").click()
    tour.look("prove_account", "with the other accounts open")
    page.locator("#id_datum").fill("1")
    submit(page, "Acreditar cuenta")
    tour.look("prove_account", "not found")
    page.locator("#id_datum").fill(newer.invoice_number)
    submit(page, "Acreditar cuenta")
    expect(page.get_by_text("Acreditaste la cuenta")).to_be_visible()

    assert tour.faults == []
