"""Import of `invoices.csv` and `invoice_lines.csv`."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.enums import InvoiceKind, ServiceKind
from billing.expiring_checkouts import EXPIRE_CHECKOUTS_TASK
from billing.external_payments import record_external_payment
from billing.hooks import InvoiceChange
from billing.models import Invoice, InvoiceLine
from oficina.shared.models import ImportChange
from tests.factories.billing import InvoiceFactory, LateInterestPolicyFactory, open_checkout, operation
from tests.imports import csv_files
from tests.imports.csv_files import account, account_number, invoice, line
from tests.ledger_invariants import ledger_invariants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def invoices(tmp_path: Path) -> Path:
    """Where to write the bills of two accounts."""
    LateInterestPolicyFactory.create()
    csv_files.run(csv_files.write(tmp_path / "accounts.csv", account(), account(account_number=account_number(2))))
    return tmp_path / "invoices.csv"


def _pay(amount: str) -> None:
    bill = Invoice.objects.get()
    record_external_payment(operation(bill.account, (bill, Decimal(amount))), cause="notice")


def test_metered_bill_is_kept_as_told(invoices: Path) -> None:
    _, bad_rows = csv_files.run(csv_files.write(invoices, invoice()))

    assert bad_rows == []
    bill = Invoice.objects.get()
    assert (bill.kind, bill.service_kind) == (InvoiceKind.SERVICE, ServiceKind.METERED)
    assert (bill.document_code, bill.invoice_number) == (18, "0142-00000001")
    assert bill.account.number == account_number().replace("-", "")
    assert (bill.period, bill.issued_on, bill.due_on) == (date(2026, 9, 1), date(2026, 11, 1), date(2026, 11, 20))
    assert (bill.amount, bill.later_amounts) == (Decimal("1000.00"), [Decimal("1050.00")])
    assert bill.later_due_on == [date(2026, 12, 1)]
    assert (bill.consumption_m3, bill.current_reading) == (Decimal("31.500"), Decimal("1231.500"))
    assert (bill.other_taxes, bill.payment_code) == (Decimal("12.30"), "7000000001")
    assert (bill.applied, bill.surcharge, bill.settled_at) == (Decimal("0.00"), Decimal("0.00"), None)
    assert len(bill.public_id) == 20


def test_flat_rate_bill_has_nothing_of_a_meter(invoices: Path) -> None:
    nothing = dict.fromkeys(
        ["consumption_m3", "previous_reading", "previous_reading_on", "current_reading", "current_reading_on"], ""
    )

    _, bad_rows = csv_files.run(
        csv_files.write(
            invoices,
            invoice(kind="flat-rate", second_amount="", second_due_on="", other_taxes="", payment_code="", **nothing),
        )
    )

    assert bad_rows == []
    bill = Invoice.objects.get()
    assert bill.service_kind == ServiceKind.FLAT_RATE
    assert (bill.later_due_on, bill.later_amounts, bill.other_taxes) == ([], [], Decimal("0.00"))
    assert (bill.payment_code, bill.consumption_m3) == (None, None)


def test_series_a_and_b_repeat_numbers(invoices: Path) -> None:
    csv_files.run(csv_files.write(invoices, invoice(), invoice(document_code="17", payment_code="")))

    assert set(Invoice.objects.values_list("document_code", "invoice_number")) == {
        (17, "0142-00000001"),
        (18, "0142-00000001"),
    }


def _dump() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin, ctid, i.* FROM billing_invoice i ORDER BY id")
        rows = cursor.fetchall()
        cursor.execute("SELECT xmin, ctid, l.* FROM billing_invoiceline l ORDER BY id")
        return [*rows, *cursor.fetchall()]


def test_same_files_again_touch_no_row(invoices: Path, tmp_path: Path) -> None:
    csv_files.write(invoices, invoice(), invoice(invoice_number="2", payment_code="", third_amount="", amount="7"))
    lines = csv_files.write(tmp_path / "lines.csv", line(), line(position="2"))
    csv_files.run(invoices, lines)
    _pay_first()
    before = _dump()

    outcomes, _ = csv_files.run(invoices, lines)

    assert [csv_files.counts(outcome) for outcome in outcomes] == [(0, 0, 2, 0), (0, 0, 2, 0)]
    assert _dump() == before


def _pay_first() -> None:
    bill = Invoice.objects.get(invoice_number="0142-00000001")
    record_external_payment(operation(bill.account, (bill, Decimal("1050.00"))), cause="notice")


def test_changed_bill_updates_and_what_was_there_is_noted(invoices: Path) -> None:
    csv_files.run(csv_files.write(invoices, invoice()))
    made = Invoice.objects.get()

    outcomes, _ = csv_files.run(csv_files.write(invoices, invoice(amount="900.00", due_on="2026-11-25")))

    assert csv_files.counts(outcomes[0]) == (0, 1, 0, 0)
    bill = Invoice.objects.get()
    assert (bill.amount, bill.due_on) == (Decimal("900.00"), date(2026, 11, 25))
    assert (bill.public_id, bill.created_at) == (made.public_id, made.created_at)
    change = ImportChange.objects.get(run=outcomes[0].run_id)
    assert change.before == {"amount": 1000.0, "due_on": "2026-11-20"}


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"amount": "1000.01"}, "amount"),
        ({"second_amount": "1060.00"}, "second_amount"),
        ({"third_amount": "1100.00", "third_due_on": "2026-12-20"}, "third_amount"),
        ({"status": "void"}, "status"),
        ({"account_number": account_number(2)}, "account_number"),
    ],
)
def test_paid_bill_keeps_its_price_and_stays_valid(invoices: Path, values: dict[str, str], column: str) -> None:
    csv_files.run(csv_files.write(invoices, invoice()))
    _pay("1050.00")

    outcomes, bad_rows = csv_files.run(csv_files.write(invoices, invoice() | values))

    assert csv_files.counts(outcomes[0]) == (0, 0, 0, 1)
    assert csv_files.places(bad_rows) == [(2, column)]
    bill = Invoice.objects.get()
    assert (bill.amount, bill.later_amounts, bill.status) == (Decimal("1000.00"), [Decimal("1050.00")], "open")
    ledger_invariants()


def test_paid_bill_still_takes_what_does_not_change_its_price(invoices: Path) -> None:
    csv_files.run(csv_files.write(invoices, invoice()))
    _pay("1050.00")

    outcomes, _ = csv_files.run(csv_files.write(invoices, invoice(authorization_code="74123456789012")))

    assert csv_files.counts(outcomes[0]) == (0, 1, 0, 0)
    assert Invoice.objects.get().authorization_code == "74123456789012"


@pytest.mark.parametrize(("amount", "taken"), [("1200.00", 1), ("400.00", 0), ("390.00", 0)])
def test_bill_paid_in_part_takes_only_an_amount_that_leaves_a_debt(invoices: Path, amount: str, taken: int) -> None:
    csv_files.run(csv_files.write(invoices, invoice(due_on="2026-11-29")))
    _pay("400.00")

    outcomes, bad_rows = csv_files.run(
        csv_files.write(invoices, invoice(amount=amount, second_amount="1300.00", due_on="2026-11-29"))
    )

    assert outcomes[0].updated == taken
    assert csv_files.places(bad_rows) == ([] if taken else [(2, "amount")])
    ledger_invariants()


def test_bill_with_money_is_not_voided(invoices: Path) -> None:
    csv_files.run(csv_files.write(invoices, invoice()))
    _pay("1.00")

    _, bad_rows = csv_files.run(csv_files.write(invoices, invoice(status="void")))

    assert [(row.line, row.column, row.reason) for row in bad_rows] == [
        (2, "status", "La factura tiene pagos: no se puede anular.")
    ]


def test_unpaid_bill_is_voided(invoices: Path) -> None:
    csv_files.run(csv_files.write(invoices, invoice()))

    csv_files.run(csv_files.write(invoices, invoice(status="void")))

    assert Invoice.objects.get().status == "void"


def test_bill_of_another_account_is_refused(invoices: Path) -> None:
    csv_files.run(csv_files.write(invoices, invoice()))

    _, bad_rows = csv_files.run(csv_files.write(invoices, invoice(account_number=account_number(2))))

    assert csv_files.places(bad_rows) == [(2, "account_number")]


def test_number_of_a_document_of_the_portal_is_refused(invoices: Path) -> None:
    InvoiceFactory.create(
        kind=InvoiceKind.CHARGE, service_kind="", period=None, document_code=18, invoice_number="0142-00000001"
    )

    _, bad_rows = csv_files.run(csv_files.write(invoices, invoice()))

    assert csv_files.places(bad_rows) == [(2, "document_code")]


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"document_code": "6"}, "document_code"),
        ({"document_code": ""}, "document_code"),
        ({"invoice_number": ""}, "invoice_number"),
        ({"invoice_number": "B/0142"}, "invoice_number"),
        ({"invoice_number": "0142-00000001"}, "invoice_number"),
        ({"account_number": account_number(9)}, "account_number"),
        ({"account_number": "082-0000001-001-0"}, "account_number"),
        ({"kind": "medida"}, "kind"),
        ({"period": "2026-13"}, "period"),
        ({"period": "09/2026"}, "period"),
        ({"issued_on": "2026-02-29"}, "issued_on"),
        ({"amount": "1000,50"}, "amount"),
        ({"amount": "1,000.50"}, "amount"),
        ({"amount": "1000.505"}, "amount"),
        ({"amount": "1e3"}, "amount"),
        ({"amount": "-1.00"}, "amount"),
        ({"amount": "1234567890123.00"}, "amount"),
        ({"amount": "\u0661\u0660"}, "amount"),
        ({"due_on": "20/11/2026"}, "due_on"),
        ({"due_on": "2026-10-31"}, "due_on"),
        ({"second_due_on": ""}, "second_due_on"),
        ({"second_due_on": "2026-11-20"}, "second_due_on"),
        ({"second_amount": "999.99"}, "second_amount"),
        ({"third_amount": "1100.00"}, "third_due_on"),
        ({"third_amount": "1100.00", "third_due_on": "2026-12-01"}, "third_due_on"),
        ({"third_amount": "1049.00", "third_due_on": "2026-12-20"}, "third_amount"),
        (
            {"second_amount": "", "second_due_on": "", "third_amount": "1100.00", "third_due_on": "2026-12-20"},
            "third_due_on",
        ),
        ({"consumption_m3": ""}, "consumption_m3"),
        ({"kind": "flat-rate"}, "consumption_m3"),
        ({"current_reading_on": "2026-08-01"}, "current_reading_on"),
        ({"payment_code": "7000000001"}, "payment_code"),
        ({"payment_code": "70 01"}, "payment_code"),
        ({"status": "paid"}, "status"),
    ],
)
def test_bad_row_is_reported_and_the_others_taken(invoices: Path, values: dict[str, str], column: str) -> None:
    second = invoice(invoice_number="0142-00000002", payment_code="7000000002")
    third = invoice(invoice_number="0142-00000003", payment_code="7000000003")

    outcomes, bad_rows = csv_files.run(csv_files.write(invoices, invoice(), second | values, third))

    assert csv_files.counts(outcomes[0]) == (2, 0, 0, 1)
    assert [(row.line, row.column, row.value) for row in bad_rows] == [(3, column, (second | values)[column])]
    assert set(Invoice.objects.values_list("invoice_number", flat=True)) == {"0142-00000001", "0142-00000003"}


def test_payment_code_of_another_bill_is_refused(invoices: Path) -> None:
    csv_files.run(csv_files.write(invoices, invoice()))

    _, bad_rows = csv_files.run(csv_files.write(invoices, invoice(invoice_number="2")))

    assert [(row.column, row.reason) for row in bad_rows] == [
        ("payment_code", "Otra factura ya tiene ese código de pago.")
    ]


def test_lines_are_kept_in_their_order(invoices: Path, tmp_path: Path) -> None:
    csv_files.run(csv_files.write(invoices, invoice()))

    _, bad_rows = csv_files.run(
        csv_files.write(
            tmp_path / "l.csv", line(position="2", concept="Bonificación", amount="-5.50", vat_amount="-1.16"), line()
        )
    )

    assert bad_rows == []
    assert list(InvoiceLine.objects.values_list("position", "concept", "amount", "unit_price")) == [
        (1, "Servicio de agua", Decimal("826.45"), Decimal("26.2363")),
        (2, "Bonificación", Decimal("-5.50"), Decimal("26.2363")),
    ]


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"invoice_number": "0142-00000009"}, "invoice_number"),
        ({"document_code": "17"}, "invoice_number"),
        ({"position": "1"}, "position"),
        ({"position": "1.5"}, "position"),
        ({"concept": ""}, "concept"),
        ({"quantity": "1,5"}, "quantity"),
        ({"vat_rate": "21 %"}, "vat_rate"),
    ],
)
def test_bad_line_is_reported_and_the_others_taken(
    invoices: Path, tmp_path: Path, values: dict[str, str], column: str
) -> None:
    csv_files.run(csv_files.write(invoices, invoice()))

    outcomes, bad_rows = csv_files.run(csv_files.write(tmp_path / "l.csv", line(), line(position="2") | values))

    assert csv_files.counts(outcomes[0]) == (1, 0, 0, 1)
    assert csv_files.places(bad_rows) == [(3, column)]


def test_lines_of_a_paid_bill_keep_their_amounts(invoices: Path, tmp_path: Path) -> None:
    csv_files.run(csv_files.write(invoices, invoice()), csv_files.write(tmp_path / "l.csv", line()))
    _pay("1050.00")

    _, bad_rows = csv_files.run(csv_files.write(tmp_path / "l.csv", line(amount="1.00"), line(position="2")))

    assert csv_files.places(bad_rows) == [(2, "amount")]
    assert InvoiceLine.objects.count() == 2


def test_upper_apps_are_told_of_every_change_once(
    invoices: Path, tmp_path: Path, heard: list[tuple[InvoiceChange, list[int]]]
) -> None:
    second = invoice(invoice_number="0142-00000002", payment_code="7000000002")
    csv_files.run(csv_files.write(invoices, invoice(), second))
    ids = list(Invoice.objects.order_by("pk").values_list("pk", flat=True))
    csv_files.run(csv_files.write(invoices, invoice(amount="990.00"), second | {"status": "void"}))
    csv_files.run(csv_files.write(tmp_path / "p.csv", csv_files.payment()))

    assert heard == [
        (InvoiceChange.IMPORTED, ids),
        (InvoiceChange.CHANGED, ids[:1]),
        (InvoiceChange.VOIDED, ids[1:]),
        (InvoiceChange.SETTLED, ids[:1]),
    ]


@pytest.mark.parametrize(
    ("values", "withdrawn"),
    [({"amount": "990.00"}, True), ({"status": "void"}, True), ({"authorization_code": "7"}, False)],
)
def test_open_checkout_is_withdrawn_when_its_bill_costs_something_else(
    invoices: Path, values: dict[str, str], withdrawn: bool
) -> None:
    csv_files.run(csv_files.write(invoices, invoice()))
    bill = Invoice.objects.get()
    open_checkout(bill)

    csv_files.run(csv_files.write(invoices, invoice() | values))

    jobs = ProcrastinateJob.objects.filter(task_name=EXPIRE_CHECKOUTS_TASK)
    assert [job.args for job in jobs] == ([{"invoice_ids": [bill.pk]}] if withdrawn else [])
