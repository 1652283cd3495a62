"""What a rule cannot decide is put before a person, once."""

from collections.abc import Mapping

from django.utils import timezone

from billing.enums import DiscrepancyKind
from billing.models import Discrepancy, Invoice, Payment, WebhookEvent


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
