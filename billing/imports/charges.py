"""Import of `charges.csv`: what the utility charges outside of its bills. Only a pending charge changes.

What happened to a charge here since the file was made stands: a file that still calls it pending says nothing new.
"""

from collections.abc import Callable

from django.utils import timezone
from psycopg.sql import SQL, Composable, Identifier, Literal

from accounts.imports import AccountNumber
from billing.enums import ChargeStatus
from billing.imports.columns import NUMBER_PATTERN, NUMBER_REASON, money
from billing.imports.locking import lock_accounts, lock_rows
from oficina.shared.ids import PUBLIC_ID_LENGTH
from oficina.shared.imports.columns import Check, Choice, Day, Patterned, Text
from oficina.shared.imports.kinds import Counts, ImportKind, Resolved
from oficina.shared.imports.merging import differs, upsert
from oficina.shared.imports.staging import StagedFile

_MODEL = ("billing.charge", "billing_charge")
_KEY = ("charge_number",)
_AS_READ = ("charge_number", "account_id", "concept", "description", "amount", "raised_on", "status")
_SAME_CHARGE = SQL("known.charge_number = r.charge_number")
_NEW_ONLY: dict[str, Composable] = {
    "public_id": SQL("lower(shared_random_code({}))").format(Literal(PUBLIC_ID_LENGTH)),
    "cancellation_reason": Literal(""),
}


def _merge(staged: StagedFile, still_going: Callable[[], None]) -> Counts:
    values: dict[str, Composable] = {name: SQL("r.{}").format(Identifier(name)) for name in _AS_READ}
    staged.refuse(Check("account_number", SQL("r.account_id IS NULL"), "No hay ninguna cuenta con ese número."))
    staged.refuse_repeated("charge_number", _KEY, "El cargo está repetido: vale la primera fila.")
    still_going()
    _lock_what_may_change(values)
    _keep_what_was_decided_here(staged)
    _refuse_what_the_known_charge_forbids(staged)
    return upsert(
        staged, model=_MODEL, key=_KEY, values=values, only_new=_NEW_ONLY, touched={"updated_at": timezone.now()}
    )


def _lock_what_may_change(values: dict[str, Composable]) -> None:
    """What differs, and every pending charge of the file: somebody might accept one before it is written."""
    changing = SQL(
        "FROM import_rows r JOIN billing_charge known ON {} WHERE r.problem IS NULL AND (known.status = {} OR {})"
    ).format(_SAME_CHARGE, Literal(ChargeStatus.PENDING.value), differs(values, _KEY))
    lock_accounts(SQL("SELECT known.account_id {}").format(changing))
    lock_rows("billing_charge", SQL("SELECT known.id {}").format(changing))


def _keep_what_was_decided_here(staged: StagedFile) -> None:
    """Charges, now locked, that were invoiced, or cancelled by the office, and that the file does not know of yet."""
    staged.execute(
        SQL(
            "UPDATE import_rows r SET status = known.status FROM billing_charge known WHERE r.problem IS NULL AND {}"
            " AND r.status = {} AND (known.status = {} OR known.cancelled_by_id IS NOT NULL)"
        ).format(_SAME_CHARGE, Literal(ChargeStatus.PENDING.value), Literal(ChargeStatus.INVOICED.value))
    )


def _refuse_what_the_known_charge_forbids(staged: StagedFile) -> None:
    """What the charge as the portal has it does not allow; its own triggers would stop the whole file."""
    invoiced = f"known.status = '{ChargeStatus.INVOICED.value}'"
    cancelled = f"known.status = '{ChargeStatus.CANCELLED.value}'"
    for column, forbidden, reason in (
        ("account_number", "known.account_id <> r.account_id", "El cargo es de otra cuenta."),
        ("status", f"{invoiced} AND r.status <> known.status", "El cargo ya se facturó: no se puede cancelar."),
        ("status", f"{cancelled} AND r.status <> known.status", "El cargo se canceló: si vuelve, va con otro número."),
        ("amount", f"{invoiced} AND r.amount <> known.amount", "El cargo ya se facturó: su importe no cambia."),
        ("amount", f"{cancelled} AND r.amount <> known.amount", "El cargo se canceló: su importe no cambia."),
        *(
            (
                column,
                f"known.status <> '{ChargeStatus.PENDING.value}' AND r.{column} <> known.{column}",
                "El cargo ya no está pendiente: no cambia.",
            )
            for column in ("concept", "description", "raised_on")
        ),
    ):
        staged.refuse(
            Check(column, SQL("{} AND {}").format(_SAME_CHARGE, SQL(forbidden)), reason), SQL("billing_charge AS known")
        )
    staged.refuse(
        Check(
            "status",
            SQL(
                "r.status = {} AND NOT EXISTS (SELECT 1 FROM billing_charge known WHERE {} AND known.status = r.status)"
            ).format(Literal(ChargeStatus.INVOICED.value), _SAME_CHARGE),
            "El cargo no se facturó en la Oficina Virtual: si se facturó por otro lado, va cancelado.",
        )
    )


CHARGES = ImportKind(
    name="charges",
    label="cargos",
    columns=(
        Patterned(name="charge_number", required=True, length=20, pattern=NUMBER_PATTERN, reason=NUMBER_REASON),
        AccountNumber(name="account_number", required=True),
        Text(name="concept", required=True, length=120),
        Text(name="description", length=500),
        money("amount"),
        Day(name="raised_on", required=True),
        Choice(name="status", required=True, values={status.value: status.value for status in ChargeStatus}),
    ),
    checks=(Check("amount", SQL("s.amount::numeric = 0"), "El importe tiene que ser mayor que cero."),),
    joins=SQL("LEFT JOIN accounts_serviceaccount account ON account.number = replace(s.account_number, '-', '')"),
    resolved=(Resolved("account_id", SQL("account.id")),),
    merge=_merge,
)
