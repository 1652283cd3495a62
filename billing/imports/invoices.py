"""Import of `invoices.csv`: service bills. A bill that has money on it keeps its price and stays valid."""

from collections.abc import Callable

from django.conf import settings
from django.utils import timezone
from psycopg.sql import SQL, Composable, Identifier, Literal

from accounts.imports import AccountNumber
from billing.enums import InvoiceKind, InvoiceStatus, ServiceKind
from billing.hooks import InvoiceChange
from billing.imports.columns import document_code, invoice_number, money, payment_code
from billing.imports.fixed_prices import fixed_prices
from billing.imports.locking import lock_accounts, lock_bills
from billing.imports.telling import expire_checkouts, tell
from oficina.shared.enums import ImportAction
from oficina.shared.ids import PUBLIC_ID_LENGTH
from oficina.shared.imports.columns import Check, Choice, Day, Month, Number, Text
from oficina.shared.imports.kinds import Counts, ImportKind, Resolved
from oficina.shared.imports.merging import differs, upsert
from oficina.shared.imports.staging import StagedFile

_MODEL = ("billing.invoice", "billing_invoice")
_KEY = ("document_code", "invoice_number")
_AS_READ = (
    "invoice_number", "period", "issued_on", "amount", "due_on", "consumption_m3", "previous_reading",
    "previous_reading_on", "current_reading", "current_reading_on", "payment_code", "authorization_code",
    "authorization_due_on", "status",
)  # fmt: skip
_SAME_BILL = SQL("known.document_code = r.document_code::smallint AND known.invoice_number = r.invoice_number")
_HELD = "known.applied + known.covered"
_IS_VOIDED = f"r.status = '{InvoiceStatus.VOID.value}'"
_PRICES = (
    ("amount", "r.amount <> known.amount", "su importe no cambia."),
    ("second_amount", "known.later_amounts[1] IS DISTINCT FROM r.second_amount", "sus importes no cambian."),
    ("third_amount", "known.later_amounts[2] IS DISTINCT FROM r.third_amount", "sus importes no cambian."),
)
_FORBIDDEN = (
    ("document_code", f"known.kind <> '{InvoiceKind.SERVICE.value}'", "Ese número es de un documento del portal."),
    ("account_number", "known.account_id <> r.account_id", "La factura es de otra cuenta."),
    ("status", f"known.applied > 0 AND {_IS_VOIDED}", "La factura tiene pagos: no se puede anular."),
    ("status", f"known.covered > 0 AND {_IS_VOIDED}", "Un plan de pago cubre la factura: no se puede anular."),
    *(
        (column, f"{condition} AND {changed}", f"{why}: {told}")
        for condition, why in fixed_prices("known")
        for column, changed, told in _PRICES
    ),
    (
        "amount",
        f"{_HELD} > 0 AND r.amount <> known.amount AND {_HELD} >= r.amount + known.surcharge",
        "La factura ya tiene pagos por ese importe o más.",
    ),
)
"""Column that is at fault, what is true in SQL of the row `r` and the bill `known`, and what is told."""


def _values() -> dict[str, Composable]:
    """The columns of the bill as expressions over a good row."""
    return {
        **{name: SQL("r.{}").format(Identifier(name)) for name in _AS_READ},
        "document_code": SQL("r.document_code::smallint"),
        "account_id": SQL("r.account_id"),
        "service_kind": SQL("r.kind"),
        "later_due_on": SQL("array_remove(ARRAY[r.second_due_on, r.third_due_on], NULL)"),
        "later_amounts": SQL("array_remove(ARRAY[r.second_amount, r.third_amount], NULL)"),
        "other_taxes": SQL("COALESCE(r.other_taxes, 0)"),
    }


_NEW_ONLY: dict[str, Composable] = {
    "public_id": SQL("lower(shared_random_code({}))").format(Literal(PUBLIC_ID_LENGTH)),
    "kind": Literal(InvoiceKind.SERVICE.value),
    "description": Literal(""),
    "applied": Literal(0),
    "surcharge": Literal(0),
}


def _merge(staged: StagedFile, still_going: Callable[[], None]) -> Counts:
    values = _values()
    _refuse_beside_others(staged)
    still_going()
    changing = SQL("FROM import_rows r JOIN billing_invoice known ON {} WHERE r.problem IS NULL AND {}").format(
        _SAME_BILL, differs(values, _KEY)
    )
    lock_accounts(SQL("SELECT known.account_id {}").format(changing))
    lock_bills(SQL("SELECT known.id {}").format(changing))
    _refuse_what_the_known_bill_forbids(staged)
    now = timezone.now()
    counts = upsert(staged, model=_MODEL, key=_KEY, values=values, only_new=_NEW_ONLY, touched={"updated_at": now})
    still_going()
    _tell(staged.run_id)
    return counts


def _refuse_beside_others(staged: StagedFile) -> None:
    """What shows beside the accounts, the other rows, and the payment codes of other bills."""
    staged.refuse(Check("account_number", SQL("r.account_id IS NULL"), "No hay ninguna cuenta con ese número."))
    staged.refuse_repeated("invoice_number", _KEY, "La factura está repetida: vale la primera fila.")
    staged.refuse_repeated("payment_code", ["payment_code"], "El código de pago está repetido: vale la primera fila.")
    staged.refuse(
        Check(
            "payment_code",
            SQL("known.payment_code = r.payment_code AND NOT ({})").format(_SAME_BILL),
            "Otra factura ya tiene ese código de pago.",
        ),
        SQL("billing_invoice AS known"),
    )


def _refuse_what_the_known_bill_forbids(staged: StagedFile) -> None:
    """What the bill as the portal has it, now locked, does not allow; its own triggers would stop the whole file."""
    for column, forbidden, reason in _FORBIDDEN:
        staged.refuse(
            Check(column, SQL("{} AND {}").format(_SAME_BILL, SQL(forbidden)), reason), SQL("billing_invoice AS known")
        )


def _tell(run_id: int) -> None:
    """Bills that came in, changed or were voided; a checkout that quoted another price is closed."""
    changes = SQL(
        "SELECT change.object_id FROM shared_importchange change"
        " JOIN billing_invoice bill ON bill.id = change.object_id WHERE change.run_id = {} AND change.model = {} AND {}"
    )

    def those(condition: str) -> Composable:
        return changes.format(Literal(run_id), Literal(_MODEL[0]), SQL(condition))

    voided = f"bill.status = '{InvoiceStatus.VOID.value}' AND change.before ? 'status'"
    updated = f"change.action = '{ImportAction.UPDATED.value}'"
    tell(InvoiceChange.IMPORTED, those(f"change.action = '{ImportAction.INSERTED.value}'"))
    tell(InvoiceChange.CHANGED, those(f"{updated} AND NOT ({voided})"))
    tell(InvoiceChange.VOIDED, those(f"{updated} AND {voided}"))
    priced = "ARRAY['status', 'amount', 'due_on', 'later_due_on', 'later_amounts']"
    expire_checkouts(those(f"{updated} AND change.before ?| {priced}"))


def _number_of_another_point_of_sale() -> Check:
    """The portal numbers its own documents: a bill with such a number would be in the way of one of them."""
    pattern = rf"^0*{settings.UTILITY.invoice_point_of_sale}-"
    return Check(
        "invoice_number",
        SQL("s.invoice_number ~ {}").format(Literal(pattern)),
        "Ese punto de venta es de la Oficina Virtual.",
    )


def _dates_and_amounts() -> tuple[Check, ...]:
    """How the values of one bill must agree. Dates compare as texts: all are `YYYY-MM-DD` by then."""
    return (
        Check("due_on", SQL("s.due_on < s.issued_on"), "El vencimiento es anterior a la emisión."),
        Check(
            "second_due_on",
            SQL("(s.second_due_on = '') <> (s.second_amount = '')"),
            "El segundo importe y su vencimiento van los dos o ninguno.",
        ),
        Check(
            "third_due_on",
            SQL("(s.third_due_on = '') <> (s.third_amount = '')"),
            "El tercer importe y su vencimiento van los dos o ninguno.",
        ),
        Check(
            "third_due_on",
            SQL("s.third_due_on <> '' AND s.second_due_on = ''"),
            "Hay tercer vencimiento y falta el segundo.",
        ),
        Check(
            "second_due_on",
            SQL("s.second_due_on <> '' AND s.second_due_on <= s.due_on"),
            "El segundo vencimiento tiene que ser posterior al primero.",
        ),
        Check(
            "third_due_on",
            SQL("s.third_due_on <> '' AND s.third_due_on <= s.second_due_on"),
            "El tercer vencimiento tiene que ser posterior al segundo.",
        ),
        Check(
            "second_amount",
            SQL("s.second_amount <> '' AND s.second_amount::numeric < s.amount::numeric"),
            "El segundo importe no puede ser menor que el primero.",
        ),
        Check(
            "third_amount",
            SQL("s.third_amount <> '' AND s.third_amount::numeric < s.second_amount::numeric"),
            "El tercer importe no puede ser menor que el segundo.",
        ),
    )


def _readings() -> tuple[Check, ...]:
    """A metered bill says what was consumed; a flat-rate one has nothing of a meter."""
    measured = SQL(
        "s.consumption_m3 || s.previous_reading || s.previous_reading_on || s.current_reading || s.current_reading_on"
    )
    return (
        Check(
            "consumption_m3",
            SQL("s.kind = 'metered' AND s.consumption_m3 = ''"),
            "Falta el consumo de un servicio medido.",
        ),
        Check(
            "consumption_m3",
            SQL("s.kind <> 'metered' AND {} <> ''").format(measured),
            "Un servicio de cuota fija no lleva consumo ni lecturas.",
        ),
        Check(
            "current_reading_on",
            SQL("s.current_reading_on <> '' AND s.current_reading_on < s.previous_reading_on"),
            "La lectura actual es anterior a la previa.",
        ),
    )


INVOICES = ImportKind(
    name="invoices",
    label="facturas",
    columns=(
        document_code(),
        invoice_number(),
        AccountNumber(name="account_number", required=True),
        Choice(
            name="kind",
            required=True,
            values={"metered": ServiceKind.METERED.value, "flat-rate": ServiceKind.FLAT_RATE.value},
        ),
        Month(name="period", required=True),
        Day(name="issued_on", required=True),
        money("amount"),
        Day(name="due_on", required=True),
        money("second_amount", required=False),
        Day(name="second_due_on"),
        money("third_amount", required=False),
        Day(name="third_due_on"),
        Number(name="consumption_m3", digits=9, places=3),
        Number(name="previous_reading", digits=9, places=3),
        Day(name="previous_reading_on"),
        Number(name="current_reading", digits=9, places=3),
        Day(name="current_reading_on"),
        money("other_taxes", required=False),
        payment_code(),
        Text(name="authorization_code", length=20),
        Day(name="authorization_due_on"),
        Choice(name="status", required=True, values={status.value: status.value for status in InvoiceStatus}),
    ),
    checks=(_number_of_another_point_of_sale(), *_dates_and_amounts(), *_readings()),
    joins=SQL("LEFT JOIN accounts_serviceaccount account ON account.number = replace(s.account_number, '-', '')"),
    resolved=(Resolved("account_id", SQL("account.id")),),
    merge=_merge,
)
