"""What becomes of an event in the inbox, whoever sent it: finished for good, or tried again after growing waits."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Power
from django.utils import timezone

from billing.enums import WebhookStatus
from billing.models import Payment, WebhookEvent

UNFINISHED: Final = (WebhookStatus.RECEIVED, WebhookStatus.FAILED)

BATCH: Final = 200
"""Events that are taken up in one go."""

_FIRST_WAIT = timedelta(seconds=15)
_LONGEST_ERROR = 2000
_MOST_DOUBLED = 24
"""That is eight years away."""

_log = logging.getLogger(__name__)


def act_once(
    event_id: int,
    act: Callable[[WebhookEvent], None],
    *,
    passes_on: tuple[type[Exception], ...] = (),
    waits_for: tuple[type[Exception], ...] = (),
) -> WebhookEvent:
    """Has `act` act on a stored event unless that was done; gives the event as it then is.

    Whatever goes wrong is written on the event and leaves it unfinished; nothing of it is lost. Nothing is raised but
    what `passes_on` names, after writing it down; `waits_for` names what is no fault, and not logged as one.
    """
    event = WebhookEvent.objects.get(pk=event_id)
    if event.status not in UNFINISHED:
        return event
    try:
        act(event)
    except passes_on as error:
        finish_event(event, WebhookStatus.FAILED, error=error)
        raise
    except waits_for as error:
        _log.info("event %s of %s waits: %s", event.event_id, event.source, type(error).__name__)
        finish_event(event, WebhookStatus.FAILED, error=error)
    except Exception as error:  # noqa: BLE001  an event that cannot be acted on stays for a person, whatever the reason
        _log.exception("event %s of %s", event.event_id, event.source)
        finish_event(event, WebhookStatus.FAILED, error=error)
    return event


def act_on_due(prefix: str, act: Callable[[int], WebhookEvent], *, now: datetime) -> int:
    """Has `act` act on the events whose turn it is, of sources whose name begins so; tells how many it took up."""
    due = due_events(now=now).filter(source__startswith=prefix).values_list("pk", flat=True)
    taken = list(due[:BATCH])
    for event_id in taken:
        act(event_id)
    return len(taken)


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


def next_try(event: WebhookEvent) -> datetime:
    """The instant from which on an unfinished event is tried again by itself."""
    return event.received_at + _FIRST_WAIT * (1 << min(event.attempts, _MOST_DOUBLED))


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
