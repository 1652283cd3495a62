"""What the office does about stored events: acts on one again, on many in a job, or lets one be for good.

Acting on an event again never pays twice: see `billing.inbox`. Who did what, and what came of it, is kept beside it.
"""

import logging
from collections.abc import Collection
from typing import Final

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.models import User
from billing.enums import EventAction, ReprocessingState, WebhookStatus
from billing.gateway.errors import ProviderUnavailableError
from billing.models import OfficeEventAction, Reprocessing, WebhookEvent
from billing.refusals import EventFinished, NothingToReprocess
from billing.reprocessing import process_again
from billing.stored_events import UNFINISHED

REPROCESS_EVENTS_TASK: Final = "billing.reprocess_events"
MOST_EVENTS: Final = 10_000
"""Events of one job: what a list shows at most."""

_log = logging.getLogger(__name__)


def reprocess_event(event: WebhookEvent, *, by: User, reprocessing: Reprocessing | None = None) -> WebhookEvent:
    """Act on an event again unless that was done, and keep that `by` had it done; gives the event as it then is.

    Never inside a transaction. Raises EventFinished when there was nothing to do; ProviderUnavailableError, after
    keeping it.
    """
    if not WebhookEvent.objects.filter(pk=event.pk, status__in=UNFINISHED).exists():
        raise EventFinished
    try:
        event = process_again(event)
    finally:
        _keep(event, by, reprocessing)
    return event


def ignore_event(event: WebhookEvent, why: str, *, by: User) -> None:
    """Leave an unfinished event for good, by a decision of the office. `why` is not empty. Raises EventFinished."""
    with transaction.atomic():
        left = WebhookEvent.objects.filter(pk=event.pk, status__in=UNFINISHED)
        if not left.update(status=WebhookStatus.IGNORED, last_error="", finished_at=timezone.now()):
            raise EventFinished
        OfficeEventAction.objects.create(
            event=event, action=EventAction.IGNORED, by=by, outcome=WebhookStatus.IGNORED, words=why
        )


def ask_reprocessing(event_ids: Collection[int], chosen_by: str, *, by: User) -> Reprocessing:
    """Have those of the events that are unfinished acted on again by a job, oldest first, `MOST_EVENTS` at most.

    `chosen_by` tells in words how they were chosen. Raises NothingToReprocess.
    """
    with transaction.atomic():
        unfinished = WebhookEvent.objects.filter(pk__in=event_ids, status__in=UNFINISHED).order_by("received_at", "pk")
        chosen = list(unfinished.values_list("pk", flat=True)[:MOST_EVENTS])
        if not chosen:
            raise NothingToReprocess
        asked = Reprocessing.objects.create(asked_by=by, chosen_by=chosen_by[:300], event_ids=chosen)
        app.configure_task(REPROCESS_EVENTS_TASK).defer(reprocessing_id=asked.pk)
    return asked


def run_reprocessing(reprocessing_id: int) -> None:
    """Act on the events of a reprocessing; those that were done before a worker was killed are not done again.

    Stops when the provider does not answer: what is left is retried by itself, as ever. Never inside a transaction.
    """
    asked = _begin(reprocessing_id)
    if asked is None:
        return
    done = set(asked.actions.values_list("event_id", flat=True))
    for event_id in asked.event_ids:
        if event_id in done:
            continue
        try:
            reprocess_event(WebhookEvent.objects.get(pk=event_id), by=asked.asked_by, reprocessing=asked)
        except EventFinished:
            continue
        except ProviderUnavailableError:
            _log.warning("reprocessing %s stops: the provider does not answer", asked.pk)
            _end(asked, ReprocessingState.STOPPED)
            return
    _end(asked, ReprocessingState.DONE)


def _begin(reprocessing_id: int) -> Reprocessing | None:
    with transaction.atomic():
        asked = Reprocessing.objects.select_for_update(no_key=True).get(pk=reprocessing_id)
        if asked.ended_at is not None:
            return None
        if asked.state == ReprocessingState.QUEUED:
            asked.state = ReprocessingState.RUNNING
            asked.save(update_fields=["state"])
    return asked


def _end(asked: Reprocessing, state: ReprocessingState) -> None:
    Reprocessing.objects.filter(pk=asked.pk, state=ReprocessingState.RUNNING).update(
        state=state, ended_at=timezone.now()
    )


def _keep(event: WebhookEvent, by: User, reprocessing: Reprocessing | None) -> None:
    now = WebhookEvent.objects.only("status", "last_error").get(pk=event.pk)
    action = OfficeEventAction(
        event=event, action=EventAction.REPROCESSED, by=by, outcome=now.status, words=now.last_error,
        reprocessing=reprocessing,
    )  # fmt: skip
    OfficeEventAction.objects.bulk_create([action], ignore_conflicts=True)
