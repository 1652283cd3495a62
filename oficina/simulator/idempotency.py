"""Idempotency keys: the same request twice has one effect and one answer, kept for a day.

The effect and its answer are committed together, so that a key never points to half a request. A second request
with a key in use waits for the first and gets its answer; Stripe may also say 409, which the SDK waits out the same.
"""

import hashlib
import json
from dataclasses import dataclass

from oficina.simulator.clock import Clock
from oficina.simulator.errors import same_key_other_endpoint, same_key_other_parameters
from oficina.simulator.parameters import Parameter
from oficina.simulator.store import Store

KEPT_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class Answer:
    """An answer as it was given the first time."""

    status: int
    body: str
    request_id: str


class Answers:
    """The kept answers, on disk."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def find(self, key: str, endpoint: str, parameters: dict[str, Parameter]) -> Answer | None:
        """The kept answer to this very request. Raises StripeError when the key was used for another."""
        rows = self._store.query(
            "SELECT * FROM answers WHERE idempotency_key = ? AND created > ?",
            (key, self._clock.now() - KEPT_SECONDS),
        )
        if not rows:
            return None
        row = rows[0]
        if row["endpoint"] != endpoint:
            raise same_key_other_endpoint(key, row["endpoint"], endpoint)
        if row["fingerprint"] != _fingerprint(parameters):
            raise same_key_other_parameters(key)
        return Answer(row["status"], row["body"], row["request_id"])

    def keep(self, key: str, endpoint: str, parameters: dict[str, Parameter], answer: Answer) -> None:
        """Remember an answer; call it inside the transaction of its effect."""
        self._store.change(
            "INSERT OR REPLACE INTO answers (idempotency_key, endpoint, fingerprint, status, body, request_id, created)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                key,
                endpoint,
                _fingerprint(parameters),
                answer.status,
                answer.body,
                answer.request_id,
                self._clock.now(),
            ),
        )

    def prune(self) -> None:
        """Forget the answers older than a day."""
        self._store.change("DELETE FROM answers WHERE created <= ?", (self._clock.now() - KEPT_SECONDS,))


def _fingerprint(parameters: dict[str, Parameter]) -> str:
    return hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()
