"""A small utility made as large as one of millions of bills: copies of its rows, over accounts, people and days."""

from typing import Any, Final

from django.apps import apps
from django.db import connection
from django.db.models import EmailField, ForeignKey, Model
from psycopg import sql
from tqdm import tqdm

_SHARES: Final[dict[str, float]] = {
    "accounts.serviceaccount": 0.1, "accounts.user": 0.06, "accounts.accountlink": 0.08,
    "accounts.emailaddress": 0.06,
    "billing.invoice": 1, "billing.payment": 1, "billing.paymentitem": 1, "billing.paymentevent": 2,
    "billing.allocation": 1, "billing.receipt": 1, "billing.creditentry": 0.2, "billing.webhookevent": 0.4,
    "billing.collectionoperation": 0.6, "billing.providermovement": 0.4, "billing.discrepancy": 0.02,
    "adhesions.billdelivery": 1, "adhesions.scheduleddebit": 0.4, "adhesions.debittry": 0.4,
    "shared.outgoingmail": 1, "shared.importchange": 1, "shared.privatefile": 0,
    "shared.recordedchange": 1, "staff.visit": 0.4, "staff.storedpart": 0, "billing.tillpayment": 0.1,
    "billing.tillshift": 0.002, "accounts.attention": 0.05, "accounts.attentionstep": 0.1,
    "admin.logentry": 0.1, "procrastinate.procrastinatejob": 0.4, "procrastinate.procrastinateevent": 0.8,
}  # fmt: skip
_OTHERS: Final = 0.02
"""Rows of a table for each bill: a bill every two months for ten years is sixty of an account."""

_FEW: Final = {
    "accounts.termsversion", "adhesions.bouncesecret", "adhesions.bouncesource", "adhesions.debitretry", "auth.group",
    "auth.permission", "billing.channelsecret", "billing.collectionchannel", "billing.invoiceseries",
    "billing.lateinterestpolicy", "billing.providerday", "contenttypes.contenttype", "payment_plans.planpolicy",
    "payment_plans.policyoption", "sites.site", "tramites.awaymessage", "tramites.cannedanswer", "tramites.helptext",
    "tramites.helptopic", "tramites.linkcheck", "tramites.openinghours", "tramites.paymentplace", "tramites.procedure",
    "tramites.procedurecategory", "tramites.proceduretext", "tramites.zone",
}  # fmt: skip
"""Tables that stay as small as they are: of things that a utility has a handful of, or one a day."""


def multiply(bills: int) -> None:
    """Copies rows until each table has its share of them."""
    with connection.cursor() as cursor:
        for model in tqdm(_multiplied(), desc="tablas"):
            cursor.execute("SET session_replication_role = replica")  # neither triggers nor foreign keys
            _copy(cursor, model, int(bills * _SHARES.get(model._meta.label_lower, _OTHERS)))
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")


def _multiplied() -> list[type[Model]]:
    """The tables, those first to which others point, so that copies have all of them to choose from."""
    ordered: list[type[Model]] = []
    met: set[type[Model]] = set()

    def meet(model: type[Model]) -> None:
        if model in met or model._meta.proxy:
            return
        met.add(model)
        for each in model._meta.concrete_fields:
            if isinstance(each, ForeignKey):
                meet(each.related_model)
        if model._meta.label_lower not in _FEW and _has_own_numbers(model):
            ordered.append(model)

    for model in apps.get_models():
        meet(model)
    return ordered


def _has_own_numbers(model: type[Model]) -> bool:
    return model._meta.pk is not None and model._meta.pk.get_internal_type() in {"BigAutoField", "AutoField"}


def _copy(cursor: Any, model: type[Model], wanted: int) -> None:
    table, key = sql.Identifier(model._meta.db_table), sql.Identifier(_key(model))
    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(table))
    there = cursor.fetchone()[0]
    if there == 0 or wanted <= there:
        return
    for name in _checks(cursor, model._meta.db_table):
        cursor.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(table, sql.Identifier(name)))
    unique = _unique_columns(cursor, model._meta.db_table)
    columns = [each for each in model._meta.concrete_fields if not each.primary_key and not each.generated]
    names: list[sql.Composable] = [sql.Identifier(str(each.column)) for each in columns]
    values = [_value(each, unique=each.column in unique, wanted=wanted) for each in columns]
    copied = sql.SQL(
        "INSERT INTO {table} ({names}) SELECT {values} FROM (SELECT rows.*, copy_number"
        " FROM (SELECT *, row_number() OVER (ORDER BY {key}) - 1 AS copied_row FROM {table}) AS rows"
        " JOIN generate_series({there}, {last}) AS copy_number ON mod(copy_number, {there}) = copied_row"
        " ORDER BY copy_number) AS it ON CONFLICT DO NOTHING"
    ).format(
        table=table, names=sql.SQL(", ").join(names), values=sql.SQL(", ").join(values), key=key,
        there=sql.Literal(there), last=sql.Literal(wanted - 1),
    )  # fmt: skip
    cursor.execute(copied)


def _key(model: type[Model]) -> str:
    return str(model._meta.pk.column) if model._meta.pk else "id"


def _checks(cursor: Any, table: str) -> list[str]:
    """Rules of single rows, which copies with made-up keys need not keep."""
    cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'", [table])
    return [name for (name,) in cursor.fetchall()]


def _unique_columns(cursor: Any, table: str) -> set[str]:
    """Those that tell rows apart: in a unique index, and hardly ever the same in two rows."""
    cursor.execute(
        "SELECT DISTINCT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
        " AND a.attnum = ANY (i.indkey) WHERE i.indrelid = %s::regclass AND i.indisunique AND NOT i.indisprimary",
        [table],
    )
    return {name for (name,) in cursor.fetchall() if _tells_apart(cursor, table, name)}


def _tells_apart(cursor: Any, table: str, column: str) -> bool:
    counted = sql.SQL("SELECT 2 * count(DISTINCT {0}) > count({0}) FROM {1}")
    cursor.execute(counted.format(sql.Identifier(column), sql.Identifier(table)))
    return bool(cursor.fetchone()[0])


def _value(field: Any, *, unique: bool, wanted: int) -> sql.Composable:
    """What a copy has in this column: another parent, an earlier day, a key of its own, or the same."""
    column, kind = sql.Identifier(field.column), field.db_type(connection) or ""
    if field.is_relation:
        return _another_parent(field.related_model, column)
    ago = sql.SQL("({wanted} - copy_number)::bigint * 3650 / {wanted}").format(wanted=sql.Literal(wanted))
    match kind:
        case "date":
            return sql.SQL("{column} - ({ago})::int").format(column=column, ago=ago)
        case "timestamp with time zone":
            return sql.SQL("{column} - ({ago}) * interval '1 day'").format(column=column, ago=ago)
        case "bytea":
            return sql.SQL("substr({column}, 1, 200)").format(column=column)  # no list reads documents
        case "text" if not unique:
            return sql.SQL("left({column}, 1000)").format(column=column)
    if unique and isinstance(field, EmailField):
        return sql.SQL("left(md5(copy_number::text), 16) || '@correo.example'")
    return _own_key(column, kind) if unique else column


def _another_parent(parent: type[Model], column: sql.Identifier) -> sql.Composable:
    if parent._meta.label_lower in _FEW or not _has_own_numbers(parent):
        return column
    with connection.cursor() as cursor:
        keys = sql.SQL("SELECT coalesce(min({0}), 0), coalesce(max({0}), 0) FROM {1}")
        cursor.execute(keys.format(sql.Identifier(_key(parent)), sql.Identifier(parent._meta.db_table)))
        first, last = cursor.fetchone()
    return sql.SQL("CASE WHEN {column} IS NULL THEN NULL ELSE {first} + mod(copy_number, {count}) END").format(
        column=column, first=sql.Literal(first), count=sql.Literal(last - first + 1)
    )


def _own_key(column: sql.Identifier, kind: str) -> sql.Composable:
    if kind in {"bigint", "integer"}:
        return sql.SQL("copy_number + 1000000")
    if kind == "uuid":
        return sql.SQL("gen_random_uuid()")
    if kind == "text" or kind.startswith("varchar"):
        return sql.SQL(
            "CASE WHEN {column} ~ '^[0-9]+$' THEN right(repeat('8', 20) || copy_number, greatest(length({column}), 8))"
            " WHEN {column} = '' THEN '' ELSE left(md5(copy_number::text), length({column})) END"
        ).format(column=column)
    return column
