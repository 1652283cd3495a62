"""The log of changes in the office's words: which datum of which record went from what to what, and who did it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import models
from django.urls import reverse
from django.utils.formats import number_format

from oficina.shared.audit.changes import ChangeKind, RecordedChange
from oficina.shared.audit.tracking import HIDDEN
from oficina.shared.dates import day_and_clock, short_date
from oficina.shared.money import MoneyField, pesos

NOTHING: Final = "—"

_NAMED: Final = frozenset({"accounts.user", "accounts.serviceaccount", "auth.group", "auth.permission"})
"""Tables whose rows are told by name, one statement each; of others the number is told."""

_OF_PEOPLE: Final = ("accounts.rolegiven", "accounts.permissiongiven")
"""Tables whose changes belong to the record of a person."""

_COLUMNS: Final = {"group_id": "Rol", "permission_id": "Permiso", "user_id": "Usuario"}
"""Columns of tables that Django makes without names for people."""

type _Names = Mapping[tuple[str, int], str]


@dataclass(frozen=True, kw_only=True)
class ToldDatum:
    """One datum that changed: its name and both contents, as people read them."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class ToldChange:
    """One change. `at` is UTC. `who` is the name as it was then, empty when nobody was logged in; `who_key` finds them.
    `where` is a page, a job or a command, `ip` an address of the net or empty. `address` is the record's page in the
    office, empty when it has none.
    """

    at: datetime
    who: str
    who_key: int | None
    kind: ChangeKind
    table: str
    record: int
    address: str
    where: str
    ip: str
    data: tuple[ToldDatum, ...]

    @property
    def is_new(self) -> bool:
        """Whether the record was made then: its data have no before."""
        return self.kind == ChangeKind.INSERT

    @property
    def is_gone(self) -> bool:
        """Whether the record was deleted then: its data have no after."""
        return self.kind == ChangeKind.DELETE


def tell(changes: Iterable[RecordedChange]) -> list[ToldChange]:
    """The changes in their order, in words. A handful of statements, however many they are."""
    listed = list(changes)
    names = _names_in(listed)
    return [_told(change, names) for change in listed]


def tables_of(model: type[models.Model]) -> list[str]:
    """The tables whose changes are a record's own, as the log names them."""
    concrete = model._meta.concrete_model or model
    own = [model._meta.label_lower, concrete._meta.label_lower]
    return [*dict.fromkeys(own), *(_OF_PEOPLE if concrete is get_user_model() else ())]


def table_name(label: str) -> str:
    """What the office calls a table: `pago`. One that is no more keeps the name that the log has."""
    model = _model(label)
    return label if model is None else str(model._meta.verbose_name)


def _told(change: RecordedChange, names: _Names) -> ToldChange:
    model = _model(change.table)
    origin = change.origin
    return ToldChange(
        at=change.at,
        who=origin.get("name", ""),
        who_key=change.who,
        kind=ChangeKind(change.kind),
        table=table_name(change.table),
        record=change.record,
        address=_address(change),
        where=_where(origin),
        ip=origin.get("ip", ""),
        data=tuple(_data(model, change.before or {}, change.after or {}, names)),
    )


def _data(
    model: type[models.Model] | None, before: Mapping[str, Any], after: Mapping[str, Any], names: _Names
) -> Iterable[ToldDatum]:
    fields = _fields(model)
    for column in sorted({*before, *after}, key=lambda name: list(fields).index(name) if name in fields else 0):
        field = fields.get(column)
        own = _COLUMNS.get(column) if field is not None and field.model._meta.auto_created else None
        label = own or (column if field is None else str(field.verbose_name))
        yield ToldDatum(
            name=label[:1].upper() + label[1:],
            before=_words(field, before.get(column), names),
            after=_words(field, after.get(column), names),
        )


def _words(field: models.Field[Any, Any] | None, value: Any, names: _Names) -> str:
    """A value of the log as a person reads it."""
    if value in (None, "", [], {}):
        return NOTHING
    if value == HIDDEN:
        return "oculto"
    if field is not None and field.is_relation:
        return names.get((_related(field), value), f"n.º {value}")
    if field is not None and field.choices and not isinstance(value, list):
        return str(dict(field.flatchoices).get(value, value))
    return _plain_words(field, value)


def _plain_words(field: models.Field[Any, Any] | None, value: Any) -> str:
    match field, value:
        case _, bool():
            return "Sí" if value else "No"
        case MoneyField(), _:
            return pesos(Decimal(str(value)))
        case models.DateTimeField(), str():
            return day_and_clock(datetime.fromisoformat(value))
        case models.DateField(), str():
            return short_date(date.fromisoformat(value))
        case _, int() | float():
            return number_format(Decimal(str(value)), use_l10n=True)
        case _, list() | dict():
            return json.dumps(value, ensure_ascii=False)
    return str(value)


def _where(origin: Mapping[str, Any]) -> str:
    if "page" in origin:
        return str(origin["page"])
    if "task" in origin:
        return f"Tarea {origin['task']} ({origin['job']})"
    return f"Comando {origin['command']}" if origin.get("command") else "Consola de la base de datos"


def _names_in(changes: list[RecordedChange]) -> _Names:
    """The names of the rows that the changes point to, of tables whose rows have one that people know."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for change in changes:
        for column, field in _fields(_model(change.table)).items():
            for row in (change.before or {}, change.after or {}):
                if field.is_relation and row.get(column) is not None and _related(field) in _NAMED:
                    wanted[_related(field)].add(row[column])
    return {
        (label, int(row.pk)): _name(row)
        for label, keys in wanted.items()
        for row in apps.get_model(label)._default_manager.filter(pk__in=keys)
    }


def _name(row: models.Model) -> str:
    full_name: str = getattr(row, "full_name", "")
    return full_name or str(getattr(row, "name", row))


def _address(change: RecordedChange) -> str:
    model = get_user_model() if change.table in _OF_PEOPLE else _model(change.table)
    if model is None or (change.kind == ChangeKind.DELETE and change.table not in _OF_PEOPLE):
        return ""
    if not admin.site.is_registered(model):
        return ""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[change.record])


def _model(label: str) -> type[models.Model] | None:
    try:
        return apps.get_model(label)
    except LookupError:  # of a version that had it
        return None


def _fields(model: type[models.Model] | None) -> dict[str, models.Field[Any, Any]]:
    """The columns of a table in their order."""
    return {} if model is None else {str(field.column): field for field in model._meta.concrete_fields}


def _related(field: models.Field[Any, Any]) -> str:
    related = field.related_model
    return related._meta.label_lower if isinstance(related, type) else ""
