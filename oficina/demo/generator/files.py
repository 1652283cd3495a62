"""Writes what was made up in the formats that the import reads (`docs/data-formats.md`)."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from oficina.demo.generator.accounts import Account, Ring
from oficina.demo.generator.bills import Bill
from oficina.demo.generator.charges import Charge
from oficina.demo.generator.payments import Operation

_ACCOUNT = (
    "account_number", "holder_name", "holder_document", "holder_vat_condition", "service_address", "locality",
    "department", "postal_code", "category", "service", "tariff", "meter_number", "latitude", "longitude", "parcel",
    "status",
)  # fmt: skip
_INVOICE = (
    "document_code", "invoice_number", "account_number", "kind", "period", "issued_on", "amount", "due_on",
    "second_amount", "second_due_on", "third_amount", "third_due_on", "consumption_m3", "previous_reading",
    "previous_reading_on", "current_reading", "current_reading_on", "other_taxes", "payment_code",
    "authorization_code", "authorization_due_on", "status",
)  # fmt: skip
_LINE = (
    "document_code", "invoice_number", "position", "concept", "quantity", "unit", "unit_price", "amount", "vat_rate",
    "vat_amount",
)  # fmt: skip
_CHARGE = ("charge_number", "account_number", "concept", "description", "amount", "raised_on", "status")
_PAYMENT = (
    "channel", "operation_number", "payment_code", "document_code", "invoice_number", "paid_at", "amount",
)  # fmt: skip

type Row = Sequence[object]


def write_files(
    folder: Path,
    accounts: Iterable[Account],
    bills: Sequence[Bill],
    operations: Iterable[Operation],
    charges: Iterable[Charge],
) -> list[Path]:
    """The five files, in the order in which they have to be imported. `folder` is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _write(folder / "accounts.csv", _ACCOUNT, map(_account, accounts)),
        _write(folder / "invoices.csv", _INVOICE, map(_invoice, bills)),
        _write(folder / "invoice_lines.csv", _LINE, (row for bill in bills for row in _lines(bill))),
        _write(folder / "charges.csv", _CHARGE, map(_charge, charges)),
        _write(folder / "payments.csv", _PAYMENT, (row for operation in operations for row in _payments(operation))),
    ]


def _write(path: Path, header: Row, rows: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def _account(account: Account) -> Row:
    latitude, longitude = (f"{degrees:.6f}" for degrees in account.point) if account.point else ("", "")
    holder, town = account.holder, account.town
    return (
        account.number, holder.name, holder.document, holder.vat_condition, account.address, town.name,
        account.department.name, town.postal_code, account.tariff.category, account.service, account.tariff.code,
        account.meter_number, latitude, longitude, _geojson(account.parcel) if account.parcel else "", account.status,
    )  # fmt: skip


def _geojson(ring: Ring) -> str:
    points = [[round(longitude, 6), round(latitude, 6)] for longitude, latitude in ring]
    return json.dumps({"type": "Polygon", "coordinates": [points]}, separators=(",", ":"))


def _invoice(bill: Bill) -> Row:
    (due_on, amount), (second_due_on, second_amount), *third = bill.due
    third_due_on, third_amount = third[0] if third else ("", "")
    readings = bill.readings
    return (
        bill.document_code, bill.number, bill.account.number, "metered" if readings else "flat-rate",
        f"{bill.period.first_day:%Y-%m}", bill.issued_on, amount, due_on, second_amount, second_due_on, third_amount,
        third_due_on, *((readings.used, *readings) if readings else ("",) * 5), bill.other_taxes, bill.payment_code,
        bill.authorization_code, bill.authorization_due_on, "void" if bill.is_void else "open",
    )  # fmt: skip


def _lines(bill: Bill) -> Iterator[Row]:
    for position, line in enumerate(bill.lines, start=1):
        yield (bill.document_code, bill.number, position, *line)


def _charge(charge: Charge) -> Row:
    work, status = charge.work, "cancelled" if charge.is_cancelled else "pending"
    return (
        charge.number, charge.account.number, work.concept, work.description, work.price, charge.raised_on, status,
    )  # fmt: skip


def _payments(operation: Operation) -> Iterator[Row]:
    """By payment code where the bill has one, else by its number."""
    for bill, amount in operation.paid:
        named = (bill.payment_code, "", "") if bill.payment_code else ("", bill.document_code, bill.number)
        yield (operation.channel.value, operation.number, *named, operation.paid_at.isoformat(), amount)
