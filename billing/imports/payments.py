"""Import of `payments.csv`: the rendición of the collection channels.

The rows of one operation for one account are one payment, settled by the same rule as a checkout and a channel's
notice (`billing_allocate_item`). An operation goes in whole or not at all: a payment never changes once it is in the
ledger, so a row that is corrected tomorrow could not be added to it. What a notice told already settles nothing again.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from psycopg.sql import SQL, Literal

from billing.enums import PaymentChannel
from billing.imports.columns import BILL_OF_ROW, document_code, invoice_number, money, payment_code
from billing.imports.locking import lock_accounts
from billing.imports.settling import settle_staged_operations
from oficina.shared.imports.columns import Check, Instant, Patterned
from oficina.shared.imports.kinds import Counts, ImportKind, Resolved
from oficina.shared.imports.staging import StagedFile

_CLOCKS_DIFFER = timedelta(hours=1)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""A day of another century is a mistyped one. Channels may not tell one either (`billing.channels.messages`)."""

_REPEATED = "La operación repite la factura: vale la primera fila."
_NO_SUCH_CODE = "No hay ninguna factura con ese código de pago."
_NO_SUCH_BILL = "No hay ninguna factura con ese código y número."
_FRESH = SQL("r.problem IS NULL AND r.payment_id IS NULL")


def _merge(staged: StagedFile, still_going: Callable[[], None]) -> Counts:
    now = timezone.now()
    _refuse_beside_others(staged, now)
    _know_told_operations(staged)
    lock_accounts(SQL("SELECT r.account_id FROM import_rows r WHERE {}").format(_FRESH))
    _know_told_operations(staged)  # what a notice told between the first look and the lock
    _refuse_broken_operations(staged)
    settled = settle_staged_operations(staged, _FRESH, now, still_going)
    return Counts(inserted=settled, updated=0, unchanged=staged.rows - staged.refused() - settled)


def _refuse_beside_others(staged: StagedFile, now: datetime) -> None:
    staged.refuse(Check("payment_code", SQL("r.invoice_id IS NULL AND r.payment_code IS NOT NULL"), _NO_SUCH_CODE))
    staged.refuse(Check("invoice_number", SQL("r.invoice_id IS NULL"), _NO_SUCH_BILL))
    staged.refuse(
        Check(
            "payment_code",
            SQL("r.invoice_number <> '' AND r.numbered_id IS DISTINCT FROM r.invoice_id"),
            "El código de pago no es de esa factura.",
        )
    )
    staged.refuse(Check("paid_at", SQL("r.paid_at < {}").format(Literal(_EARLIEST)), "La fecha de pago es muy vieja."))
    latest = Literal(now + _CLOCKS_DIFFER)
    staged.refuse(Check("paid_at", SQL("r.paid_at > {}").format(latest), "La fecha de pago está en el futuro."))
    staged.refuse_repeated("operation_number", ["channel", "operation_number", "invoice_id"], _REPEATED)
    staged.refuse(
        Check(
            "paid_at",
            SQL(
                "first.channel = r.channel AND first.operation_number = r.operation_number"
                " AND first.paid_at <> r.paid_at"
            ),
            "No coincide con la fecha de pago de la primera fila de la operación.",
        ),
        SQL(
            "(SELECT DISTINCT ON (channel, operation_number) channel, operation_number, paid_at FROM import_rows"
            " WHERE problem IS NULL ORDER BY channel, operation_number, line) AS first"
        ),
    )


def _know_told_operations(staged: StagedFile) -> None:
    """Rows that say what the ledger has get its payment's id; those that say otherwise of its operation are refused."""
    told = SQL(
        "r.payment_id IS NULL AND payment.channel = r.channel AND payment.operation_number = r.operation_number"
        " AND payment.account_id = r.account_id"
    )
    staged.execute(
        SQL(
            "UPDATE import_rows r SET payment_id = payment.id FROM billing_payment payment, billing_paymentitem item"
            " WHERE r.problem IS NULL AND {} AND item.payment_id = payment.id AND item.invoice_id = r.invoice_id"
            " AND item.amount = r.amount"
        ).format(told)
    )
    staged.refuse(
        Check(
            "amount",
            SQL("{} AND item.payment_id = payment.id AND item.invoice_id = r.invoice_id").format(told),
            "La operación ya está registrada con otro importe.",
        ),
        SQL("billing_payment AS payment, billing_paymentitem AS item"),
    )
    staged.refuse(
        Check("operation_number", told, "La operación ya está registrada y no incluye esa factura."),
        SQL("billing_payment AS payment"),
    )


def _refuse_broken_operations(staged: StagedFile) -> None:
    """The other rows of an operation that has a bad one. A repeated row breaks nothing: its first one stands."""
    staged.refuse(
        Check(
            "operation_number",
            SQL("r.payment_id IS NULL AND r.channel = broken.channel AND r.operation_number = broken.operation_number"),
            "Otra fila de la misma operación tiene un error, y una operación se registra entera.",
        ),
        SQL(
            "(SELECT DISTINCT s.channel, s.operation_number FROM import_rows bad JOIN import_staged s USING (line)"
            " WHERE bad.problem IS NOT NULL AND bad.problem <> {}) AS broken"
        ).format(Literal(f"operation_number|{_REPEATED}")),
    )


PAYMENTS = ImportKind(
    name="payments",
    label="pagos",
    columns=(
        Patterned(
            name="channel",
            required=True,
            length=40,
            pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
            reason="Solo puede tener letras minúsculas, números y guiones.",
        ),
        Patterned(
            name="operation_number",
            required=True,
            length=64,
            pattern=r"^[[:graph:]]+$",
            reason="No puede tener espacios.",
        ),
        payment_code(),
        document_code(required=False),
        invoice_number(required=False),
        Instant(name="paid_at", required=True, zone=settings.TIME_ZONE),
        money("amount"),
    ),
    either=(frozenset({"payment_code"}), frozenset({"document_code", "invoice_number"})),
    checks=(
        Check(
            "channel",
            SQL("s.channel = {} OR s.channel LIKE 'direct-debit%'").format(Literal(PaymentChannel.CHECKOUT.value)),
            "Ese canal es de la Oficina Virtual: sus pagos no se importan.",
        ),
        Check(
            "invoice_number",
            SQL("(s.document_code = '') <> (s.invoice_number = '')"),
            "El código y el número van juntos.",
        ),
        Check(
            "payment_code",
            SQL("s.payment_code = '' AND s.invoice_number = ''"),
            "Falta el código de pago, o el código y número de la factura.",
        ),
        Check("amount", SQL("s.amount::numeric = 0"), "El importe tiene que ser mayor que cero."),
    ),
    joins=SQL(
        "{} LEFT JOIN billing_invoice coded ON coded.payment_code = NULLIF(s.payment_code, '')"
        " LEFT JOIN billing_invoice named ON named.id = CASE s.payment_code WHEN '' THEN bill.id ELSE coded.id END"
    ).format(BILL_OF_ROW),
    resolved=(
        Resolved("invoice_id", SQL("named.id")),
        Resolved("account_id", SQL("named.account_id")),
        Resolved("numbered_id", SQL("bill.id")),
        Resolved("payment_id", SQL("NULL::bigint")),
    ),
    merge=_merge,
)
