"""Import of `invoice_lines.csv`: what each bill charges for. A line that a later file does not bring stays."""

from collections.abc import Callable

from psycopg.sql import SQL, Composable, Identifier

from billing.imports.columns import BILL_OF_ROW, document_code, invoice_number, money
from billing.imports.fixed_prices import fixed_prices
from oficina.shared.imports.columns import Check, Number, Text
from oficina.shared.imports.kinds import Counts, ImportKind, Resolved
from oficina.shared.imports.merging import upsert
from oficina.shared.imports.staging import StagedFile

_KEY = ("invoice_id", "position")
_AS_READ = ("concept", "quantity", "unit", "unit_price", "amount", "vat_rate", "vat_amount")


def _merge(staged: StagedFile, _still_going: Callable[[], None]) -> Counts:
    staged.refuse(
        Check("invoice_number", SQL("r.invoice_id IS NULL"), "No hay ninguna factura con ese código y número.")
    )
    staged.refuse_repeated("position", _KEY, "La posición está repetida en la factura: vale la primera fila.")
    for condition, why in fixed_prices("bill"):
        staged.refuse(
            Check(
                "amount",
                SQL(
                    "known.invoice_id = r.invoice_id AND known.position = r.position::smallint"
                    " AND bill.id = r.invoice_id AND {}"
                    " AND (known.amount <> r.amount OR known.vat_amount <> r.vat_amount)"
                ).format(SQL(condition)),
                f"{why}: sus importes no cambian.",
            ),
            SQL("billing_invoiceline AS known, billing_invoice AS bill"),
        )
    values: dict[str, Composable] = {
        "invoice_id": SQL("r.invoice_id"),
        "position": SQL("r.position::smallint"),
        **{name: SQL("r.{}").format(Identifier(name)) for name in _AS_READ},
    }
    return upsert(
        staged, model=("billing.invoiceline", "billing_invoiceline"), key=_KEY, values=values, only_new={}, touched={}
    )


LINES = ImportKind(
    name="invoice_lines",
    label="renglones de facturas",
    columns=(
        document_code(),
        invoice_number(),
        Number(name="position", required=True, digits=4, places=0),
        Text(name="concept", required=True, length=120),
        Number(name="quantity", required=True, digits=11, places=3, signed=True),
        Text(name="unit", length=20),
        Number(name="unit_price", required=True, digits=12, places=4, signed=True),
        money("amount", signed=True),
        Number(name="vat_rate", required=True, digits=3),
        money("vat_amount", signed=True),
    ),
    joins=BILL_OF_ROW,
    resolved=(Resolved("invoice_id", SQL("bill.id")),),
    merge=_merge,
)
