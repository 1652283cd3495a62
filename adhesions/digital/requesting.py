"""Mailing a bill because somebody asks for it: its reader now, or the office again."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.models import User
from adhesions.digital.planning import send_later
from adhesions.digital.refusals import TooManyRequests
from adhesions.enums import DeliveryKind
from adhesions.models import BillDelivery
from billing.models import Invoice

MOST_REQUESTS: Final = 5
WINDOW: Final = timedelta(hours=1)


def request_bill(invoice: Invoice, *, by: User, now: datetime) -> BillDelivery:
    """Have a bill mailed to the person who asks, who may see it; the one on its way when they asked already.

    Raises TooManyRequests after MOST_REQUESTS within WINDOW, whatever bills they were.
    """
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        asked = BillDelivery.objects.filter(requested_by=by, kind=DeliveryKind.ON_REQUEST)
        waiting = asked.queued().filter(invoice=invoice).first()
        if waiting is not None:
            return waiting
        if asked.filter(queued_at__gt=now - WINDOW).count() >= MOST_REQUESTS:
            raise TooManyRequests
        return _made(invoice, by.email, by, now)


def resend_bill(delivery: BillDelivery, *, by: User, now: datetime) -> BillDelivery:
    """Have the bill of a delivery mailed again to the same address, on behalf of the office. It is another delivery."""
    with transaction.atomic():
        return _made(delivery.invoice, delivery.email, by, now)


def _made(invoice: Invoice, email: str, by: User, now: datetime) -> BillDelivery:
    delivery = BillDelivery.objects.create(
        invoice=invoice, email=email, kind=DeliveryKind.ON_REQUEST, requested_by=by, queued_at=now
    )
    send_later([delivery.pk], somebody_waits=True)
    return delivery
