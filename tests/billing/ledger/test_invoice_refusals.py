"""What the database refuses about bills, whoever asks."""

from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from billing.enums import InvoiceStatus
from billing.models import Allocation, Invoice
from tests.billing.ledger.refusing import MONEY, received_elsewhere, refused
from tests.factories.accounts import ServiceAccountFactory
from tests.factories.billing import InvoiceFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "columns",
    [{"applied": Decimal("1.00")}, {"surcharge": Decimal("1.00")}, {"settled_at": timezone.now()}],
)
def test_new_bill_has_received_nothing(columns: dict[str, object]) -> None:
    refused(lambda: InvoiceFactory.create(**columns), "a new invoice has nothing applied")


@pytest.mark.parametrize(
    "columns",
    [{"applied": Decimal("1.00")}, {"surcharge": Decimal("1.00")}, {"settled_at": timezone.now()}],
)
def test_money_of_a_bill_is_not_moved_by_hand(invoice: Invoice, columns: dict[str, object]) -> None:
    refused(lambda: Invoice.objects.update(**columns), "moved by allocations and cover only")


@pytest.mark.parametrize("amount", ["999.00", "1001.00"])
def test_paid_bill_keeps_its_amount(paid_invoice: Invoice, amount: str) -> None:
    refused(lambda: Invoice.objects.update(amount=Decimal(amount)), "its amount may not become")


def test_new_amount_never_pays_a_bill() -> None:
    invoice = InvoiceFactory.create(amount=Decimal("2000.00"))
    Allocation.objects.create(payment=received_elsewhere(invoice.account), invoice=invoice, amount=MONEY)
    for amount in ("999.99", "1000.00"):
        refused(partial(Invoice.objects.update, amount=Decimal(amount)), "its amount may not become")
    Invoice.objects.update(amount=Decimal("1000.01"))
    assert not Invoice.objects.get().is_paid


def test_bill_with_money_is_not_voided(paid_invoice: Invoice) -> None:
    refused(lambda: Invoice.objects.update(status=InvoiceStatus.VOID), "invoice_void_holds_no_money|invoice_settled")


def test_bill_keeps_its_identity(invoice: Invoice) -> None:
    for change in (
        {"account": ServiceAccountFactory.create()},
        {"invoice_number": "1"},
        {"document_code": 17},
        {"kind": "charge"},
        {"public_id": "another"},
    ):
        refused(partial(Invoice.objects.update, **change), "Cannot update rows")


def test_bill_has_an_identity_of_its_own(invoice: Invoice) -> None:
    refused(lambda: InvoiceFactory.create(invoice_number=invoice.invoice_number), "invoice_identity")
    InvoiceFactory.create(invoice_number=invoice.invoice_number, document_code=17)


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"amount": Decimal("-0.01")}, "invoice_amount_not_negative"),
        ({"later_amounts": [Decimal(1)]}, "invoice_later_dates_have_amounts"),
        ({"period": None}, "invoice_service_has_period_and_kind"),
        ({"service_kind": ""}, "invoice_service_has_period_and_kind"),
        ({"kind": "gift", "period": None}, "invoice_kind_known"),
        ({"status": "lost"}, "invoice_status_known"),
    ],
)
def test_bill_that_makes_no_sense_is_refused(columns: dict[str, object], rule: str) -> None:
    refused(lambda: InvoiceFactory.create(**columns), rule)


def test_due_dates_ascend() -> None:
    bill = InvoiceFactory.build()
    refused(
        lambda: InvoiceFactory.create(later_due_on=[bill.due_on], later_amounts=[Decimal(1)]),
        "invoice_due_dates_ascend",
    )


def test_period_is_a_month() -> None:
    refused(lambda: InvoiceFactory.create(period=timezone.localdate().replace(day=2)), "invoice_period_is_a_month")
