"""The queue of webhooks: each event is sent until it is answered 2xx or the attempts run out.

The queue is on disk; what was being sent when the process died is sent again, as Stripe may do too.
Times here are the machine's, not the simulator's clock: they order real sends.
"""

import http.client
import json
import ssl
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Row
from urllib.parse import urlsplit

from oficina.simulator.clock import Clock
from oficina.simulator.objects import EVENTS
from oficina.simulator.signatures import signature_header
from oficina.simulator.store import Store

_URL_SETTING = "webhook_url"
_SECRETS_SETTING = "webhook_secrets"
_AT_ONCE = 32
_IN_FLIGHT_AT_STOP_SECONDS = 2.0


@dataclass(frozen=True)
class DeliveryPolicy:
    """How long a webhook may take, and when it is tried again."""

    timeout_seconds: float
    retry_delays: tuple[float, ...]
    """Seconds to wait after each failure; when they are used up the delivery has failed for good."""


@dataclass(frozen=True)
class Sending:
    """How one event is sent: once and now, unless a fault says otherwise."""

    copies: int = 1
    one_after_another: bool = True
    delay_seconds: float = 0.0
    dropped: bool = False
    held: bool = False


@dataclass(frozen=True)
class Held:
    """A delivery that is kept back."""

    id: int
    event_id: str


class Deliveries:
    """The queue and the threads that empty it."""

    def __init__(self, store: Store, clock: Clock, policy: DeliveryPolicy) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._changed = threading.Condition()
        self._stopping = False
        self._sending: set[int] = set()
        self._dispatcher = threading.Thread(target=self._dispatch, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin to send, starting with what an earlier run left."""
        self._dispatcher.start()

    def stop(self) -> bool:
        """Stop sending; says whether all that was under way ended. What did not is sent again at the next start."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._dispatcher.join()
        with self._changed:
            return self._changed.wait_for(lambda: not self._sending, timeout=_IN_FLIGHT_AT_STOP_SECONDS)

    def webhook_url(self) -> str | None:
        """Where events go, or None when they go nowhere."""
        return self._store.setting(_URL_SETTING) or None

    def secrets(self) -> list[str]:
        """What each webhook is signed with."""
        return [str(secret) for secret in json.loads(self._store.setting(_SECRETS_SETTING) or "[]")]

    def configure(self, *, url: str | None, secrets: list[str]) -> None:
        """Say where events go and with which secrets they are signed; no address means that nothing is sent."""
        with self._store.transaction():
            self._store.set_setting(_URL_SETTING, url or "")
            self._store.set_setting(_SECRETS_SETTING, json.dumps(secrets))

    def enqueue(self, event_id: str, event_type: str, sending: Sending | None = None) -> None:
        """Queue an event for the webhook, if there is one; call it inside the transaction that made the event."""
        how = sending or Sending()
        due_at = time.time() + how.delay_seconds
        url = self.webhook_url()
        if url is None:
            return
        previous: int | None = None
        for _ in range(how.copies):
            inserted = self._store.change(
                "INSERT INTO deliveries (event_id, event_type, url, state, due_at, after_id) VALUES (?, ?, ?, ?, ?, ?)",
                (event_id, event_type, url, "dropped" if how.dropped else "pending", due_at, previous),
            )
            previous = inserted if how.one_after_another else None
            if how.held:
                self._store.change("INSERT INTO held (delivery_id) VALUES (?)", (inserted,))
        self._store.after_commit(self._announce)

    def held(self) -> list[Held]:
        """What is kept back until `release`, in the order in which it was made."""
        rows = self._store.query("SELECT id, event_id FROM deliveries WHERE id IN (SELECT * FROM held) ORDER BY id")
        return [Held(row["id"], row["event_id"]) for row in rows]

    def release(self, deliveries: Sequence[Held]) -> None:
        """Send what was held, each once the one before it is done with."""
        with self._store.transaction():
            previous: int | None = None
            for delivery in deliveries:
                self._store.change("UPDATE deliveries SET after_id = ? WHERE id = ?", (previous, delivery.id))
                self._store.change("DELETE FROM held WHERE delivery_id = ?", (delivery.id,))
                previous = delivery.id
            self._store.after_commit(self._announce)

    def pending(self) -> int:
        """How many deliveries are still to be made, now or later; those that are held do not count."""
        return int(self._store.query("SELECT count(*) AS n FROM waiting")[0]["n"])

    def wait_until_idle(self, timeout_seconds: float) -> bool:
        """Wait until nothing is left to send, neither now nor later; says whether that came to be in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.pending() == 0, timeout=timeout_seconds)

    def wait_for_answer(self, event_id: str, timeout_seconds: float) -> bool:
        """Wait for the first answer to an event, whatever it is; says whether it came. Not awaited when dropped."""
        with self._changed:
            return self._changed.wait_for(lambda: self._answered(event_id), timeout=timeout_seconds)

    def log(self) -> list[dict[str, object]]:
        """Every delivery with its attempts, oldest first."""
        held = {delivery.id for delivery in self.held()}
        attempts: dict[int, list[dict[str, object]]] = {}
        for row in self._store.query("SELECT * FROM attempts ORDER BY id"):
            attempts.setdefault(row["delivery_id"], []).append(
                {name: row[name] for name in ("started_at", "seconds", "status", "error")}
            )
        return [
            {name: row[name] for name in ("id", "event_id", "event_type", "url", "state", "due_at", "after_id")}
            | {"attempts": attempts.get(row["id"], [])}
            | ({"state": "held"} if row["id"] in held else {})
            for row in self._store.query("SELECT * FROM deliveries ORDER BY id")
        ]

    def _answered(self, event_id: str) -> bool:
        waiting = self._store.query(
            "SELECT 1 FROM waiting WHERE event_id = ?"
            " AND NOT EXISTS (SELECT 1 FROM attempts WHERE delivery_id = waiting.id) LIMIT 1",
            (event_id,),
        )
        return not waiting

    def _announce(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _dispatch(self) -> None:
        while True:
            with self._changed:
                if self._stopping:
                    return
                now = time.time()
                ready = self._ready(now)
                if not ready:
                    self._changed.wait(timeout=self._until_next(now))
                    continue
                self._sending.update(row["id"] for row in ready)
            for row in ready:
                threading.Thread(target=self._send, args=(row,), name=f"webhook-{row['id']}", daemon=True).start()

    def _ready(self, now: float) -> list[Row]:
        rows = self._store.query(
            "SELECT * FROM waiting AS mine WHERE due_at <= ? AND NOT EXISTS ("
            "  SELECT 1 FROM deliveries AS earlier WHERE earlier.id = mine.after_id AND earlier.state = 'pending'"
            ") ORDER BY due_at, id LIMIT ?",
            (now, 2 * _AT_ONCE),
        )
        return [row for row in rows if row["id"] not in self._sending][: _AT_ONCE - len(self._sending)]

    def _until_next(self, now: float) -> float | None:
        """Seconds until a delivery becomes due; None when only an announcement can bring one."""
        row = self._store.query("SELECT min(due_at) AS at FROM waiting WHERE due_at > ?", (now,))[0]
        return None if row["at"] is None else float(row["at"]) - now

    def _send(self, delivery: Row) -> None:
        event = self._store.find(EVENTS, delivery["event_id"])
        if event is None:  # A reset came first.
            self._release(delivery["id"])
            return
        body = json.dumps(event, indent=2, ensure_ascii=False).encode()
        signature = signature_header(body, self.secrets(), timestamp=self._clock.signing_now())
        started = time.time()
        status: int | None = None
        error: str | None = None
        try:
            status = post(delivery["url"], body, signature, self._policy.timeout_seconds)
        except (OSError, http.client.HTTPException) as problem:
            error = f"{type(problem).__name__}: {problem}"
        self._record(delivery, started, status, error)

    def _record(self, delivery: Row, started: float, status: int | None, error: str | None) -> None:
        with self._store.transaction():
            # A reset may have taken the delivery away while it was being sent.
            if self._store.query("SELECT 1 FROM deliveries WHERE id = ?", (delivery["id"],)):
                self._store.change(
                    "INSERT INTO attempts (delivery_id, started_at, seconds, status, error) VALUES (?, ?, ?, ?, ?)",
                    (delivery["id"], started, round(time.time() - started, 3), status, error),
                )
                self._settle(delivery["id"], delivered=status is not None and 200 <= status < 300)
        self._release(delivery["id"])

    def _release(self, delivery_id: int) -> None:
        with self._changed:
            self._sending.discard(delivery_id)
            self._changed.notify_all()

    def _settle(self, delivery_id: int, *, delivered: bool) -> None:
        row = self._store.query("SELECT count(*) AS n FROM attempts WHERE delivery_id = ?", (delivery_id,))[0]
        failures = int(row["n"])
        if delivered:
            self._store.change("UPDATE deliveries SET state = 'delivered' WHERE id = ?", (delivery_id,))
        elif failures > len(self._policy.retry_delays):
            self._store.change("UPDATE deliveries SET state = 'failed' WHERE id = ?", (delivery_id,))
        else:
            due_at = time.time() + self._policy.retry_delays[failures - 1]
            self._store.change("UPDATE deliveries SET due_at = ? WHERE id = ?", (due_at, delivery_id))


def post(url: str, body: bytes, signature: str, timeout_seconds: float) -> int:
    """Send one webhook and return the HTTP status. Follows no redirect: to Stripe a 3xx is a failure.
    Raises OSError or HTTPException when no answer comes.
    """
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.netloc, timeout=timeout_seconds, context=context)
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=timeout_seconds)
    try:
        path = parts.path or "/"
        connection.request(
            "POST",
            f"{path}?{parts.query}" if parts.query else path,
            body=body,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
                "Stripe-Signature": signature,
            },
        )
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()
