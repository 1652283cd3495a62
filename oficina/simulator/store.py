"""The simulator's state on disk, in SQLite.

One connection serves every thread, one transaction at a time: a stand-in for Stripe needs order more
than speed. Whatever was committed survives the death of the process.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from oficina.simulator.objects import ApiObject, Kind

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, position);
CREATE INDEX IF NOT EXISTS objects_by_intent ON objects (kind, json_extract(body, '$.payment_intent'));
CREATE INDEX IF NOT EXISTS objects_by_status ON objects (kind, json_extract(body, '$.status'));
CREATE TABLE IF NOT EXISTS answers (
    idempotency_key TEXT PRIMARY KEY,
    endpoint TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    request_id TEXT NOT NULL,
    created INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    url TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed', 'dropped')),
    due_at REAL NOT NULL,
    after_id INTEGER REFERENCES deliveries (id)
);
CREATE INDEX IF NOT EXISTS deliveries_pending ON deliveries (due_at) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event_id);
CREATE TABLE IF NOT EXISTS held (delivery_id INTEGER PRIMARY KEY REFERENCES deliveries (id));
CREATE VIEW IF NOT EXISTS waiting AS
    SELECT * FROM deliveries WHERE state = 'pending' AND id NOT IN (SELECT delivery_id FROM held);
CREATE TABLE IF NOT EXISTS attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery_id INTEGER NOT NULL REFERENCES deliveries (id),
    started_at REAL NOT NULL,
    seconds REAL NOT NULL,
    status INTEGER,
    error TEXT
);
CREATE INDEX IF NOT EXISTS attempts_by_delivery ON attempts (delivery_id);
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    matching TEXT NOT NULL,
    remaining INTEGER,
    options TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_TABLES = ("attempts", "held", "deliveries", "answers", "faults", "settings", "objects")


@dataclass(frozen=True)
class Where:
    """One condition of a listing: SQL over `created` and `body`, and its parameters."""

    condition: str
    parameters: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class Page[T: ApiObject]:
    """A page of a listing; `has_more` says whether there is another."""

    items: list[T]
    has_more: bool


class UnknownCursorError(Exception):
    """A page was asked to start at an object that does not exist."""


class Store:
    """Objects, answers, deliveries, faults and settings, in one file."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._after_commit: list[Callable[[], None]] = []
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file; nothing may be asked afterwards."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, alone. Inside another one it joins it: only the outermost commits."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
                self._after_commit.clear()
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth:
                return
            self._connection.execute("COMMIT")
            actions, self._after_commit = self._after_commit, []
        for action in actions:
            action()

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once the transaction in hand is on disk; forget it if it is undone."""
        self._after_commit.append(action)

    def query(self, sql: str, parameters: Sequence[str | int | float | None] = ()) -> list[sqlite3.Row]:
        """The rows of one reading statement."""
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def change(self, sql: str, parameters: Sequence[str | int | float | None] = ()) -> int:
        """Run one writing statement; returns the identifier of the row it inserted, if it did."""
        with self.transaction():
            return self._connection.execute(sql, parameters).lastrowid or 0

    def insert[T: ApiObject](self, kind: Kind[T], body: T) -> None:
        """Store a new object."""
        self.change(
            "INSERT INTO objects (id, kind, created, body) VALUES (?, ?, ?, ?)",
            (body["id"], kind.name, body["created"], json.dumps(body)),
        )

    def save[T: ApiObject](self, kind: Kind[T], body: T) -> None:
        """Store a new state of an object that exists."""
        self.change("UPDATE objects SET body = ? WHERE id = ? AND kind = ?", (json.dumps(body), body["id"], kind.name))

    def find[T: ApiObject](self, kind: Kind[T], object_id: str) -> T | None:
        """An object by kind and identifier, or None."""
        rows = self.query("SELECT body FROM objects WHERE id = ? AND kind = ?", (object_id, kind.name))
        return cast("T", json.loads(rows[0]["body"])) if rows else None

    def find_any(self, object_id: str) -> dict[str, object] | None:
        """The object of that identifier, of whatever kind: what expanding a reference needs."""
        rows = self.query("SELECT body FROM objects WHERE id = ?", (object_id,))
        return cast("dict[str, object]", json.loads(rows[0]["body"])) if rows else None

    def select[T: ApiObject](self, kind: Kind[T], *conditions: Where) -> list[T]:
        """Every object of a kind that meets the conditions, newest first."""
        clauses, parameters = _joined([Where("kind = ?", (kind.name,)), *conditions])
        # The clauses are the simulator's own constants; every value travels as a parameter.
        rows = self.query(f"SELECT body FROM objects WHERE {clauses} ORDER BY position DESC", parameters)  # noqa: S608
        return [cast("T", json.loads(row["body"])) for row in rows]

    def page[T: ApiObject](
        self, kind: Kind[T], conditions: Sequence[Where], *, limit: int, after: str | None, before: str | None
    ) -> Page[T]:
        """A page of a kind, newest first, as Stripe lists. Raises UnknownCursorError."""
        every = [Where("kind = ?", (kind.name,)), *conditions]
        if after is not None:
            every.append(Where("position < ?", (self._position(kind, after),)))
        if before is not None:
            every.append(Where("position > ?", (self._position(kind, before),)))
        order = "ASC" if before is not None else "DESC"
        clauses, parameters = _joined(every)
        rows = self.query(
            # As in `select`: constants only.
            f"SELECT body FROM objects WHERE {clauses} ORDER BY position {order} LIMIT ?",  # noqa: S608
            (*parameters, limit + 1),
        )
        items = [cast("T", json.loads(row["body"])) for row in rows[:limit]]
        return Page(items[::-1] if before is not None else items, has_more=len(rows) > limit)

    def _position[T: ApiObject](self, kind: Kind[T], object_id: str) -> int:
        rows = self.query("SELECT position FROM objects WHERE id = ? AND kind = ?", (object_id, kind.name))
        if not rows:
            raise UnknownCursorError(object_id)
        return int(rows[0]["position"])

    def setting(self, name: str) -> str | None:
        """A setting, or None when it was never set."""
        rows = self.query("SELECT value FROM settings WHERE name = ?", (name,))
        return str(rows[0]["value"]) if rows else None

    def set_setting(self, name: str, value: str) -> None:
        """Change a setting."""
        self.change(
            "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )

    def clear(self) -> None:
        """Forget everything, as on a first start."""
        with self.transaction():
            for table in _TABLES:
                self.change(f"DELETE FROM {table}")  # noqa: S608 -- names of the constant above


def _joined(conditions: Sequence[Where]) -> tuple[str, tuple[str | int, ...]]:
    clauses = " AND ".join(condition.condition for condition in conditions)
    return clauses, tuple(value for condition in conditions for value in condition.parameters)
