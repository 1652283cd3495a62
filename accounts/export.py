"""What the utility's billing system has to learn of the people who act for its accounts: that their mail or telephone
changed.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from django.db.models import F, Q

from accounts.account_numbers import format_account_number
from accounts.models import ProfileChange, ProfileField
from oficina.shared.exporting import local_instant, midnight

CONTACT: Final = (ProfileField.EMAIL, ProfileField.PHONE)
"""The data by which a person is reached. Names and documents are the person's, not the holder's: they stay here."""

_AT_ONCE: Final = 2000


class ExportedContactChange(NamedTuple):
    """One line. Its fields, in this order, are the columns of the file (`docs/data-formats.md`)."""

    datum: str
    changed_at: str
    account_number: str
    person_document: str
    before: str
    after: str
    changed_by: str


def exported_contact_changes(since: date, until: date) -> Iterator[ExportedContactChange]:
    """The changes of mail and telephone from the local date `since` to `until`, both whole, in the order in which they
    came: one line for each account that the person acted for at that moment. A change is on the lines of one day, for
    good. Memory holds some thousands of them.
    """
    held = Q(user__links__linked_at__lte=F("changed_at")) & (
        Q(user__links__unlinked_at=None) | Q(user__links__unlinked_at__gt=F("changed_at"))
    )
    changes = (
        ProfileChange.objects.filter(
            held,
            field__in=CONTACT,
            changed_at__gte=midnight(since),
            changed_at__lt=midnight(until + timedelta(days=1)),
        )
        .order_by("changed_at", "pk", "user__links__pk")
        .values_list(
            "field", "changed_at", "user__links__account__number", "user__document", "before", "after",
            "user_id", "changed_by_id",
        )
    )  # fmt: skip
    for field, at, account, document, before, after, person, by in changes.iterator(chunk_size=_AT_ONCE):
        yield ExportedContactChange(
            datum=field,
            changed_at=local_instant(at),
            account_number=format_account_number(account),
            person_document=document,
            before=before,
            after=after,
            changed_by="person" if by == person else "office",
        )
