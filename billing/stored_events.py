"""What becomes of an event in the inbox, whoever sent it: finished for good, or tried again after growing waits."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Power
from django.utils import timezone

from billing.enums import WebhookStatus
from billing.models import Payment, WebhookEvent

UNFINISHED: Final = (WebhookStatus.RECEIVED, WebhookStatus.FAILED)

_FIRST_WAIT = timedelta(seconds=15)
_LONGEST_ERROR = 2000


def due_events(*, now: datetime) -> QuerySet[WebhookEvent]:
    """The unfinished events whose turn it is, oldest first.

    Each failure doubles the age at which an event is tried again, from 15 seconds on: nothing is given up, and what
    never works is not tried all the time.
    """
    age_to_try = ExpressionWrapper(
        Value(_FIRST_WAIT, output_field=DurationField()) * Power(Value(2), F("attempts")), output_field=DurationField()
    )
    return WebhookEvent.objects.filter(
        Q(status__in=UNFINISHED),
        received_at__lte=ExpressionWrapper(
            Value(now, output_field=DateTimeField()) - age_to_try, output_field=DateTimeField()
        ),
    ).order_by("received_at")


def finish_event(
    event: WebhookEvent,
    status: WebhookStatus,
    *,
    payment: Payment | None = None,
    note: str = "",
    error: Exception | None = None,
) -> None:
    """Writes what came of an attempt; one that failed never takes back what another has finished meanwhile."""
    event.status = status
    event.payment = payment
    event.last_error = note if error is None else f"{type(error).__name__}: {error}"[:_LONGEST_ERROR]
    event.finished_at = None if status in UNFINISHED else timezone.now()
    WebhookEvent.objects.filter(pk=event.pk, status__in=UNFINISHED).update(
        status=event.status,
        payment=event.payment,
        last_error=event.last_error,
        finished_at=event.finished_at,
        attempts=F("attempts") + 1,
    )
