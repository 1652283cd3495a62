"""Who held an account when, and what has to be shown of it since it has another holder.

Bills know local dates, changes their instant: what was issued on the day of a change still is of the holder before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from accounts.models import HolderChange, ServiceAccount
from oficina.shared.dates import local_day


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A holder as the billing system told of them. `document` has digits only and may be empty."""

    name: str
    document: str
    vat_condition: str


def holder_of(account: ServiceAccount, *, on: date) -> Holder:
    """Who held the account on a local date. One query, or none when its `holder_changes` were loaded with it."""
    for change in sorted(account.holder_changes.all(), key=lambda change: change.changed_at):
        if on <= local_day(change.changed_at):
            return holder_told_by(change)
    return holder_told_by(account)


def changes_of(account: ServiceAccount) -> list[datetime]:
    """The instants (UTC) at which the account changed hands, the first one first."""
    changes = HolderChange.objects.filter(account=account).order_by("changed_at")
    return list(changes.values_list("changed_at", flat=True))


def changed_hands_since(moment: datetime, account: ServiceAccount) -> bool:
    """Whether the account has had another holder since an instant (UTC)."""
    return HolderChange.objects.filter(account=account, changed_at__gte=moment).exists()


def is_of_the_holder_since(issued_on: date, changed_at: datetime) -> bool:
    """Whether a bill issued on that local date is of whoever holds the account since the change."""
    return issued_on > local_day(changed_at)


def note_holder_changes(account_ids: Sequence[int], *, now: datetime) -> None:
    """Keep what accounts tell of their holder, before that is written over. In the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_holderchange"
            " (account_id, changed_at, holder_name, holder_document, holder_vat_condition)"
            " SELECT id, %s, holder_name, holder_document, holder_vat_condition"
            " FROM accounts_serviceaccount WHERE id = ANY (%s)",
            [now, list(account_ids)],
        )


def holder_told_by(told: ServiceAccount | HolderChange) -> Holder:
    """The holder of whom the account tells now, or the change told."""
    return Holder(name=told.holder_name, document=told.holder_document, vat_condition=told.holder_vat_condition)
