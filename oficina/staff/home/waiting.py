"""What waits for somebody of the office: how much, for how long, and the list where it is.

No count walks a table: of each queue at most `MOST + 1` rows are looked at, by an index that has only what waits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count, Min, Q, QuerySet, Sum

from accounts.models import User
from oficina.shared.money import ZERO, pesos
from oficina.shared.office.act_pages import list_address
from oficina.staff.home.words import grouped, waited

MOST: Final = 1000
"""As far as is counted."""

type Chosen = Mapping[str, str]
"""What is chosen of a list's filters: the query of its address."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Those of a queue that are, for instance, one's own: `name` goes after their number."""

    name: str
    rows: Callable[[User, datetime], Q]
    chosen: Chosen


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Something of which rows may wait. `name` is what they are, in plural; `permissions` open their list.

    `since` is the column that says from when a row waits. Rows that come `oldest_first` do so by an index; of others
    that are too many to be counted the oldest is not known. `amount` is a column of pesos to add up.
    """

    name: str
    permissions: tuple[str, ...]
    rows: Callable[[datetime], QuerySet[Any]]
    since: str
    chosen: Callable[[datetime], Chosen]
    oldest_first: tuple[str, ...] = ()
    amount: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A queue as it is now, in words. `count` is empty when nothing waits; of each part its number and name, and the
    address of its list.
    """

    name: str
    address: str
    count: str
    age: str
    amount: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Waits:
    """Queues in which `some` rows wait, and those in which `none` does."""

    some: tuple[Waiting, ...]
    none: tuple[Waiting, ...]

    def __bool__(self) -> bool:
        return bool(self.some or self.none)


def what_waits(queues: tuple[Queue, ...], *, of: User, now: datetime) -> Waits:
    """The queues that this person may see. One query each; none for the others."""
    seen = [_look(queue, of, now) for queue in queues if of.has_perms(queue.permissions)]
    return Waits(
        some=tuple(queue for queue in seen if queue.count), none=tuple(queue for queue in seen if not queue.count)
    )


def _look(queue: Queue, person: User, now: datetime) -> Waiting:
    rows = queue.rows(now)
    first = rows.order_by(*queue.oldest_first)[: MOST + 1]
    totals: dict[str, Any] = {"count": Count("pk"), "oldest": Min(queue.since)}
    if queue.amount:
        totals["amount"] = Sum(queue.amount)
    for place, part in enumerate(queue.parts):
        totals[f"part_{place}"] = Count("pk", filter=part.rows(person, now))
    found = first.aggregate(**totals)
    count, oldest = found["count"], found["oldest"]
    all_counted = count <= MOST
    listed = list_address(rows.model)
    counted = [(found[f"part_{place}"], part) for place, part in enumerate(queue.parts) if all_counted]
    return Waiting(
        name=queue.name,
        address=_address(listed, queue.chosen(now)),
        count=_count_words(count),
        age=waited(oldest, now) if oldest and (all_counted or queue.oldest_first) else "",
        amount=_amount_words(found.get("amount"), all_counted=all_counted),
        parts=tuple((f"{number} {part.name}", _address(listed, part.chosen)) for number, part in counted if number),
    )


def _count_words(count: int) -> str:
    if count > MOST:
        return f"más de {grouped(MOST)}"
    return str(count) if count else ""


def _amount_words(amount: Decimal | None, *, all_counted: bool) -> str:
    return pesos(amount) if all_counted and (amount or ZERO) > 0 and amount is not None else ""


def _address(listed: str, chosen: Chosen) -> str:
    return f"{listed}?{urlencode(chosen)}" if chosen else listed
