"""What the log tells of one record, one account, one person: for the pages of the office that show it."""

from collections.abc import Iterable

from django.db.models import Model

from accounts.models import ServiceAccount, User
from oficina.shared.audit.changes import RecordedChange, RecordedChangeQuerySet
from oficina.shared.audit.telling import ToldChange, tables_of, tell

MOST = 50
"""Changes that are told where no more are asked for."""


def audit_of(record: Model, *, most: int = MOST) -> list[ToldChange]:
    """The newest changes of this record; of a person also the roles and permissions that they were given."""
    return tell(_newest(RecordedChange.objects.filter(table__in=tables_of(type(record)), record=record.pk), most))


def audit_of_account(account: ServiceAccount, *, most: int = MOST) -> list[ToldChange]:
    """The newest changes of whatever belongs to this account: links, payments, claims, plans, adhesions, deliveries."""
    return tell(_newest(RecordedChange.objects.of_account(account.pk), most))


def audit_by(person: User, *, most: int = MOST) -> list[ToldChange]:
    """The newest changes that this person made."""
    return tell(_newest(RecordedChange.objects.by(person.pk), most))


def _newest(changes: RecordedChangeQuerySet, most: int) -> Iterable[RecordedChange]:
    return changes.newest_first()[:most]
