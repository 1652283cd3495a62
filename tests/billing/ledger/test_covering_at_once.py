"""A plan that begins while something else happens to its bills: real commits, each thread with its own connection."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.utils import timezone

from billing.covering import BillsMoved, CoverPart, cover_bills
from billing.enums import CreditReason
from billing.external_payments import record_external_payment
from billing.instalments import void_instalments
from billing.models import Allocation, Cover, CreditEntry, Invoice
from tests.billing.ledger.test_concurrency import at_once
from tests.factories.billing import InvoiceFactory, operation
from tests.factories.covering import offered, part_of
from tests.imports import csv_files
from tests.ledger_invariants import ledger_invariants

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 6
PRICE, NOTHING = Decimal("1000.00"), Decimal(0)


@pytest.fixture(autouse=True)
def _invariants_hold() -> Iterator[None]:
    yield
    ledger_invariants()


def begins(bill: Invoice, part: CoverPart, *, plan: str = "one") -> str:
    """What becomes of a plan of a bill that begins."""
    try:
        cover_bills(bill.account_id, [part], plan=f"{plan}-{bill.pk}", at=timezone.now())
    except BillsMoved:
        return "moved"
    return "covered"


def pays(bill: Invoice, amount: Decimal) -> str:
    record_external_payment(operation(bill.account, (bill, amount)), cause="rendición")
    return "paid"


def plan_and(other: Callable[[Invoice], str], bill: Invoice) -> list[str]:
    """The plan of a bill begins at the moment of something else."""
    agreed = part_of(bill)
    return at_once(lambda: begins(bill, agreed), lambda: other(bill))


def test_a_bill_is_covered_or_paid_and_never_both() -> None:
    for _ in range(ROUNDS):
        bill = InvoiceFactory.create()
        began, _ = plan_and(lambda bill: pays(bill, PRICE), bill)
        bill.refresh_from_db()
        credit = list(CreditEntry.objects.filter(account=bill.account).values_list("amount", "reason"))
        assert (began, bill.applied, bill.covered, *credit) in [
            ("covered", NOTHING, PRICE, (PRICE, CreditReason.IN_PLAN)),
            ("moved", PRICE, NOTHING),
        ]


def test_a_bill_is_covered_as_agreed_or_changed_by_its_file(tmp_path: Path) -> None:
    told = csv_files.invoice(due_on="2099-01-01", second_due_on="", second_amount="")
    known = csv_files.write(tmp_path / "invoices.csv", told)
    csv_files.run(csv_files.write(tmp_path / "accounts.csv", csv_files.account()), known)
    bill = Invoice.objects.get()
    dearer = csv_files.write(tmp_path / "invoices.csv", told | {"amount": "1200.00"})

    def change(_: Invoice) -> str:
        _outcomes, bad_rows = csv_files.run(dearer)
        return "refused" if bad_rows else "changed"

    outcome = plan_and(change, bill)
    bill.refresh_from_db()
    assert (*outcome, bill.amount, bill.covered) in [
        ("covered", "refused", PRICE, PRICE),
        ("moved", "changed", Decimal("1200.00"), Decimal("0.00")),
    ]


def test_a_bill_goes_into_one_of_two_plans() -> None:
    for _ in range(ROUNDS):
        bill = InvoiceFactory.create()
        outcome = plan_and(lambda bill: begins(bill, part_of(bill), plan="other"), bill)
        assert sorted(outcome) == ["covered", "moved"]
        assert Cover.objects.get(invoice=bill).amount == PRICE


def test_a_plan_that_begins_twice_at_once_covers_once() -> None:
    bill = InvoiceFactory.create()
    agreed = part_of(bill)
    assert at_once(*[lambda: begins(bill, agreed)] * 8) == ["covered"] * 8
    assert Cover.objects.count() == 1


def test_money_for_an_instalment_that_becomes_void_is_on_no_void_document() -> None:
    bill = InvoiceFactory.create()
    for _ in range(ROUNDS):
        instalment = offered(bill.account)[0]

        def void(instalment: Invoice = instalment) -> str:
            void_instalments(instalment.account_id, [instalment.pk], at=timezone.now())
            return "void"

        at_once(void, partial(pays, instalment, instalment.amount))
        instalment.refresh_from_db()
        entry = CreditEntry.objects.latest("pk")
        had_it = Allocation.objects.filter(invoice=instalment).exists()
        assert (instalment.status, instalment.applied, entry.amount) == ("void", NOTHING, instalment.amount)
        assert entry.reason == (CreditReason.INVOICE_VOIDED if had_it else CreditReason.VOID_INVOICE)
