"""The record for which somebody came to an account's page: it may be too old to be in one of its tables."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import ServiceAccount
from oficina.shared.office.act_pages import record_address
from oficina.staff.customers.key import Key
from oficina.staff.customers.keys import KEYS
from oficina.staff.customers.sections import Section
from oficina.staff.customers.ways import May

_RECORDS: dict[str, Key] = {
    str(key.model._meta.model_name): key
    for key in KEYS
    if key.account and key.shown is None and key.model is not ServiceAccount
}


@dataclass(frozen=True, kw_only=True)
class FoundRecord:
    """What was looked for, and its own page. `is_shown` when a row of a table, that `anchor` names, is it."""

    words: str
    address: str
    anchor: str
    is_shown: bool


def record_found(anchor: str, sections: Iterable[Section], *, account: ServiceAccount, may: May) -> FoundRecord | None:
    """The record of the account that `anchor` names, such as `payment-418902`; None when there is none to be shown."""
    match = re.fullmatch(r"([a-z]+)-([0-9]{1,18})", anchor)
    key = _RECORDS.get(match[1]) if match else None
    if match is None or key is None or not may(key.permission):
        return None
    record = key.model._default_manager.filter(**{key.account: account.pk, "pk": int(match[2])}).first()
    if record is None:
        return None
    is_shown = any(row.anchor == anchor for section in sections for row in section.rows)
    return FoundRecord(words=key.named(record), address=record_address(record), anchor=anchor, is_shown=is_shown)
