"""Days and amounts that a channel may tell, by message and by the file of the day alike."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from billing.models import Invoice, Payment, WebhookEvent
from oficina.shared.imports.refusals import FilesRefusedError
from tests.billing.channels.signing import Json, post, received
from tests.factories.billing import InvoiceFactory, LateInterestPolicyFactory
from tests.imports import csv_files
from tests.ledger_invariants import ledger_invariants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channel")]

IMPOSSIBLE: dict[str, tuple[str, str]] = {
    "in the future": ("paid_at", "2026-11-25T11:00:00-03:00"),
    "of another century": ("paid_at", "1999-12-31T10:00:00-03:00"),
    "of the first year": ("paid_at", "0001-01-01T00:00:00-03:00"),
    "no such day": ("paid_at", "2026-02-30T10:00:00-03:00"),
    "no such hour": ("paid_at", "2026-11-24T24:30:00-03:00"),
    "nothing": ("amount", "0.00"),
    "negative": ("amount", "-1000.00"),
    "three decimals": ("amount", "1000.001"),
    "with a comma": ("amount", "1000,00"),
    "too large": ("amount", "1000000000000.00"),
}


@pytest.fixture
def dear(invoice: Invoice) -> Invoice:
    """A bill of 1,000 pesos that was due on the 20th, and costs 0.70 more a day."""
    LateInterestPolicyFactory.create()
    return InvoiceFactory.create(account=invoice.account, due_on=date(2026, 11, 20), issued_on=date(2026, 10, 20))


def told_in_a_file(path: Path, invoice: Invoice, **values: str) -> list[tuple[int, str]]:
    """Imports the file of the day; line and column of each refusal."""
    row = csv_files.payment(payment_code=invoice.payment_code or "", **values)
    return csv_files.places(csv_files.run(csv_files.write(path / "payments.csv", row))[1])


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_what_cannot_be_is_refused_in_a_message_and_in_a_file(tmp_path: Path, invoice: Invoice, what: str) -> None:
    column, value = IMPOSSIBLE[what]
    lines: Json = [{"payment_code": invoice.payment_code, "amount": value if column == "amount" else "1000.00"}]

    assert post(received(invoice, **{column: value, "bills": lines})) == 400
    assert told_in_a_file(tmp_path, invoice, **{"paid_at": "2026-11-24T10:30:00-03:00", column: value}) == [(2, column)]

    assert not WebhookEvent.objects.exists()
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("told", "paid_at", "surcharge"),
    [
        ("2026-11-20T23:59:59-03:00", datetime(2026, 11, 21, 2, 59, 59, tzinfo=UTC), "0.00"),
        ("2026-11-21T02:59:59Z", datetime(2026, 11, 21, 2, 59, 59, tzinfo=UTC), "0.00"),
        ("2026-11-21T00:00:00-03:00", datetime(2026, 11, 21, 3, 0, tzinfo=UTC), "0.70"),
        ("2026-11-21T12:00:00+09:00", datetime(2026, 11, 21, 3, 0, tzinfo=UTC), "0.70"),
    ],
)
@pytest.mark.parametrize("way", ["message", "file"])
def test_a_bill_is_priced_by_the_day_in_mendoza_whatever_the_offset(
    tmp_path: Path, dear: Invoice, way: str, told: str, paid_at: datetime, surcharge: str
) -> None:
    if way == "message":
        assert post(received(dear, paid_at=told)) == 204
    else:
        assert told_in_a_file(tmp_path, dear, paid_at=told, amount="1000.00") == []

    dear.refresh_from_db()
    assert Payment.objects.get().paid_at == paid_at
    assert (dear.applied, dear.surcharge) == (Decimal("1000.00"), Decimal(surcharge))
    ledger_invariants()


def test_an_instant_without_offset_is_local_in_a_file_and_refused_in_a_message(tmp_path: Path, dear: Invoice) -> None:
    assert post(received(dear, paid_at="2026-11-20T23:59:59")) == 400
    assert told_in_a_file(tmp_path, dear, paid_at="2026-11-20T23:59:59", amount="1000.00") == []

    assert Payment.objects.get().paid_at == datetime(2026, 11, 21, 2, 59, 59, tzinfo=UTC)


def test_money_paid_before_its_bill_was_issued_settles_it_at_the_first_price(tmp_path: Path, dear: Invoice) -> None:
    assert told_in_a_file(tmp_path, dear, paid_at="2026-01-02T10:00:00", amount="1000.00") == []

    dear.refresh_from_db()
    assert (dear.is_paid, dear.surcharge) == (True, Decimal("0.00"))
    ledger_invariants()


def test_only_pesos_are_told(tmp_path: Path, invoice: Invoice) -> None:
    assert post(received(invoice, currency="USD")) == 400
    with pytest.raises(FilesRefusedError):
        told_in_a_file(tmp_path, invoice, currency="USD")
