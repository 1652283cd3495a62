"""What the database refuses about documents that the utility issued."""

import pgtrigger

from billing.triggers.payments import written_once


def issued_once(*known_later: str) -> list[pgtrigger.Trigger]:
    """A document stays as it was issued: never deleted, its columns never changed.

    Its PDF, and what `known_later` names, is empty until it is known, and is written once.
    """
    later = ["pdf", "rendered_at", *known_later]
    return [
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name="stays_as_issued", exclude=later),
        written_once(later),
    ]
