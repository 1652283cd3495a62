"""Columns and values of the office's lists and records. Each maker gives a method for an admin class."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from operator import attrgetter

from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from oficina.shared.models import PrivateFile
from oficina.shared.money import pesos

type Column = Callable[[object, Model], str]

NOTHING = "—"
_LINK = "text-primary-600 dark:text-primary-400"


def pesos_column(name: str, label: str) -> Column:
    """An amount of the row or of one that it points to (`charge.amount`): `$ 1.234,56`; a dash when there is none."""
    value = attrgetter(name)

    @admin.display(description=label)
    def column(_admin: object, row: Model) -> str:
        amount: Decimal | None = value(row)
        return NOTHING if amount is None else pesos(amount)

    column.formatting = "price"  # type: ignore[attr-defined]  # what Unfold reads to set it to the right
    return column


def linked_column(name: str, label: str) -> Column:
    """A row that this one points to, directly or through another (`charge.invoice`), with the way to it. Whoever lists
    many selects it with them.
    """
    value = attrgetter(name)

    @admin.display(description=label)
    def column(_admin: object, row: Model) -> str:
        other: Model | None = value(row)
        return NOTHING if other is None else record_link(other)

    column.leads_elsewhere = True  # type: ignore[attr-defined]  # read by `OfficeAdmin.get_list_display_links`
    return column


def file_column(name: str, label: str) -> Column:
    """A private file that the row has, with the way to it, in a window of its own; a dash when there is none."""
    value = attrgetter(name)

    @admin.display(description=label)
    def column(_admin: object, row: Model) -> str:
        file: PrivateFile | None = value(row)
        if file is None:
            return NOTHING
        address = reverse("private_file", args=[file.public_id])
        return format_html('<a class="office-link" href="{}" target="_blank" rel="noopener">{}</a>', address, file.name)

    return column


def self_column(label: str) -> Column:
    """The row's own name, with the way to its record."""

    @admin.display(description=label)
    def column(_admin: object, row: Model) -> str:
        return record_link(row)

    return column


def state_column[Key: str](
    name: str, label: str, colours: Mapping[Key, str]
) -> Callable[[object, Model], tuple[str, str]]:
    """A closed list's word in its colour (`success`, `info`, `warning`, `danger`); for lists only."""

    @admin.display(description=label)
    def column(_admin: object, row: Model) -> tuple[str, str]:
        return getattr(row, name), getattr(row, f"get_{name}_display")()

    column.label = dict(colours)  # type: ignore[attr-defined]  # what Unfold reads to colour it
    return column


def json_column(name: str, label: str) -> Column:
    """A JSON value, laid out to be read."""

    @admin.display(description=label)
    def column(_admin: object, row: Model) -> str:
        value = getattr(row, name)
        return NOTHING if value in (None, {}, []) else laid_out(value)

    return column


def laid_out(value: object) -> SafeString:
    """JSON with its indentation, everything in it escaped."""
    return format_html(
        '<pre class="office-json">{}</pre>', json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
    )


def record_link(row: Model, text: str = "") -> SafeString:
    """The way to the record of a row."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html('<a class="{}" href="{}">{}</a>', _LINK, reverse(name, args=[row.pk]), text or row)
