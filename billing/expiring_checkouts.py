"""Having checkouts closed whose bills were paid otherwise: the provider is told by a job, after the commit."""

from collections.abc import Collection
from typing import Final

from procrastinate.contrib.django import app

from billing.models import PaymentItem

EXPIRE_CHECKOUTS_TASK: Final = "billing.expire_checkouts_of"


def have_checkouts_expired(invoice_ids: Collection[int]) -> None:
    """Schedules it for those of the bills that a live attempt holds, in the caller's transaction."""
    held = PaymentItem.objects.filter(invoice_id__in=invoice_ids, live=True).values_list("invoice_id", flat=True)
    if ids := sorted(held):
        app.configure_task(EXPIRE_CHECKOUTS_TASK).defer(invoice_ids=[*ids])
