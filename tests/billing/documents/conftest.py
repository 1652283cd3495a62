"""A bill with everything that a bill may say."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import AccountLink, ServiceAccount
from billing.models import Invoice
from oficina.shared.dates import add_months
from tests.factories.billing import InvoiceFactory, InvoiceLineFactory, LateInterestPolicyFactory


@pytest.fixture
def account(db: None) -> ServiceAccount:
    """An account whose number fills the fourteen digits of a barcode."""
    return ServiceAccount.objects.create(
        number="08200142370012",
        holder_name="Lucía Ferreyra",
        holder_document="30412876",
        holder_vat_condition="Consumidor final",
        service_address="Av. San Martín 1450",
        locality="Godoy Cruz",
        department="Godoy Cruz",
        postal_code="M5501",
        category="Residencial",
        service="Agua y cloaca",
        tariff="R2",
        meter_number="A-20418833",
    )


@pytest.fixture
def bill(link: AccountLink) -> Invoice:
    """The metered bill of September and October 2026, authorised, with two due dates and interest after them."""
    LateInterestPolicyFactory.create()
    bill = InvoiceFactory.create(
        account=link.account,
        invoice_number="0007-01871164",
        issued_on=date(2026, 11, 2),
        amount=Decimal("52387.40"),
        due_on=date(2026, 11, 30),
        later_due_on=[date(2026, 12, 14)],
        later_amounts=[Decimal("53435.15")],
        previous_reading=Decimal(1284),
        previous_reading_on=date(2026, 8, 31),
        current_reading=Decimal("1325.5"),
        current_reading_on=date(2026, 10, 31),
        consumption_m3=Decimal("41.5"),
        other_taxes=Decimal("12.34"),
        payment_code="07420820014237",
        authorization_code="76481234567890",
        authorization_due_on=date(2026, 11, 12),
    )
    InvoiceLineFactory.create(
        invoice=bill,
        position=1,
        concept="Agua potable, cargo fijo",
        unit_price=Decimal("11850.00"),
        amount=Decimal("11850.00"),
        vat_amount=Decimal("2488.50"),
    )
    InvoiceLineFactory.create(
        invoice=bill,
        position=2,
        concept="Agua potable, consumo",
        quantity=Decimal("41.5"),
        unit="m³",
        unit_price=Decimal("759.6788"),
        amount=Decimal("31526.67"),
        vat_amount=Decimal("6522.23"),
    )
    return bill


@pytest.fixture
def history(bill: Invoice) -> list[Invoice]:
    """The twelve bills before it, all paid in nothing: they were for 0 pesos, and used 40 m³ each."""
    return [
        InvoiceFactory.create(
            account=bill.account,
            period=add_months(date(2026, 9, 1), -2 * back),
            amount=Decimal("0.00"),
            consumption_m3=Decimal(40),
        )
        for back in range(1, 13)
    ]
