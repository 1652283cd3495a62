"""Events: what happened, kept for the API's list and queued for the webhook, with the faults applied on the way."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import cast

from oficina.simulator.clock import Clock
from oficina.simulator.deliveries import Deliveries
from oficina.simulator.faults import Fault, Faults
from oficina.simulator.identifiers import new_id
from oficina.simulator.objects import API_VERSION, EVENTS, Event, EventRequest
from oficina.simulator.store import Store

NO_REQUEST: EventRequest = {"id": None, "idempotency_key": None}
"""The cause of an event that no API request caused: a customer at the hosted page, or time."""


@dataclass(frozen=True)
class _Sending:
    """How one event will reach the webhook."""

    event_ids: int = 1
    copies: int = 1
    one_after_another: bool = True
    delay_seconds: float = field(default=0.0)
    dropped: bool = False


class Events:
    """Makes events and hands them to the queue."""

    def __init__(self, store: Store, clock: Clock, faults: Faults, deliveries: Deliveries, api_version: str) -> None:
        self._store = store
        self._clock = clock
        self._faults = faults
        self._deliveries = deliveries
        self._api_version = api_version or API_VERSION

    def emit(self, event_type: str, subject: Mapping[str, object], request: EventRequest = NO_REQUEST) -> str:
        """Record that something happened to `subject` and queue its sending; call it inside the transaction of the
        change. Returns the identifier of the event (of the first, when a fault makes two).
        """
        sending = reduce(_apply, self._faults.take("event", event_type), _Sending())
        events = [self._record(event_type, subject, request) for _ in range(sending.event_ids)]
        for event in events:
            self._deliveries.enqueue(
                event["id"],
                event_type,
                copies=sending.copies,
                one_after_another=sending.one_after_another,
                due_at=time.time() + sending.delay_seconds,
                dropped=sending.dropped,
            )
        return events[0]["id"]

    def _record(self, event_type: str, subject: Mapping[str, object], request: EventRequest) -> Event:
        event: Event = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": self._api_version,
            "created": self._clock.now(),
            "data": {"object": cast("dict[str, object]", json.loads(json.dumps(subject)))},
            "livemode": False,
            "pending_webhooks": 1 if self._deliveries.webhook_url() else 0,
            "request": request,
            "type": event_type,
        }
        self._store.insert(EVENTS, event)
        return event


def _apply(sending: _Sending, fault: Fault) -> _Sending:
    match fault.kind:
        case "duplicate":
            together = bool(fault.options["concurrent"])
            return replace(sending, copies=int(fault.options["times"]), one_after_another=not together)
        case "twin":
            return replace(sending, event_ids=int(fault.options["times"]))
        case "delay":
            return replace(sending, delay_seconds=float(fault.options["seconds"]))
        case "drop":
            return replace(sending, dropped=True)
        case other:
            raise ValueError(other)
