"""What the m³ above the average cost, when the lines of the bill tell."""

from decimal import Decimal

import pytest

from billing.claims.contested_part import contested_part
from billing.models import Invoice
from billing.unusual_consumption import UnusualConsumption
from tests.factories.billing import InvoiceFactory, InvoiceLineFactory

pytestmark = pytest.mark.django_db

UNUSUAL = UnusualConsumption(
    used=Decimal("81.000"), average=Decimal(121) / 3, compared_with="los últimos dos años", excess=100
)


@pytest.fixture
def bill() -> Invoice:
    """81 m³, with a fixed price that does not depend on them."""
    bill = InvoiceFactory.create(consumption_m3=Decimal(81))
    InvoiceLineFactory.create(invoice=bill, concept="Agua potable, cargo fijo")
    return bill


def line(bill: Invoice, quantity: int, price: str, *, vat_rate: str = "21.00") -> None:
    InvoiceLineFactory.create(
        invoice=bill, quantity=Decimal(quantity), unit="m³", unit_price=Decimal(price), vat_rate=Decimal(vat_rate)
    )


def test_each_line_by_m3_counts_with_its_vat(bill: Invoice) -> None:
    line(bill, 81, "312.4000")
    line(bill, 81, "218.6600", vat_rate="0.00")

    part = contested_part(bill, UNUSUAL)

    # 40.67 m³ × 312.40 = 12,705.31, and 21 % of it 2,668.12; 40.67 × 218.66 = 8,892.90
    assert (part.used, part.price) == (Decimal("40.67"), Decimal("24266.33"))
    assert part.used_words == "40,67 m³"


def test_blocks_of_consumption_do_not_tell(bill: Invoice) -> None:
    line(bill, 30, "200.0000")
    line(bill, 51, "400.0000")

    assert contested_part(bill, UNUSUAL).price is None


def test_a_bill_without_lines_by_m3_does_not_tell(bill: Invoice) -> None:
    assert contested_part(bill, UNUSUAL).price is None
