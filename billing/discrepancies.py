"""What a rule cannot decide is put before a person, once."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from billing.enums import DiscrepancyKind
from billing.models import Discrepancy, Invoice, Payment, WebhookEvent
from billing.refusals import DiscrepancyAlreadyResolved


def open_discrepancy(
    kind: DiscrepancyKind,
    *,
    about: str,
    payment: Payment | None = None,
    invoice: Invoice | None = None,
    event: WebhookEvent | None = None,
    detail: Mapping[str, object] | None = None,
) -> Discrepancy:
    """Put a finding before the office. The same kind `about` the same thing stays one row, also once it is resolved.

    `about` names what was found by ids that never change, such as `3` for a payment. Part of the caller's transaction.
    """
    key = f"{kind}:{about}"
    Discrepancy.objects.bulk_create(
        [
            Discrepancy(
                key=key,
                kind=kind,
                payment=payment,
                invoice=invoice,
                event=event,
                detail=dict(detail or {}),
                opened_at=timezone.now(),
            )
        ],
        ignore_conflicts=True,
    )
    return Discrepancy.objects.get(key=key)


def resolve_discrepancy(discrepancy: Discrepancy, resolution: str, *, by: User) -> Discrepancy:
    """Keep what a person of the office decided, and that it was them; gives the finding as it then is.

    `resolution` says it in words and is not empty. No money moves by this. Raises DiscrepancyAlreadyResolved, so that
    nobody's decision is written over.
    """
    with transaction.atomic():
        found = Discrepancy.objects.select_for_update(no_key=True).get(pk=discrepancy.pk)
        if found.resolved_at is not None:
            raise DiscrepancyAlreadyResolved
        found.resolved_at = timezone.now()
        found.resolved_by = by
        found.resolution = resolution
        found.save(update_fields=["resolved_at", "resolved_by", "resolution"])
    return found
