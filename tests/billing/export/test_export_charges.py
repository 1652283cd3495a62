"""`manage.py export_charges`: each charge that was accepted, or that the office cancelled, on one line of one day."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import Traveller

from accounts.account_numbers import format_account_number
from accounts.models import ServiceAccount, User
from billing.charges.acts import cancel_charge, invoice_charge
from billing.enums import ChargeStatus
from billing.models import Charge, Invoice
from tests.factories.accounts import ServiceAccountFactory
from tests.factories.billing import paid_checkout
from tests.factories.charges import ChargeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def exported(*arguments: str) -> list[dict[str, str]]:
    out = io.StringIO()
    call_command("export_charges", *arguments, stdout=out, stderr=io.StringIO())
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def accept(charge: Charge, by: User) -> Invoice:
    return invoice_charge(charge, accepted=charge.amount, by=by, now=timezone.now())


def numbers(rows: list[dict[str, str]]) -> list[str]:
    return [row["charge_number"] for row in rows]


def test_one_line_says_all_of_an_accepted_charge(account: ServiceAccount, owner: User) -> None:
    charge = ChargeFactory.create(account=account, charge_number="C-000001")
    invoice = accept(charge, owner)

    assert exported("--since", "2026-11-24") == [
        {
            "status": "invoiced",
            "changed_at": "2026-11-24T12:00:00-03:00",
            "charge_number": "C-000001",
            "account_number": format_account_number(account.number),
            "amount": "12100.00",
            "document_code": "18",
            "invoice_number": "00005-00000001",
            "issued_on": "2026-11-24",
            "due_on": "2026-12-04",
            "net_amount": "10000.00",
            "vat_rate": "21.00",
            "vat_amount": "2100.00",
            "payment_code": invoice.payment_code,
            "reason": "",
        }
    ]


def test_one_that_the_office_cancelled_has_no_bill_and_says_why(staff: User) -> None:
    charge = ChargeFactory.create(charge_number="C-000002")
    cancel_charge(charge, "Se cargó dos veces", by=staff, now=timezone.now())

    (row,) = exported("--since", "2026-11-24")
    told = {name: value for name, value in row.items() if value}
    assert told == {
        "status": "cancelled",
        "changed_at": "2026-11-24T12:00:00-03:00",
        "charge_number": "C-000002",
        "account_number": format_account_number(charge.account.number),
        "amount": "12100.00",
        "reason": "Se cargó dos veces",
    }


def test_those_that_wait_and_those_that_a_file_cancelled_are_in_none() -> None:
    ChargeFactory.create()
    ChargeFactory.create(status=ChargeStatus.CANCELLED)

    assert exported("--since", "2026-11-01") == []


def test_what_became_of_the_bill_changes_no_line(owner: User) -> None:
    invoice = accept(ChargeFactory.create(), owner)
    before = exported("--since", "2026-11-24")
    paid_checkout(invoice)

    assert exported("--since", "2026-11-24") == before


def test_series_a_is_told_by_its_code(owner: User) -> None:
    registered = ServiceAccountFactory.create(
        holder_vat_condition="Responsable inscripto", holder_document="30707736107"
    )
    accept(ChargeFactory.create(account=registered, amount=Decimal("0.01")), owner)

    (row,) = exported("--since", "2026-11-24")
    assert (row["document_code"], row["invoice_number"]) == ("17", "00005-00000001")
    assert (row["net_amount"], row["vat_amount"], row["amount"]) == ("0.01", "0.00", "0.01")


def test_files_of_single_days_are_together_the_file_of_all(owner: User, staff: User, at_noon: Traveller) -> None:
    for day in range(3):
        accept(ChargeFactory.create(charge_number=f"A-{day}"), owner)
        at_noon.shift(timedelta(hours=1))
        cancel_charge(ChargeFactory.create(charge_number=f"X-{day}"), "Error", by=staff, now=timezone.now())
        at_noon.shift(timedelta(hours=23))

    days = ["2026-11-24", "2026-11-25", "2026-11-26"]
    single = [exported("--since", day, "--until", day) for day in days]
    assert [numbers(rows) for rows in single] == [["A-0", "X-0"], ["A-1", "X-1"], ["A-2", "X-2"]]
    assert [row for rows in single for row in rows] == exported("--since", days[0], "--until", days[-1])


@pytest.mark.parametrize(("moment", "day"), [("02:59:59", "2026-11-23"), ("03:00:00", "2026-11-24")])
def test_a_day_begins_at_midnight_of_mendoza(owner: User, at_noon: Traveller, moment: str, day: str) -> None:
    at_noon.move_to(f"2026-11-24T{moment}+00:00")
    accept(ChargeFactory.create(), owner)

    assert len(exported("--since", day, "--until", day)) == 1
    assert exported("--since", "2026-11-25", "--until", "2026-11-30") == []


def test_queries_do_not_grow_with_the_charges(owner: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            exported("--since", "2026-11-24")
        return len(captured)

    accept(ChargeFactory.create(), owner)
    one = queries()
    for _ in range(3):
        accept(ChargeFactory.create(), owner)
    assert queries() == one


def test_the_file_is_there_when_it_is_whole_and_what_cannot_be_is_told(owner: User, tmp_path: Path) -> None:
    accept(ChargeFactory.create(), owner)
    told = io.StringIO()
    call_command("export_charges", "--since", "2026-11-24", "--output", str(tmp_path / "c.csv"), stderr=told)

    assert (tmp_path / "c.csv").read_text(encoding="utf-8").count("\n") == 2
    assert told.getvalue() == "1 línea.\n"
    with pytest.raises(CommandError) as error:
        exported("--since", "2026-11-24", "--until", "2026-11-23")
    assert error.value.returncode == 2
