"""What the office takes out: the files of the `export_…` commands, with who may take each and what it adds up to."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from accounts.export import ExportedContactChange, exported_contact_changes
from adhesions.export import ExportedAdhesion, exported_adhesions
from billing.charges.export import ExportedCharge, exported_charges
from billing.export import ExportedMovement, export_rows
from oficina.shared.money import ZERO
from oficina.staff.files.enums import ExportKind
from payment_plans.export import ExportedDocument, ExportedStep, exported_documents, exported_steps


@dataclass(frozen=True, kw_only=True)
class Export[Row: tuple[Any, ...]]:
    """One kind. `rows` gives those of some local days, both included; `amount` is what a row adds to the total, in
    pesos, None where a total means nothing; `name` begins the name of the file.
    """

    name: str
    permission: str
    columns: tuple[str, ...]
    rows: Callable[[date, date], Iterator[Row]]
    amount: Callable[[Row], Decimal] | None = None


EXPORTS: Final[Mapping[ExportKind, Export[Any]]] = {
    ExportKind.PAYMENTS: Export[ExportedMovement](
        name="rendicion",
        permission="staff.export_payments",
        columns=ExportedMovement._fields,
        rows=export_rows,
        amount=lambda row: row.amount,
    ),
    ExportKind.CHARGES: Export[ExportedCharge](
        name="cargos",
        permission="staff.export_charges",
        columns=ExportedCharge._fields,
        rows=exported_charges,
        amount=lambda row: row.amount if row.document_code else ZERO,
    ),
    ExportKind.ADHESIONS: Export[ExportedAdhesion](
        name="adhesiones",
        permission="staff.export_adhesions",
        columns=ExportedAdhesion._fields,
        rows=exported_adhesions,
    ),
    ExportKind.PLANS: Export[ExportedStep](
        name="planes",
        permission="staff.export_plans",
        columns=ExportedStep._fields,
        rows=exported_steps,
    ),
    ExportKind.PLAN_DOCUMENTS: Export[ExportedDocument](
        name="cuotas",
        permission="staff.export_plans",
        columns=ExportedDocument._fields,
        rows=exported_documents,
        amount=lambda row: row.capital + row.interest + row.vat,
    ),
    ExportKind.CONTACT_CHANGES: Export[ExportedContactChange](
        name="contactos",
        permission="staff.export_contact_changes",
        columns=ExportedContactChange._fields,
        rows=exported_contact_changes,
    ),
}
