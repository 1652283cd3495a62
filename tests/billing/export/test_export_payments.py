"""`manage.py export_payments`: each peso on one line, and the lines equal to the ledger to the cent."""

import csv
import io
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Sum

from accounts.models import User
from billing.export import export_rows
from billing.external_payments import record_external_payment
from billing.gateway.returns import RefundStatus
from billing.models import CreditEntry, Invoice, Payment
from billing.refunds import record_refund, record_reversal
from oficina.shared.dates import today
from oficina.shared.money import ZERO
from tests.billing.checkout.steps import at_once
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory, LateInterestPolicyFactory, operation, paid_checkout
from tests.factories.returns import asked_refund, refund_report
from tests.ledger_invariants import ledger_invariants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

FIRST = NOON.date()
LAST = FIRST + timedelta(days=3)


def exported(*arguments: str) -> list[dict[str, str]]:
    out = io.StringIO()
    call_command("export_payments", *arguments, stdout=out, stderr=io.StringIO())
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def totals(rows: list[dict[str, str]], *columns: str) -> dict[tuple[str, ...], Decimal]:
    sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[tuple(row[column] for column in columns)] += Decimal(row["amount"])
    return dict(sums)


@pytest.fixture
def busy_days(at_noon: time_machine.Traveller, staff: User) -> None:
    """Four days of payments by checkout and counter, late and twice, refunds that last and that fail, a reversal."""
    LateInterestPolicyFactory.create()
    bills = InvoiceFactory.create_batch(3)
    late = InvoiceFactory.create(account=bills[0].account, due_on=FIRST - timedelta(days=13))
    card = paid_checkout(bills[0], late)
    at_noon.shift(timedelta(days=1))
    counter = record_external_payment(operation(bills[1].account, (bills[1], Decimal("1000.00"))), cause="test")
    again = record_external_payment(
        operation(bills[1].account, (bills[1], Decimal("0.10")), amount=Decimal("0.30")), cause="test"
    )
    refund = asked_refund(card, Decimal("300.00"), by=staff)
    at_noon.shift(timedelta(days=1))
    record_refund(card.pk, refund_report(card, refund.amount, RefundStatus.FAILED, refund=refund))
    kept = asked_refund(card, Decimal("123.45"), by=staff)
    record_refund(card.pk, refund_report(card, kept.amount, refund=kept))
    at_noon.shift(timedelta(days=1))
    for payment, amount in ((counter, Decimal("1000.00")), (again, Decimal("0.20"))):
        record_reversal(payment.pk, amount=amount, operation_number="R", reversed_at=NOON, reason="test")
    ledger_invariants()


def test_one_line_says_all_of_an_allocation() -> None:
    bill = InvoiceFactory.create(invoice_number="0142-00000077")
    payment = record_external_payment(
        operation(bill.account, (bill, Decimal("1000.00")), number="R-1", paid_at=NOON - timedelta(hours=2)),
        cause="test",
    )

    account = bill.account.number
    assert exported("--since", "2026-11-24") == [
        {
            "movement": "allocation",
            "reason": "paid",
            "recorded_at": "2026-11-24T12:00:00-03:00",
            "paid_at": "2026-11-24T10:00:00-03:00",
            "channel": "rapipago",
            "operation_number": "R-1",
            "payment_number": payment.number,
            "account_number": f"{account[:3]}-{account[3:10]}-{account[10:13]}-{account[13:]}",
            "document_code": "18",
            "invoice_number": "0142-00000077",
            "amount": "1000.00",
        }
    ]


def test_checkout_is_named_by_the_number_of_the_provider() -> None:
    payment = paid_checkout(InvoiceFactory.create())

    (row,) = exported("--since", "2026-11-24")
    assert (row["channel"], row["operation_number"]) == ("checkout", payment.provider_payment_id)


def test_refund_is_a_reversal_what_stays_and_what_left(at_noon: time_machine.Traveller, staff: User) -> None:
    payment = paid_checkout(InvoiceFactory.create())
    at_noon.shift(timedelta(days=1))
    asked_refund(payment, Decimal("300.00"), by=staff)

    rows = exported("--since", "2026-11-25")

    assert [(row["movement"], row["reason"], row["amount"]) for row in rows] == [
        ("allocation", "return", "-1000.00"),
        ("allocation", "return", "700.00"),
        ("returned", "", "300.00"),
    ]


@pytest.mark.usefixtures("busy_days")
def test_totals_equal_the_ledger() -> None:
    rows = exported("--since", str(FIRST), "--until", str(LAST))

    received = {
        (f"P-{pk:08d}",): amount
        for pk, amount in Payment.objects.exclude(amount_received=None).values_list("pk", "amount_received")
    }
    assert totals(rows, "payment_number") == received
    assert sum(totals(rows).values()) == Payment.objects.aggregate(total=Sum("amount_received"))["total"]
    of_bills = totals([row for row in rows if row["movement"] == "allocation"], "document_code", "invoice_number")
    applied = Invoice.objects.filter(allocations__isnull=False).distinct()
    assert of_bills == {
        (str(code), number): amount
        for code, number, amount in applied.values_list("document_code", "invoice_number", "applied")
    }
    credit = totals([row for row in rows if row["movement"] == "credit"])
    assert sum(credit.values(), ZERO) == CreditEntry.objects.balance()
    with connection.cursor() as cursor:
        cursor.execute("SELECT SUM(amount) FROM billing_refund WHERE state <> 'failed'")
        (refunded,) = cursor.fetchone() or (None,)
    returned = totals([row for row in rows if row["movement"] == "returned"])
    assert sum(returned.values()) == refunded == Decimal("1123.65")


@pytest.mark.usefixtures("busy_days")
def test_files_of_single_days_are_together_the_file_of_all() -> None:
    days = [str(FIRST + timedelta(days=turn)) for turn in range(4)]

    single = [exported("--since", day, "--until", day) for day in days]

    assert all(single)
    assert [row for rows in single for row in rows] == exported("--since", days[0], "--until", days[-1])
    assert exported("--since", days[0]) == exported("--since", days[0], "--until", str(today()))


@pytest.mark.parametrize(("moment", "day"), [("02:59:59", "2026-11-23"), ("03:00:00", "2026-11-24")])
def test_a_day_begins_at_midnight_of_mendoza(at_noon: time_machine.Traveller, moment: str, day: str) -> None:
    bill = InvoiceFactory.create()
    at_noon.move_to(f"2026-11-24T{moment}+00:00")
    paid_checkout(bill)

    assert len(exported("--since", day, "--until", day)) == 1
    assert exported("--since", "2026-11-25", "--until", "2026-11-30") == []


def test_the_file_is_there_when_it_is_whole(tmp_path: Path) -> None:
    paid_checkout(InvoiceFactory.create())
    told = io.StringIO()

    call_command("export_payments", "--since", "2026-11-24", "--output", str(tmp_path / "r.csv"), stderr=told)

    assert (tmp_path / "r.csv").read_text(encoding="utf-8").count("\n") == 2
    assert told.getvalue() == "1 línea, $\N{NO-BREAK SPACE}1.000,00.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("--since", "24/11/2026"), 2),
        (("--since", "2026-11-31"), 2),
        (("--since", "2026-11-24", "--until", "2026-11-23"), 2),
        (("--since", "2026-11-24", "--output", "/nonexistent/r.csv"), 1),
    ],
)
def test_what_cannot_be_done_is_told(arguments: tuple[str, ...], status: int) -> None:
    with pytest.raises(CommandError) as error:
        exported(*arguments)
    assert error.value.returncode == status


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("in_transaction", [True, False])
def test_what_is_paid_meanwhile_is_not_in_it(in_transaction: bool) -> None:
    bills = InvoiceFactory.create_batch(3)
    paid_checkout(bills[0])
    paid_checkout(bills[1])

    def read() -> list[str]:
        rows = export_rows(FIRST, FIRST, at_once=1)
        first = next(rows)
        assert not any(isinstance(result, Exception) for result in at_once(lambda: paid_checkout(bills[2])))
        return [row.invoice_number for row in (first, *rows)]

    if in_transaction:
        with transaction.atomic():
            seen = read()
    else:
        seen = read()
    assert seen == [bill.invoice_number for bill in bills[:2]]
