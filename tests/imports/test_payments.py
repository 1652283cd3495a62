"""Import of `payments.csv`: the ledger's own rules, by sets."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import ServiceAccount
from billing.enums import CreditReason, DiscrepancyKind, PaymentState
from billing.expiring_checkouts import EXPIRE_CHECKOUTS_TASK
from billing.external_payments import record_external_payment
from billing.models import Allocation, CreditEntry, Discrepancy, Invoice, Payment, PaymentEvent, PaymentItem, Receipt
from billing.stored_documents import AFTER_OTHERS
from oficina.shared.models import ImportChange
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import LateInterestPolicyFactory, open_checkout, operation
from tests.imports import csv_files
from tests.imports.csv_files import payment
from tests.ledger_invariants import ledger_invariants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def payments(tmp_path: Path) -> Path:
    """Where to write the payments of an account with two bills. Each is of 1,000 pesos until 20/11 and 1,050 until
    1/12, with 0.07 % a day after.
    """
    LateInterestPolicyFactory.create()
    csv_files.run(
        csv_files.write(tmp_path / "accounts.csv", csv_files.account()),
        csv_files.write(
            tmp_path / "invoices.csv",
            csv_files.invoice(),
            csv_files.invoice(invoice_number="0142-00000002", payment_code="7000000002", period="2026-07"),
        ),
    )
    return tmp_path / "payments.csv"


def _bill(number: int = 1) -> Invoice:
    return Invoice.objects.get(invoice_number=f"0142-0000000{number}")


def test_payment_on_time_pays_the_bill(payments: Path) -> None:
    outcomes, bad_rows = csv_files.run(csv_files.write(payments, payment()))

    assert bad_rows == []
    assert csv_files.counts(outcomes[0]) == (1, 0, 0, 0)
    paid = Payment.objects.get()
    assert (paid.channel, paid.operation_number, paid.state) == ("rapipago", "R-1", PaymentState.SUCCEEDED)
    assert (paid.amount_asked, paid.amount_received) == (Decimal("1000.00"), Decimal("1000.00"))
    assert paid.paid_at == datetime(2026, 11, 18, 13, 30, tzinfo=UTC)
    assert len(paid.public_id) == 20
    assert paid.public_id == paid.public_id.lower()
    assert list(Allocation.objects.values_list("amount", "surcharge")) == [(Decimal("1000.00"), Decimal("0.00"))]
    assert _bill().is_paid
    ledger_invariants()


def test_payment_has_the_log_receipt_and_note_of_any_other(payments: Path) -> None:
    outcomes, _ = csv_files.run(csv_files.write(payments, payment()))

    paid = Payment.objects.get()
    event = PaymentEvent.objects.get()
    assert (event.from_state, event.to_state, event.cause) == ("", "succeeded", "import")
    assert event.detail == {"import_run": outcomes[0].run_id}
    receipt = Receipt.objects.get(payment=paid)
    assert len(receipt.verification_code) == 12
    assert receipt.pdf is None
    change = ImportChange.objects.get(model="billing.payment")
    assert (change.run_id, change.object_id, change.action) == (outcomes[0].run_id, paid.pk, "inserted")
    assert not ProcrastinateJob.objects.exists()


def test_receipts_that_somebody_can_ask_for_are_drawn_after_other_work_some_at_a_time(payments: Path) -> None:
    AccountLinkFactory.create(account=_bill().account)
    rows = [payment(operation_number=f"R-{number}", amount="10.00") for number in range(1, 22)]

    csv_files.run(csv_files.write(payments, *rows))

    jobs = ProcrastinateJob.objects.order_by("id").values_list("task_name", "priority", "args")
    receipts = list(Receipt.objects.order_by("pk").values_list("pk", flat=True))
    assert list(jobs) == [
        ("billing.draw_documents", AFTER_OTHERS, {"label": "billing.receipt", "document_ids": receipts[:20]}),
        ("billing.draw_documents", AFTER_OTHERS, {"label": "billing.receipt", "document_ids": receipts[20:]}),
    ]
    assert len(receipts) == 21


def test_receipts_of_an_account_that_nobody_manages_any_more_are_not_drawn(payments: Path) -> None:
    AccountLinkFactory.create(account=_bill().account, unlinked_at=timezone.now())
    csv_files.run(csv_files.write(payments, payment()))
    assert not ProcrastinateJob.objects.exists()


def _told(bill: Invoice) -> list[object]:
    """What the ledger says of the bill and of the money that came for it."""
    items = PaymentItem.objects.filter(invoice=bill).order_by("payment__paid_at").values_list("amount", "surcharge")
    allocations = (
        Allocation.objects.filter(invoice=bill).order_by("payment__paid_at").values_list("amount", "surcharge")
    )
    credit = CreditEntry.objects.filter(payment__items__invoice=bill).order_by("pk").values_list("amount", "reason")
    findings = Discrepancy.objects.filter(invoice=bill).values_list("kind", "detail")
    return [bill.applied, bill.surcharge, bill.is_paid, *items, *allocations, *credit, *findings]


def test_payments_settle_as_the_notices_of_a_channel_do(payments: Path) -> None:
    came = [("2026-11-19", "300.00"), ("2026-11-22", "200.00"), ("2026-11-23", "600.00"), ("2026-11-24", "80.00")]
    for day, amount in came:
        record_external_payment(
            operation(
                _bill(2).account,
                (_bill(2), Decimal(amount)),
                paid_at=datetime.fromisoformat(f"{day}T10:30:00-03:00"),
            ),
            cause="notice",
        )

    csv_files.run(
        csv_files.write(
            payments,
            *(payment(operation_number=f"R-{day}", paid_at=f"{day}T10:30:00", amount=amount) for day, amount in came),
        )
    )

    assert _told(_bill(1)) == _told(_bill(2))
    assert _bill(1).is_paid
    assert CreditEntry.objects.count() == 4
    ledger_invariants()


@pytest.mark.parametrize(
    ("paid_at", "amount", "surcharge"),
    [
        ("2026-11-20", "1000.00", "0.00"),
        ("2026-11-21T02:59:59Z", "1000.00", "0.00"),
        ("2026-11-21T03:00:00Z", "1050.00", "50.00"),
        ("2026-11-21 00:00:00-0300", "1050.00", "50.00"),
        ("2026-11-24T11:59", "1050.00", "50.00"),
    ],
)
def test_payment_is_priced_by_the_local_date_of_its_instant(
    payments: Path, paid_at: str, amount: str, surcharge: str
) -> None:
    csv_files.run(csv_files.write(payments, payment(paid_at=paid_at, amount=amount)))

    assert _bill().is_paid
    assert _bill().surcharge == Decimal(surcharge)
    assert PaymentItem.objects.get().surcharge == Decimal(surcharge)
    ledger_invariants()


def test_payment_names_its_bill_by_code_and_number(payments: Path) -> None:
    named = payment(document_code="18", invoice_number="0142-00000002")
    del named["payment_code"]

    _, bad_rows = csv_files.run(csv_files.write(payments, named))

    assert bad_rows == []
    assert _bill(2).is_paid


def test_payment_may_name_each_bill_in_its_own_way(payments: Path) -> None:
    by_code = payment(document_code="", invoice_number="")
    by_number = payment(operation_number="R-2", payment_code="", document_code="18", invoice_number="0142-00000002")

    _, bad_rows = csv_files.run(csv_files.write(payments, by_code, by_number))

    assert bad_rows == []
    assert _bill(1).is_paid
    assert _bill(2).is_paid


def test_surplus_is_credit_and_nobody_is_told(payments: Path) -> None:
    csv_files.run(csv_files.write(payments, payment(amount="1200.00")))

    assert _bill().is_paid
    assert CreditEntry.objects.values_list("amount", "reason").get() == (Decimal("200.00"), CreditReason.SURPLUS)
    assert not Discrepancy.objects.exists()
    ledger_invariants()


def test_part_of_a_bill_is_applied_and_the_rest_stays_due(payments: Path) -> None:
    csv_files.run(csv_files.write(payments, payment(amount="400.00")))

    assert not _bill().is_paid
    assert _bill().applied == Decimal("400.00")
    ledger_invariants()


def test_second_payment_of_a_bill_is_credit_and_the_office_is_told(payments: Path) -> None:
    second = payment(operation_number="R-2", paid_at="2026-11-17T09:00:00")

    csv_files.run(csv_files.write(payments, payment(), second))

    first_to_come = Payment.objects.get(operation_number="R-2")
    late = Payment.objects.get(operation_number="R-1")
    assert Allocation.objects.get().payment == first_to_come
    assert CreditEntry.objects.values_list("payment", "amount", "reason").get() == (
        late.pk,
        Decimal("1000.00"),
        CreditReason.ALREADY_PAID,
    )
    assert Discrepancy.objects.values_list("kind", "payment").get() == (DiscrepancyKind.PAID_TWICE, late.pk)
    ledger_invariants()


def test_money_for_a_void_bill_is_credit_and_the_office_is_told(payments: Path) -> None:
    Invoice.objects.filter(pk=_bill().pk).update(status="void")

    csv_files.run(csv_files.write(payments, payment()))

    assert CreditEntry.objects.values_list("amount", "reason").get() == (Decimal("1000.00"), CreditReason.VOID_INVOICE)
    assert Discrepancy.objects.get().kind == DiscrepancyKind.VOID_INVOICE_PAID
    ledger_invariants()


def test_rows_of_one_operation_are_one_payment(payments: Path) -> None:
    csv_files.run(csv_files.write(payments, payment(), payment(payment_code="7000000002", amount="1000.00")))

    paid = Payment.objects.get()
    assert paid.amount_received == Decimal("2000.00")
    assert paid.items.count() == 2
    assert Receipt.objects.count() == 1
    ledger_invariants()


def test_operation_of_two_accounts_is_a_payment_for_each(payments: Path, tmp_path: Path) -> None:
    number = csv_files.account_number(2)
    csv_files.run(
        csv_files.write(tmp_path / "a.csv", csv_files.account(account_number=number)),
        csv_files.write(
            tmp_path / "i.csv",
            csv_files.invoice(account_number=number, invoice_number="9-3", payment_code="7000000003"),
        ),
    )

    csv_files.run(csv_files.write(payments, payment(), payment(payment_code="7000000003")))

    assert Payment.objects.filter(operation_number="R-1").count() == 2
    assert {paid.account_id for paid in Payment.objects.all()} == set(
        ServiceAccount.objects.values_list("pk", flat=True)
    )
    ledger_invariants()


def test_same_file_again_settles_nothing(payments: Path) -> None:
    csv_files.write(payments, payment(), payment(payment_code="7000000002"), payment(operation_number="R-3"))
    csv_files.run(payments)

    outcomes, bad_rows = csv_files.run(payments)

    assert bad_rows == []
    assert csv_files.counts(outcomes[0]) == (0, 0, 3, 0)
    assert Payment.objects.count() == 2
    assert Allocation.objects.count() == 2
    ledger_invariants()


def test_operation_that_a_notice_told_settles_once(payments: Path) -> None:
    record_external_payment(operation(_bill().account, (_bill(), Decimal("1000.00")), number="R-1"), cause="notice")

    outcomes, bad_rows = csv_files.run(csv_files.write(payments, payment()))

    assert bad_rows == []
    assert csv_files.counts(outcomes[0]) == (0, 0, 1, 0)
    assert Payment.objects.count() == 1


def test_known_operation_with_another_amount_is_refused(payments: Path) -> None:
    csv_files.run(csv_files.write(payments, payment()))

    _, bad_rows = csv_files.run(csv_files.write(payments, payment(amount="999.00")))

    assert csv_files.places(bad_rows) == [(2, "amount")]
    assert bad_rows[0].reason == "La operación ya está registrada con otro importe."
    assert Payment.objects.get().amount_received == Decimal("1000.00")


def test_known_operation_with_another_bill_is_refused(payments: Path) -> None:
    csv_files.run(csv_files.write(payments, payment()))

    _, bad_rows = csv_files.run(csv_files.write(payments, payment(), payment(payment_code="7000000002")))

    assert csv_files.places(bad_rows) == [(3, "operation_number")]
    assert not _bill(2).is_paid


def test_operation_with_a_bad_row_waits_whole_and_goes_in_once_corrected(payments: Path) -> None:
    bad = payment(payment_code="7000000099")
    good_elsewhere = payment(operation_number="R-2", payment_code="7000000002")

    _, bad_rows = csv_files.run(csv_files.write(payments, payment(), bad, good_elsewhere))

    assert csv_files.places(bad_rows) == [(2, "operation_number"), (3, "payment_code")]
    assert [paid.operation_number for paid in Payment.objects.all()] == ["R-2"]

    outcomes, _ = csv_files.run(
        csv_files.write(payments, payment(), payment(payment_code="7000000002", amount="5.00"), good_elsewhere)
    )

    assert csv_files.counts(outcomes[0]) == (2, 0, 1, 0)
    assert Payment.objects.get(operation_number="R-1").amount_received == Decimal("1005.00")
    ledger_invariants()


def test_repeated_row_is_refused_and_the_first_stays(payments: Path) -> None:
    _, bad_rows = csv_files.run(csv_files.write(payments, payment(), payment(amount="7.00")))

    assert csv_files.places(bad_rows) == [(3, "operation_number")]
    assert Payment.objects.get().amount_received == Decimal("1000.00")


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"channel": "checkout"}, "channel"),
        ({"channel": "Rapi Pago"}, "channel"),
        ({"operation_number": ""}, "operation_number"),
        ({"operation_number": "R 1"}, "operation_number"),
        ({"amount": "1.000,50"}, "amount"),
        ({"amount": "0.00"}, "amount"),
        ({"amount": "-5.00"}, "amount"),
        ({"paid_at": "18/11/2026"}, "paid_at"),
        ({"paid_at": "2026-02-30T10:00:00"}, "paid_at"),
        ({"paid_at": "2026-11-18T25:00:00"}, "paid_at"),
        ({"paid_at": "2026-11-25T10:00:00"}, "paid_at"),
        ({"payment_code": "7000000099"}, "payment_code"),
        ({"payment_code": ""}, "payment_code"),
        ({"document_code": "18"}, "invoice_number"),
        ({"document_code": "18", "invoice_number": "0142-00000002"}, "payment_code"),
        ({"document_code": "18", "invoice_number": "0142-99999999", "payment_code": ""}, "invoice_number"),
    ],
)
def test_bad_row_is_reported_at_its_column(payments: Path, values: dict[str, str], column: str) -> None:
    bare = {"document_code": "", "invoice_number": ""}

    _, bad_rows = csv_files.run(
        csv_files.write(payments, payment(**bare), payment(**bare, operation_number="R-2") | values)
    )

    assert csv_files.places(bad_rows) == [(3, column)]
    assert bad_rows[0].value == values.get(column, "7000000001" if column == "payment_code" else "")
    assert Payment.objects.count() == 1


def test_open_checkout_of_a_bill_paid_elsewhere_is_withdrawn(payments: Path) -> None:
    open_checkout(_bill(), _bill(2))

    csv_files.run(csv_files.write(payments, payment()))

    job = ProcrastinateJob.objects.get(task_name=EXPIRE_CHECKOUTS_TASK)
    assert job.args == {"invoice_ids": [_bill().pk]}
    assert _bill().is_paid
