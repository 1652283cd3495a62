"""Attending whoever comes to the counter: who they are, what was done for them. The only writer of Attention.

An attention that has ended is printed on a slip, so nothing is added to it any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.enums import AttentionDeed, DocumentKind, Relation
from accounts.models import Attention, AttentionStep, ServiceAccount, User

ATTEND_PERMISSION: Final = "accounts.attend_customer"


class AttentionEnded(Exception):  # noqa: N818  a refusal, named by what happened
    """The attention has ended: nothing is added to it."""


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who came, as the office saw it. `document` is as it is written on what they showed; `phone` has digits only."""

    name: str
    document_kind: DocumentKind
    document: str
    relation: Relation
    phone: str = ""


def begin_attention(
    account: ServiceAccount, visitor: Visitor, *, reason: str, by: User, key: str, now: datetime
) -> Attention:
    """Somebody of the office begins to attend whoever came about an account, at that instant (UTC). `key` names the
    form: sent twice, it is one attention.
    """
    with transaction.atomic():
        attention, _made = Attention.objects.get_or_create(
            key=key,
            defaults={
                "account": account,
                "by": by,
                "visitor_name": visitor.name,
                "document_kind": visitor.document_kind,
                "document": visitor.document,
                "phone": visitor.phone,
                "relation": visitor.relation,
                "reason": reason,
                "began_at": now,
            },
        )
    return attention


def note_step(attention: Attention, deed: AttentionDeed, said: str, *, now: datetime) -> AttentionStep:
    """Add what was done: in the caller's transaction, when there is one, with the act itself. Raises AttentionEnded."""
    with transaction.atomic():
        _open(attention)
        return AttentionStep.objects.create(attention=attention, deed=deed, said=said[:200], at=now)


def end_attention(attention: Attention, outcome: str, *, now: datetime) -> bool:
    """The person leaves, at that instant (UTC). Returns whether it was this that ended it: twice changes nothing."""
    with transaction.atomic():
        try:
            found = _open(attention)
        except AttentionEnded:
            return False
        found.outcome, found.ended_at = outcome, max(now, found.began_at)
        found.save(update_fields=["outcome", "ended_at"])
    return True


def attentions_of(account: ServiceAccount, *, most: int = 20) -> Sequence[Attention]:
    """Who came to the counter about the account, the last ones first, each with who attended them."""
    return list(Attention.objects.filter(account=account).select_related("by").order_by("-began_at")[:most])


def _open(attention: Attention) -> Attention:
    """As it is now, locked. Raises AttentionEnded."""
    found = Attention.objects.select_for_update(no_key=True).get(pk=attention.pk)
    if found.ended_at is not None:
        raise AttentionEnded
    return found
