"""What the database itself refuses about adhesions. Declared on the models; installed by their migrations."""

import pgtrigger


def made_once(*decided_later: str) -> list[pgtrigger.Trigger]:
    """An adhesion is never deleted, and stays as it was made but for its end and what `decided_later` names."""
    return [
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name="stays_as_made", exclude=["ended_at", "ended_by", "end_reason", *decided_later]),
    ]


def ended_for_good() -> pgtrigger.Trigger:
    """An adhesion that ended is history: whoever wants it again makes another one and accepts its terms."""
    return pgtrigger.Protect(
        name="ended_for_good", operation=pgtrigger.Update, condition=pgtrigger.Q(old__ended_at__isnull=False)
    )
