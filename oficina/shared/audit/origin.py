"""Who is at work, told to the database with each statement that may write, by django-pghistory.

It puts what it is told before the statement, for the length of the transaction, so that a connection that goes back to
the pool remembers nobody. What a request is told of is found out when something is written, not before: a page that
only reads costs nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import pghistory
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from psycopg.sql import Composable


@runtime_checkable
class Origin(Protocol):
    """From where something comes. Keys: `user` and `name` of a person, `ip`, `agent`, `method` and `page` of a request;
    `task` and `job`; or `command`.
    """

    def told(self) -> dict[str, Any]:
        """As the log of changes keeps it."""


@dataclass(frozen=True)
class JobOrigin:
    """A job of the queue."""

    task: str
    job: int | None

    def told(self) -> dict[str, Any]:
        """Which task, and which of its jobs."""
        return {"task": self.task, "job": self.job}


@dataclass(frozen=True)
class CommandOrigin:
    """A command of the console."""

    command: str

    def told(self) -> dict[str, Any]:
        """Which one."""
        return {"command": self.command}


class OriginEncoder(DjangoJSONEncoder):
    """Writes an origin out when the database has to be told (the setting `PGHISTORY_JSON_ENCODER`)."""

    def default(self, o: Any) -> Any:
        """The origin as a dictionary."""
        return o.told() if isinstance(o, Origin) else super().default(o)


@contextmanager
def working_for(origin: Origin) -> Iterator[None]:
    """Whatever is written meanwhile, on this thread's connection, comes from `origin`."""
    with connection.execute_wrapper(_as_text), pghistory.context(origin=origin):
        yield


def _as_text(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001  Django's signature
    """Statements as the library can put something before them: as text, and with parameters. It adds parameters of its
    own, and where there were none a `%` was a character like any other.
    """
    if isinstance(sql, Composable):
        sql = sql.as_string(context["connection"].connection)
    if params is None and isinstance(sql, str):
        sql, params = sql.replace("%", "%%"), ()
    return execute(sql, params, many, context)
