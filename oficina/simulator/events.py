"""Events: what happened, kept for the API's list and queued for the webhook, with the faults applied on the way."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import cast

from oficina.simulator.clock import Clock
from oficina.simulator.deliveries import Deliveries, Sending
from oficina.simulator.faults import Fault, Faults
from oficina.simulator.identifiers import new_id
from oficina.simulator.objects import API_VERSION, EVENTS, Event, EventData, EventRequest
from oficina.simulator.store import Store

NO_REQUEST: EventRequest = {"id": None, "idempotency_key": None}
"""The cause of an event that no API request caused: a customer at the hosted page, or time."""


@dataclass(frozen=True)
class _Holding:
    """How long events are kept back, and in which order they go: when there are `size`, or never when it is 0."""

    size: int
    order: str
    seed: int


@dataclass(frozen=True)
class _Course:
    """What the faults make of one happening."""

    event_ids: int = 1
    sending: Sending = field(default_factory=Sending)
    holding: _Holding | None = None


class Events:
    """Makes events and hands them to the queue."""

    def __init__(self, store: Store, clock: Clock, faults: Faults, deliveries: Deliveries, api_version: str) -> None:
        self._store = store
        self._clock = clock
        self._faults = faults
        self._deliveries = deliveries
        self._api_version = api_version or API_VERSION

    def emit(
        self,
        event_type: str,
        subject: Mapping[str, object],
        request: EventRequest = NO_REQUEST,
        *,
        before: Mapping[str, object] | None = None,
    ) -> str:
        """Record that something happened to `subject` and queue its sending; call it inside the transaction of the
        change. `before` is what the fields that changed said until now. Returns the identifier of the event (of the
        first, when a fault makes two).
        """
        course = reduce(_apply, self._faults.take("event", event_type), _Course())
        events = [self._record(event_type, subject, request, before) for _ in range(course.event_ids)]
        for event in events:
            self._deliveries.enqueue(event["id"], event_type, course.sending)
        if course.holding is not None and 0 < course.holding.size <= len(self._deliveries.held()):
            self.release(course.holding.order, course.holding.seed)
        return events[0]["id"]

    def release(self, order: str, seed: int = 0) -> list[str]:
        """Let every held event go, one after another; returns their identifiers in that order. `order` is one of
        `faults.ORDERS`, and `seed` makes the same shuffle again.
        """
        with self._store.transaction():
            held = self._deliveries.held()
            if order == "reversed":
                held.reverse()
            elif order == "shuffled":
                random.Random(seed).shuffle(held)  # noqa: S311 -- a test must be able to repeat it
            self._deliveries.release(held)
        return [delivery.event_id for delivery in held]

    def release_these(self, event_ids: Sequence[str]) -> list[str]:
        """Let these held events go in this order, and keep the others; returns those that were held indeed."""
        with self._store.transaction():
            held = self._deliveries.held()
            wanted = [one for event_id in event_ids for one in held if one.event_id == event_id]
            self._deliveries.release(wanted)
        return [delivery.event_id for delivery in wanted]

    def _record(
        self,
        event_type: str,
        subject: Mapping[str, object],
        request: EventRequest,
        before: Mapping[str, object] | None,
    ) -> Event:
        data: EventData = {"object": cast("dict[str, object]", json.loads(json.dumps(subject)))}
        if before is not None:
            data["previous_attributes"] = dict(before)
        event: Event = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": self._api_version,
            "created": self._clock.now(),
            "data": data,
            "livemode": False,
            "pending_webhooks": 1 if self._deliveries.webhook_url() else 0,
            "request": request,
            "type": event_type,
        }
        self._store.insert(EVENTS, event)
        return event


def _apply(course: _Course, fault: Fault) -> _Course:
    options = fault.options
    match fault.kind:
        case "duplicate":
            together = bool(options["concurrent"])
            sending = replace(course.sending, copies=int(options["times"]), one_after_another=not together)
        case "twin":
            return replace(course, event_ids=int(options["times"]))
        case "delay":
            sending = replace(course.sending, delay_seconds=float(options["seconds"]))
        case "drop":
            sending = replace(course.sending, dropped=True)
        case "reorder":
            holding = _Holding(int(options["size"]), str(options["order"]), int(options["seed"]))
            course = replace(course, holding=holding)
            sending = replace(course.sending, held=True)
        case other:
            raise ValueError(other)
    return replace(course, sending=sending)
