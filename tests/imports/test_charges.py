"""Import of `charges.csv`."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Event

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from billing.charges.acts import cancel_charge, invoice_charge
from billing.enums import ChargeStatus
from billing.models import Charge, Invoice
from oficina.shared.enums import ImportAction
from oficina.shared.imports.staging import BadRow
from oficina.shared.imports.watching import ImportOutcome
from oficina.shared.models import ImportChange
from tests.imports import csv_files
from tests.imports.csv_files import account, account_number, charge, invoice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def charges(tmp_path: Path) -> Path:
    """Where to write the charges of two accounts."""
    csv_files.run(csv_files.write(tmp_path / "accounts.csv", account(), account(account_number=account_number(2))))
    return tmp_path / "charges.csv"


@pytest.fixture
def invoiced(charges: Path, owner: User) -> Charge:
    """The charge of the file, imported and accepted."""
    csv_files.run(csv_files.write(charges, charge()))
    known = Charge.objects.get()
    invoice_charge(known, accepted=known.amount, by=owner, now=timezone.now())
    known.refresh_from_db()
    return known


def test_charge_is_kept_as_told(charges: Path) -> None:
    outcomes, bad_rows = csv_files.run(csv_files.write(charges, charge()))

    assert bad_rows == []
    assert csv_files.counts(outcomes[0]) == (1, 0, 0, 0)
    known = Charge.objects.get()
    assert known.account.number == account_number().replace("-", "")
    assert (known.charge_number, known.concept) == ("C-000001", "Cambio de medidor")
    assert known.description == "Retiro del medidor y colocación de uno nuevo"
    assert (known.amount, known.raised_on, known.status) == (Decimal("12100.00"), date(2026, 11, 20), "pending")
    assert len(known.public_id) == 20


def test_second_import_changes_nothing(charges: Path) -> None:
    path = csv_files.write(charges, charge(), charge(charge_number="C-000002", status="cancelled"))
    csv_files.run(path)
    before = list(Charge.objects.order_by("pk").values())

    outcomes, bad_rows = csv_files.run(path)

    assert (csv_files.counts(outcomes[0]), bad_rows) == ((0, 0, 2, 0), [])
    assert list(Charge.objects.order_by("pk").values()) == before


def test_pending_charge_changes(charges: Path) -> None:
    csv_files.run(csv_files.write(charges, charge()))

    outcomes, bad_rows = csv_files.run(csv_files.write(charges, charge(amount="13000.50", description="")))

    assert (csv_files.counts(outcomes[0]), bad_rows) == ((0, 1, 0, 0), [])
    known = Charge.objects.get()
    assert (known.amount, known.description) == (Decimal("13000.50"), "")
    change = ImportChange.objects.get(model="billing.charge", action=ImportAction.UPDATED)
    assert change.before == {
        "amount": 12100.00, "description": "Retiro del medidor y colocación de uno nuevo",
    }  # fmt: skip


def test_utility_cancels_a_pending_charge(charges: Path) -> None:
    csv_files.run(csv_files.write(charges, charge()))

    outcomes, bad_rows = csv_files.run(csv_files.write(charges, charge(status="cancelled")))

    assert (csv_files.counts(outcomes[0]), bad_rows) == ((0, 1, 0, 0), [])
    assert Charge.objects.get().status == ChargeStatus.CANCELLED


@pytest.mark.parametrize("status", ["pending", "invoiced"])
def test_file_that_knows_or_does_not_know_of_the_invoice_changes_nothing(
    invoiced: Charge, charges: Path, status: str
) -> None:
    outcomes, bad_rows = csv_files.run(csv_files.write(charges, charge(status=status)))

    assert (csv_files.counts(outcomes[0]), bad_rows) == ((0, 0, 1, 0), [])
    assert Charge.objects.get().invoice == invoiced.invoice


@pytest.mark.parametrize(
    ("values", "column", "reason"),
    [
        ({"amount": "12100.01"}, "amount", "El cargo ya se facturó: su importe no cambia."),
        ({"status": "cancelled"}, "status", "El cargo ya se facturó: no se puede cancelar."),
        ({"concept": "Otro"}, "concept", "El cargo ya no está pendiente: no cambia."),
        ({"description": ""}, "description", "El cargo ya no está pendiente: no cambia."),
        ({"raised_on": "2026-11-21"}, "raised_on", "El cargo ya no está pendiente: no cambia."),
        ({"account_number": account_number(2)}, "account_number", "El cargo es de otra cuenta."),
    ],
)
def test_invoiced_charge_never_changes(
    invoiced: Charge, charges: Path, values: dict[str, str], column: str, reason: str
) -> None:
    _, bad_rows = csv_files.run(csv_files.write(charges, charge(**values), charge(charge_number="C-000002")))

    assert [(row.line, row.column, row.reason) for row in bad_rows] == [(2, column, reason)]
    invoiced.refresh_from_db()
    assert (invoiced.amount, Invoice.objects.get().amount) == (Decimal("12100.00"), Decimal("12100.00"))
    assert Charge.objects.get(charge_number="C-000002").status == ChargeStatus.PENDING


def test_charge_that_the_office_cancelled_stays_so_while_the_file_lags(charges: Path, staff: User) -> None:
    csv_files.run(csv_files.write(charges, charge()))
    cancel_charge(Charge.objects.get(), "Se cargó dos veces", by=staff, now=timezone.now())

    outcomes, bad_rows = csv_files.run(csv_files.write(charges, charge()))

    assert (csv_files.counts(outcomes[0]), bad_rows) == ((0, 0, 1, 0), [])
    assert Charge.objects.get().status == ChargeStatus.CANCELLED


def test_charge_that_the_utility_cancelled_does_not_come_back(charges: Path) -> None:
    csv_files.run(csv_files.write(charges, charge(status="cancelled")))

    _, bad_rows = csv_files.run(csv_files.write(charges, charge()))

    assert [(row.column, row.reason) for row in bad_rows] == [
        ("status", "El cargo se canceló: si vuelve, va con otro número.")
    ]


@pytest.mark.parametrize("known", [True, False])
def test_charge_is_invoiced_by_the_portal_only(charges: Path, known: bool) -> None:
    if known:
        csv_files.run(csv_files.write(charges, charge()))

    _, bad_rows = csv_files.run(csv_files.write(charges, charge(status="invoiced")))

    assert [(row.column, row.reason) for row in bad_rows] == [
        ("status", "El cargo no se facturó en la Oficina Virtual: si se facturó por otro lado, va cancelado.")
    ]
    assert list(Charge.objects.values_list("status", flat=True)) == (["pending"] if known else [])


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"charge_number": ""}, "charge_number"),
        ({"charge_number": "C/1"}, "charge_number"),
        ({"charge_number": "C" * 21}, "charge_number"),
        ({"charge_number": "C-000001"}, "charge_number"),
        ({"account_number": account_number(9)}, "account_number"),
        ({"account_number": "082-0000001-001-0"}, "account_number"),
        ({"concept": ""}, "concept"),
        ({"concept": "x" * 121}, "concept"),
        ({"description": "x" * 501}, "description"),
        ({"amount": "0.00"}, "amount"),
        ({"amount": "-1.00"}, "amount"),
        ({"amount": "1000,50"}, "amount"),
        ({"raised_on": "20/11/2026"}, "raised_on"),
        ({"raised_on": ""}, "raised_on"),
        ({"status": "paid"}, "status"),
        ({"status": ""}, "status"),
    ],
)
def test_bad_row_is_told_and_the_good_one_is_taken(charges: Path, values: dict[str, str], column: str) -> None:
    _, bad_rows = csv_files.run(csv_files.write(charges, charge(), charge(charge_number="C-000002") | values))

    assert csv_files.places(bad_rows) == [(3, column)]
    assert list(Charge.objects.values_list("charge_number", flat=True)) == ["C-000001"]


def test_dry_run_keeps_nothing(charges: Path) -> None:
    outcomes, _ = csv_files.run(csv_files.write(charges, charge()), dry_run=True)

    assert (csv_files.counts(outcomes[0]), Charge.objects.count()) == ((1, 0, 0, 0), 0)


def test_column_that_is_missing_or_unknown_stops_the_file(charges: Path) -> None:
    row = charge()
    del row["raised_on"]

    assert csv_files.why_refused(csv_files.write(charges, row | {"raised": "2026-11-20"})) == (
        "El encabezado no es el de un archivo de cargos: columnas desconocidas: raised; faltan columnas: raised_on."
    )


@pytest.mark.parametrize("number", ["00005-00000001", "5-1", "0005-00000001"])
def test_bill_does_not_take_a_number_of_the_portal(charges: Path, number: str) -> None:
    path = csv_files.write(charges.with_name("invoices.csv"), invoice(invoice_number=number))

    _, bad_rows = csv_files.run(path)

    assert [(row.column, row.reason) for row in bad_rows] == [
        ("invoice_number", "Ese punto de venta es de la Oficina Virtual.")
    ]


@pytest.mark.django_db(transaction=True)
def test_charge_that_is_accepted_meanwhile_does_not_stop_the_import(charges: Path, owner: User) -> None:
    """The import waits for the acceptance that has its row, though the file says nothing new of it, and knows of it."""
    csv_files.run(csv_files.write(charges, charge(), charge(charge_number="C-000002")))
    file = csv_files.write(charges, charge(), charge(charge_number="C-000002", amount="1.00"))
    accepted, others_wait = Event(), Event()

    def accept() -> None:
        try:
            with transaction.atomic():
                known = Charge.objects.get(charge_number="C-000001")
                invoice_charge(known, accepted=known.amount, by=owner, now=timezone.now())
                accepted.set()
                assert others_wait.wait(timeout=20)
        finally:
            connection.close()

    def import_it() -> tuple[list[ImportOutcome], list[BadRow]]:
        try:
            return csv_files.run(file)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        accepting = threads.submit(accept)
        assert accepted.wait(timeout=20)
        importing = threads.submit(import_it)
        _wait_until_somebody_waits_for_a_lock()
        others_wait.set()
        accepting.result()
        outcomes, bad_rows = importing.result()

    assert (csv_files.counts(outcomes[0]), bad_rows) == ((0, 1, 1, 0), [])
    assert Charge.objects.get(charge_number="C-000001").status == ChargeStatus.INVOICED


def _wait_until_somebody_waits_for_a_lock() -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"  # the server is shared
            )
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")
