"""Import of `accounts.csv`."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from pytest_django import Settings

from accounts.models import ServiceAccount
from oficina.configuration import AccountCheckDigit
from oficina.shared.models import ImportChange, ImportRun
from tests.conftest import NOON
from tests.imports import csv_files
from tests.imports.csv_files import account, account_number
from tests.shared.test_outlines import FAR, HOLE, NOT_OUTLINES, SQUARE

pytestmark = pytest.mark.django_db


def test_account_is_kept_as_told(tmp_path: Path, at_noon: time_machine.Traveller) -> None:
    parcel = '{"type": "Polygon", "coordinates": [[[-68.8, -32.9], [-68.7, -32.9], [-68.7, -33.0], [-68.8, -32.9]]]}'

    outcomes, bad_rows = csv_files.run(csv_files.write(tmp_path / "x.csv", account(parcel=parcel)))

    assert bad_rows == []
    assert csv_files.counts(outcomes[0]) == (1, 0, 0, 0)
    kept = ServiceAccount.objects.get()
    assert kept.number == account_number().replace("-", "")
    assert (kept.holder_name, kept.holder_document) == ("Nélida Ñáñez", "20304128763")
    assert (kept.latitude, kept.longitude) == (Decimal("-32.983100"), Decimal("-68.877300"))
    assert kept.parcel is not None
    assert kept.parcel["type"] == "Polygon"
    assert kept.created_at == kept.updated_at == NOON


@pytest.mark.parametrize(("delimiter", "line_end", "encoding"), [(";", "\r\n", "utf-8-sig"), (",", "\n", "utf-8")])
def test_files_of_spreadsheets_are_read_alike(tmp_path: Path, delimiter: str, line_end: str, encoding: str) -> None:
    row = dict(reversed(account(holder_name='Bodega "El Álamo"; Hijos, S.A. \\N').items()))

    _, bad_rows = csv_files.run(
        csv_files.write(tmp_path / "x.csv", row, delimiter=delimiter, line_end=line_end, encoding=encoding)
    )

    assert bad_rows == []
    assert ServiceAccount.objects.get().holder_name == 'Bodega "El Álamo"; Hijos, S.A. \\N'


def test_file_without_parcels_leaves_them_alone(tmp_path: Path) -> None:
    parcel = {"type": "Polygon", "coordinates": [SQUARE]}
    csv_files.run(csv_files.write(tmp_path / "x.csv", account(parcel=json.dumps(parcel))))
    without = account(tariff="R3")
    del without["parcel"]

    outcomes, _ = csv_files.run(csv_files.write(tmp_path / "x.csv", without))

    assert csv_files.counts(outcomes[0]) == (0, 1, 0, 0)
    assert ServiceAccount.objects.get().parcel == parcel


def _dump() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin, ctid, a.* FROM accounts_serviceaccount a ORDER BY id")
        return [*cursor.fetchall()]


def test_same_file_again_touches_no_row(tmp_path: Path) -> None:
    path = csv_files.write(
        tmp_path / "x.csv", account(), account(account_number=account_number(2), latitude="", longitude="")
    )
    csv_files.run(path)
    before = _dump()

    outcomes, _ = csv_files.run(path)

    assert csv_files.counts(outcomes[0]) == (0, 0, 2, 0)
    assert _dump() == before
    assert ImportChange.objects.filter(run=outcomes[0].run_id).count() == 0


def test_changed_row_updates_and_what_was_there_is_noted(tmp_path: Path, at_noon: time_machine.Traveller) -> None:
    csv_files.run(csv_files.write(tmp_path / "x.csv", account(), account(account_number=account_number(2))))
    at_noon.shift(60)

    outcomes, _ = csv_files.run(
        csv_files.write(
            tmp_path / "x.csv",
            account(holder_document="30123456", latitude="", longitude=""),
            account(account_number=account_number(2)),
        )
    )

    assert csv_files.counts(outcomes[0]) == (0, 1, 1, 0)
    changed = ServiceAccount.objects.get(number=account_number().replace("-", ""))
    assert changed.holder_document == "30123456"
    assert changed.created_at == NOON
    assert changed.updated_at == datetime.fromtimestamp(NOON.timestamp() + 60, tz=NOON.tzinfo)
    change = ImportChange.objects.get(run=outcomes[0].run_id)
    assert (change.model, change.object_id, change.action) == ("accounts.serviceaccount", changed.pk, "updated")
    assert change.before == {"holder_document": "20304128763", "latitude": -32.9831, "longitude": -68.8773}


@pytest.mark.parametrize(
    ("values", "column", "value"),
    [
        ({"account_number": "082-0000002-001-9"}, "account_number", "082-0000002-001-9"),
        ({"account_number": "082-0000002-001"}, "account_number", "082-0000002-001"),
        ({"account_number": ""}, "account_number", ""),
        ({"holder_name": ""}, "holder_name", ""),
        ({"holder_name": "x" * 201}, "holder_name", "x" * 200),
        ({"holder_document": "1234"}, "holder_document", "1234"),
        ({"service_address": " "}, "service_address", ""),
        ({"latitude": "-32,98"}, "latitude", "-32,98"),
        ({"latitude": ""}, "longitude", "-68.877300"),
        ({"longitude": "1168.5"}, "longitude", "1168.5"),
        ({"parcel": "{"}, "parcel", "{"),
        ({"parcel": '{"type": "Point", "coordinates": [1, 2]}'}, "parcel", '{"type": "Point", "coordinates": [1, 2]}'),
        ({"parcel": "[]"}, "parcel", "[]"),
        ({"status": "activa"}, "status", "activa"),
        ({"account_number": account_number()}, "account_number", account_number()),
    ],
)
def test_bad_row_is_reported_and_the_others_taken(
    tmp_path: Path, values: dict[str, str], column: str, value: str
) -> None:
    path = csv_files.write(
        tmp_path / "x.csv",
        account(),
        account(account_number=account_number(2)) | values,
        account(account_number=account_number(3)),
    )

    outcomes, bad_rows = csv_files.run(path)

    assert csv_files.counts(outcomes[0]) == (2, 0, 0, 1)
    assert [(row.line, row.column, row.value) for row in bad_rows] == [(3, column, value)]
    assert bad_rows[0].reason.endswith(".")
    assert ServiceAccount.objects.count() == 2


def test_parcel_has_to_be_an_outline_where_the_utility_serves(tmp_path: Path) -> None:
    """By the same examples as `oficina.shared.outlines`, which draws what was imported here."""
    swapped = [[latitude, longitude] for longitude, latitude in SQUARE]
    bad = [*(told for told in NOT_OUTLINES if told), {"type": "Polygon", "coordinates": [SQUARE, swapped]}]
    good = [
        {"type": "Polygon", "coordinates": [SQUARE, HOLE]},
        {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [FAR]]},
        {"type": "Polygon", "coordinates": [[[*position, 750] for position in SQUARE]]},
    ]
    rows = [account(account_number=account_number(n), parcel=json.dumps(each)) for n, each in enumerate([*bad, *good])]

    outcomes, bad_rows = csv_files.run(csv_files.write(tmp_path / "x.csv", *rows))

    assert csv_files.counts(outcomes[0]) == (len(good), 0, 0, len(bad))
    assert [row.column for row in bad_rows] == ["parcel"] * len(bad)
    assert [row.line for row in bad_rows] == list(range(2, len(bad) + 2))
    assert bad_rows[-1].reason.startswith("Queda fuera de la zona de servicio")
    assert len({row.reason for row in bad_rows}) == 3
    assert [kept.parcel for kept in ServiceAccount.objects.order_by("number")] == good


def test_check_digit_is_not_looked_at_where_the_utility_has_none(tmp_path: Path, settings: Settings) -> None:
    settings.UTILITY = settings.UTILITY.model_copy(update={"account_check_digit": AccountCheckDigit.NONE})

    _, bad_rows = csv_files.run(csv_files.write(tmp_path / "x.csv", account(account_number="08200000020019")))

    assert bad_rows == []


def test_dry_run_tells_everything_and_keeps_nothing_but_its_run(tmp_path: Path) -> None:
    accounts = csv_files.write(tmp_path / "a.csv", account(), account(status="?"))
    invoices = csv_files.write(tmp_path / "i.csv", csv_files.invoice())
    payments = csv_files.write(tmp_path / "p.csv", csv_files.payment())

    outcomes, bad_rows = csv_files.run(payments, invoices, accounts, dry_run=True)

    assert [csv_files.counts(outcome) for outcome in outcomes] == [(1, 0, 0, 1), (1, 0, 0, 0), (1, 0, 0, 0)]
    assert csv_files.places(bad_rows) == [(3, "status")]
    assert not ServiceAccount.objects.exists()
    assert not ImportChange.objects.exists()
    assert list(ImportRun.objects.order_by("pk").values_list("kind", "dry_run", "state", "inserted", "refused")) == [
        ("accounts", True, "finished", 1, 1),
        ("invoices", True, "finished", 1, 0),
        ("payments", True, "finished", 1, 0),
    ]
