"""The parts of a customer's page: short tables of what belongs to them, each with the way to all of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Model

from accounts.models import User
from billing.presentation import StateWords
from oficina.shared.dates import clock, local_day, short_date
from oficina.shared.money import pesos
from oficina.shared.office.act_pages import list_address, record_address
from oficina.shared.office.columns import NOTHING
from oficina.staff.customers.ways import May, person_address, view_permission


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A value with perhaps the way to its record (`address`), a second line (`note`), or a badge's `tone`."""

    text: str
    address: str = ""
    note: str = ""
    tone: str | None = None
    is_number: bool = False

    @property
    def says_nothing(self) -> bool:
        """Whether it is a mere dash, which a telephone has no room for."""
        return self.text == NOTHING and not self.note


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something to do about a row or about the customer, on a page of its own that asks before it does it.

    With `sends`, the fields of a form, it is done at once.
    """

    words: str
    address: str
    about: str = ""
    sends: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A record: `anchor` names it in addresses (`payment-418902`). `is_over` when it is history."""

    anchor: str
    cells: Sequence[Cell]
    acts: Sequence[Act] = ()
    is_over: bool = False


@dataclass(frozen=True, kw_only=True)
class Section:
    """A table, newest first. `every` is the list that has all of it, `empty` what is said when there is none."""

    slug: str
    title: str
    headings: Sequence[str]
    rows: Sequence[Row]
    empty: str
    every: str = ""
    acts: Sequence[Act] = ()

    @property
    def columns(self) -> list[tuple[str, bool]]:
        """Each heading, and whether numbers stand under it."""
        numbers = [cell.is_number for cell in self.rows[0].cells] if self.rows else [False] * len(self.headings)
        return list(zip(self.headings, numbers, strict=True))

    @property
    def lines(self) -> list[tuple[Row, list[tuple[str, Cell]]]]:
        """Each row, with the heading of each of its cells: on a telephone they stand beside each other."""
        return [(row, list(zip(self.headings, row.cells, strict=True))) for row in self.rows]

    @property
    def has_acts(self) -> bool:
        """Whether something can be done about some row."""
        return any(row.acts for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class Part[Owner: Model]:
    """A section that is made of an owner, for whoever may see the table of `shows`."""

    shows: type[Model]
    build: Callable[[Owner, May], Section]


def sections_of[Owner: Model](owner: Owner, parts: Iterable[Part[Owner]], may: May) -> list[Section]:
    """Those that this person may see; the others cost nothing."""
    return [part.build(owner, may) for part in parts if may(view_permission(part.shows))]


def record_cell(record: Model, text: str = "", *, note: str = "") -> Cell:
    """The way to a record of a table."""
    return Cell(text=text or str(record), address=record_address(record), note=note)


def person_cell(person: User | None, may: May) -> Cell:
    """A person, with the way to their page for whoever may see people."""
    if person is None:
        return Cell(text=NOTHING)
    address = person_address(person.pk) if may(view_permission(User)) else ""
    return Cell(text=person.full_name or person.email, address=address)


def money_cell(amount: Decimal | None, *, note: str = "") -> Cell:
    """Pesos, set to the right."""
    return Cell(text=NOTHING if amount is None else pesos(amount), note=note, is_number=True)


def state_cell(state: StateWords, *, note: str = "") -> Cell:
    """A state, as a badge."""
    return Cell(text=state.words, tone=state.tone, note=note)


def text_cell(text: str, *, note: str = "") -> Cell:
    """Words, or a dash when there are none."""
    return Cell(text=text or NOTHING, note=note)


def moment_cell(moment: datetime | None) -> Cell:
    """An instant, as a local date and time."""
    return Cell(text=NOTHING if moment is None else moment_words(moment))


def moment_words(moment: datetime) -> str:
    """`24/11/2026 10:47`, local."""
    return f"{short_date(local_day(moment))} {clock(moment)}"


def list_found(model: type[Model], typed: str) -> str:
    """The list of a table with what its search box finds."""
    return f"{list_address(model)}?{urlencode({'q': typed})}"
