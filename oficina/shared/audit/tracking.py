"""Which tables are watched. Each app lists its own in `models/watched.py`.

One trigger a table writes to the one log of all (decision 0161); what it writes is put together by the function
`record_change` of the database, and nothing at all when no watched column changed.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

import pgtrigger
from django.db import models

HIDDEN: Final = "•••"
"""What the log has in the place of a secret."""

TRIGGER: Final = "recorded"

type _Columns = list[models.Field[Any, Any]]


def watch(
    model: type[models.Model],
    *,
    omit: Collection[str] = (),
    hidden: Collection[str] = (),
    account: Iterable[str] = (),
    record: str = "",
) -> None:
    """Has the database record each row of the model that is made, changed or deleted.

    With all its fields but those in `omit`; of those in `hidden` merely that they changed. `account` are paths of
    foreign keys to the account that a row belongs to, `payment__account`, of which the first that leads to one holds.
    `record` names the foreign key to whose record the changes belong, where that is not the row itself.
    """
    fields = {field.name for field in model._meta.concrete_fields if not field.primary_key}
    _register(
        model,
        pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        None,
        _function(model, _columns(model, fields - {*_known(model, omit)}), _known(model, hidden), account, record),
    )


def watch_updates(model: type[models.Model], fields: Collection[str], *, account: Iterable[str] = ()) -> None:
    """Has the database record the updates of these fields only: of tables that files fill by the million, whose new
    rows are told of elsewhere (`ImportChange`, `PaymentEvent`). Other updates do not even call the trigger's function.
    """
    columns = _columns(model, set(_known(model, fields)))
    _register(model, pgtrigger.Update, pgtrigger.AnyChange(*fields), _function(model, columns, (), account, ""))


def _register(
    model: type[models.Model], operation: pgtrigger.Operation, condition: pgtrigger.Condition | None, function: str
) -> None:
    pgtrigger.register(
        pgtrigger.Trigger(
            name=TRIGGER,
            when=pgtrigger.After,
            operation=operation,
            condition=condition,
            declare=[("shown", f"{model._meta.db_table}%ROWTYPE")],
            func=function,
        )
    )(model)


def _known(model: type[models.Model], names: Collection[str]) -> Collection[str]:
    """The same. Raises FieldDoesNotExist for a name that is no field: a slip of the pen must not tell a secret."""
    for name in names:
        model._meta.get_field(name)
    return names


def _columns(model: type[models.Model], names: set[str]) -> _Columns:
    """Those of these fields of which the log can tell, in the order of the table."""
    return [
        field
        for field in model._meta.concrete_fields
        if field.name in names and not isinstance(field, (models.BinaryField, models.GeneratedField))
    ]


def _function(
    model: type[models.Model], columns: _Columns, hidden: Collection[str], account: Iterable[str], record: str
) -> str:
    accounts = ", ".join(_value_at(model, path) for path in account)
    secrets = ", ".join(f"'{_column(model, name)}'" for name in hidden)
    return f"""
        IF TG_OP = 'DELETE' THEN shown := OLD; ELSE shown := NEW; END IF;
        PERFORM record_change(
            '{model._meta.label_lower}',
            shown."{_column(model, record or "pk")}",
            {f"COALESCE({accounts})" if accounts else "NULL"},
            CASE WHEN TG_OP <> 'INSERT' THEN jsonb_build_object({", ".join(_pairs(columns, "OLD"))}) END,
            CASE WHEN TG_OP <> 'DELETE' THEN jsonb_build_object({", ".join(_pairs(columns, "NEW"))}) END,
            ARRAY[{secrets}]::text[]
        );
        RETURN NULL;
    """


def _pairs(columns: _Columns, row: str) -> Iterator[str]:
    return (f"""'{field.column}', {row}."{field.column}\"""" for field in columns)


def _value_at(model: type[models.Model], path: str) -> str:
    """The foreign key at the end of a path of foreign keys that begins at the row."""
    first, *others = path.split("__")
    value = f'shown."{_column(model, first)}"'
    for before, name in zip([first, *others], others, strict=False):
        foreign_key = _field(model, before)
        assert isinstance(foreign_key, models.ForeignKey)
        model = foreign_key.remote_field.model  # a table that was read before this one
        value = f'(SELECT "{_column(model, name)}" FROM "{model._meta.db_table}" WHERE "id" = {value})'  # noqa: S608  names
    return value


def _column(model: type[models.Model], name: str) -> str:
    return str((model._meta.pk if name == "pk" else _field(model, name)).column)


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field
