"""Imports about bills that payment plans cover, and about instalments."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import ServiceAccount
from billing.covering import uncover_bills
from billing.enums import CreditReason, DiscrepancyKind
from billing.hooks import InvoiceChange
from billing.models import CreditEntry, Discrepancy, Invoice, InvoiceLine
from tests.factories.billing import LateInterestPolicyFactory
from tests.factories.covering import PLAN, cover, offered
from tests.imports import csv_files
from tests.imports.csv_files import invoice, line, payment
from tests.ledger_invariants import ledger_invariants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def bill(tmp_path: Path) -> Invoice:
    """A bill of 1,000 pesos until 20/11 and 1,050 until 1/12, with one line."""
    LateInterestPolicyFactory.create()
    csv_files.run(
        csv_files.write(tmp_path / "accounts.csv", csv_files.account()),
        csv_files.write(tmp_path / "invoices.csv", invoice()),
        csv_files.write(tmp_path / "lines.csv", line()),
    )
    return Invoice.objects.get()


@pytest.mark.parametrize(
    ("values", "column", "reason"),
    [
        ({"amount": "1000.01"}, "amount", "La factura está en un plan de pago: su importe no cambia."),
        ({"second_amount": "1060.00"}, "second_amount", "La factura está en un plan de pago: sus importes no cambian."),
        ({"status": "void"}, "status", "Un plan de pago cubre la factura: no se puede anular."),
    ],
)
def test_covered_bill_keeps_its_price_and_stays_valid(
    bill: Invoice, tmp_path: Path, values: dict[str, str], column: str, reason: str
) -> None:
    cover(bill)
    _, bad_rows = csv_files.run(csv_files.write(tmp_path / "invoices.csv", invoice() | values))
    assert [(row.line, row.column, row.reason) for row in bad_rows] == [(2, column, reason)]
    bill.refresh_from_db()
    assert (bill.amount, bill.covered, bill.status) == (Decimal("1000.00"), Decimal("1050.00"), "open")
    ledger_invariants()


def test_lines_of_a_covered_bill_keep_their_amounts(bill: Invoice, tmp_path: Path) -> None:
    cover(bill)
    _, bad_rows = csv_files.run(csv_files.write(tmp_path / "lines.csv", line(amount="1.00")))
    assert [row.reason for row in bad_rows] == ["La factura está en un plan de pago: sus importes no cambian."]
    assert InvoiceLine.objects.get().amount != Decimal("1.00")


def test_bill_that_a_plan_paid_in_part_takes_what_leaves_a_debt(bill: Invoice, tmp_path: Path) -> None:
    cover(bill)
    uncover_bills(bill.account_id, plan=PLAN, paid_capital=Decimal("525.00"), at=timezone.now())
    for amount, taken in (("475.00", 0), ("1000.00", 0), ("1200.00", 1)):
        told = invoice(amount=amount, second_amount="1260.00")
        outcomes, _ = csv_files.run(csv_files.write(tmp_path / "invoices.csv", told))
        assert outcomes[0].updated == (taken or amount == "1000.00")
    ledger_invariants()


def test_money_for_bills_that_a_plan_covers_wholly_or_in_part(
    bill: Invoice, tmp_path: Path, heard: list[tuple[InvoiceChange, list[int]]]
) -> None:
    file = tmp_path / "payments.csv"
    cover(bill)
    csv_files.run(csv_files.write(file, payment(paid_at="2026-11-23T10:30:00", amount="1050.00")))
    entry = CreditEntry.objects.get()
    assert (entry.amount, entry.reason) == (Decimal("1050.00"), CreditReason.IN_PLAN)
    assert Discrepancy.objects.get().kind == DiscrepancyKind.PAID_IN_PLAN

    uncover_bills(bill.account_id, plan=PLAN, paid_capital=Decimal("525.00"), at=timezone.now())
    heard.clear()
    paid_at = "2026-11-23T11:30:00"
    csv_files.run(csv_files.write(file, payment(operation_number="R-2", paid_at=paid_at, amount="500.00")))
    csv_files.run(csv_files.write(file, payment(operation_number="R-3", paid_at=paid_at, amount="100.00")))
    bill.refresh_from_db()
    assert (bill.applied, bill.covered, bill.surcharge, bill.is_paid) == (
        Decimal("525.00"), Decimal("525.00"), Decimal("50.00"), True,
    )  # fmt: skip
    assert CreditEntry.objects.latest("pk").amount == Decimal("75.00")
    assert heard == [(InvoiceChange.BALANCE_MOVED, [bill.pk]), (InvoiceChange.SETTLED, [bill.pk])]
    ledger_invariants()


def test_instalments_are_paid_by_files_as_any_bill(bill: Invoice, tmp_path: Path) -> None:
    instalment = offered(ServiceAccount.objects.get())[0]
    told = payment(payment_code=instalment.payment_code or "", amount="424.20")
    _, bad_rows = csv_files.run(csv_files.write(tmp_path / "payments.csv", told))
    assert bad_rows == []
    instalment.refresh_from_db()
    assert (instalment.is_paid, bill.is_paid) == (True, False)
    ledger_invariants()
