"""From the records of the office's tables, and from the search of every page, to the customer."""

import pytest
from django.db.models import Model
from django.test import Client

from accounts.models import AccountLink, ServiceAccount, User
from adhesions.models import BillDelivery, DigitalBilling, DirectDebit, ScheduledDebit
from billing.models import (
    Charge,
    Claim,
    CreditEntry,
    Dispute,
    Invoice,
    Payment,
    PaymentReport,
    Receipt,
    Refund,
    WebhookEvent,
)
from oficina.shared.office.act_pages import record_address
from payment_plans.models import PaymentPlan
from tests.answers import text_of
from tests.staff.conftest import a_row_of_everything, may
from tramites.models import Conversation, LocationReport

pytestmark = pytest.mark.django_db

OF_ACCOUNT: dict[type[Model], str] = {
    AccountLink: "account", Invoice: "account", Payment: "account", PaymentPlan: "account", Charge: "account",
    CreditEntry: "account", DigitalBilling: "account", DirectDebit: "account", LocationReport: "account",
    Claim: "invoice__account", PaymentReport: "invoice__account", BillDelivery: "invoice__account",
    ScheduledDebit: "invoice__account", Refund: "payment__account", Dispute: "payment__account",
}  # fmt: skip


def way(address: str) -> str:
    return f'<p class="customer-way"><a class="office-link" href="{address}">Ver cliente</a></p>'


def test_records_lead_to_their_customer(
    as_administrator: Client, administrator: User, staff: User, subtests: pytest.Subtests
) -> None:
    account, _, payment = a_row_of_everything(administrator)
    page = f"/admin/clientes/{account.pk}/"
    for model, owned in OF_ACCOUNT.items():
        with subtests.test(model=model._meta.label):
            row = model._default_manager.filter(**{owned: account}).latest("pk")
            leads = f"{page}?hallado={model._meta.model_name}-{row.pk}#hallado"
            assert way(leads) in text_of(as_administrator.get(record_address(row)))
    others = {
        account: page,
        payment.payer: f"/admin/clientes/personas/{payment.payer_id}/",
        Receipt.objects.get(payment=payment): f"{page}?hallado=payment-{payment.pk}#hallado",
        Conversation.objects.filter(user=payment.payer).latest("pk"): f"/admin/clientes/personas/{payment.payer_id}/",
    }
    for record, leads in others.items():
        assert record is not None
        with subtests.test(model=record._meta.label):
            assert way(leads) in text_of(as_administrator.get(record_address(record)))
    with subtests.test("about no customer"):
        event = WebhookEvent.objects.latest("pk")
        assert "Ver cliente" not in text_of(as_administrator.get(record_address(event)))
    with subtests.test("who may not see customers"):
        clerk = may(staff, "view_payment")
        assert "Ver cliente" not in text_of(clerk.get(record_address(payment)))


def test_the_search_of_every_page_leads_to_the_customer(
    as_administrator: Client, administrator: User, staff: User
) -> None:
    account, _, payment = a_row_of_everything(administrator)
    found = text_of(as_administrator.get("/admin/search/", {"s": account.number}))

    assert f'href="/admin/clientes/{account.pk}/"' in found
    assert f'href="/admin/clientes/personas/{payment.payer_id}/"' in found
    assert f'href="/admin/clientes/{account.pk}/?hallado=payment-{payment.pk}#hallado"' in found
    clerk = may(staff, "view_payment")
    only = text_of(clerk.get("/admin/search/", {"s": payment.number}))
    assert f'href="{record_address(payment)}"' in only
    assert ServiceAccount.objects.count() > 1
