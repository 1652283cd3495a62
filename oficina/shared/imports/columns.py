"""What a value of a file must look like, and how its text becomes a value of the database.

A column gives SQL over the text of the staged row: the checks that a bad value fails, and the cast of a good one. Texts
come trimmed, and an empty one is no value. Nothing from a file ever becomes part of a statement.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from psycopg.sql import SQL, Composable, Identifier, Literal

_DATE = r"^\d{4}-\d{2}-\d{2}$"
_INSTANT = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}(:?\d{2})?)?)?$"
_ZONE = r"(Z|[T ].*[+-]\d{2}(:?\d{2})?)$"


@dataclass(frozen=True)
class Check:
    """A row that makes `failing` true is bad: reported at `column` with `reason`, which the office reads."""

    column: str
    failing: Composable
    reason: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a file. `required`: every row needs a value. `may_be_absent`: a file may lack the column."""

    name: str
    required: bool = False
    may_be_absent: bool = False

    @property
    def text(self) -> Composable:
        """The text of the value in the staged row."""
        return SQL("s.{}").format(Identifier(self.name))

    def checks(self) -> Iterator[Check]:
        """What a bad value fails, in the order in which it is told."""
        if self.required:
            yield Check(self.name, SQL("{} = ''").format(self.text), "Falta el valor.")
        for failing, reason in self.failings():
            yield Check(self.name, SQL("({} <> '' AND {})").format(self.text, failing), reason)

    def failings(self) -> Iterator[tuple[Composable, str]]:
        """What is wrong with a value that is not empty."""
        yield from ()

    def value(self) -> Composable:
        """The value of a row that passed the checks."""
        return SQL("NULLIF({}, '')").format(self.text)


@dataclass(frozen=True, kw_only=True)
class Text(Column):
    """Words, at most `length` characters; an empty text when there is none, unless `empty_is_null`."""

    length: int
    empty_is_null: bool = False

    def failings(self) -> Iterator[tuple[Composable, str]]:
        """Too long."""
        yield SQL("length({}) > {}").format(self.text, Literal(self.length)), f"Tiene más de {self.length} caracteres."

    def value(self) -> Composable:
        """The text itself."""
        return super().value() if self.empty_is_null else self.text


@dataclass(frozen=True, kw_only=True)
class Patterned(Text):
    """A text that must match a POSIX regular expression; `reason` says what it must look like."""

    pattern: str
    reason: str

    def failings(self) -> Iterator[tuple[Composable, str]]:
        """Too long, or something else than it must be."""
        yield from super().failings()
        yield SQL("{} !~ {}").format(self.text, Literal(self.pattern)), self.reason


@dataclass(frozen=True, kw_only=True)
class Digits(Column):
    """A number of something that people write with separators (`-`, `.` or space); kept as digits only."""

    lengths: tuple[int, ...]

    @property
    def digits(self) -> Composable:
        """The digits of the text, without separators."""
        return SQL("translate({}, '-. ', '')").format(self.text)

    def failings(self) -> Iterator[tuple[Composable, str]]:
        """Another character, or another number of digits."""
        pattern = "^(" + "|".join(rf"\d{{{length}}}" for length in self.lengths) + ")$"
        yield SQL("{} !~ {}").format(self.digits, Literal(pattern)), f"Tiene que tener {_any_of(self.lengths)} dígitos."

    def value(self) -> Composable:
        """The digits."""
        return self.digits


@dataclass(frozen=True, kw_only=True)
class Choice(Column):
    """One of a few words; `values` maps the word of the file to the stored one."""

    values: Mapping[str, str] = field(hash=False)

    def failings(self) -> Iterator[tuple[Composable, str]]:
        """Another word."""
        words = SQL(", ").join(Literal(word) for word in self.values)
        yield SQL("{} NOT IN ({})").format(self.text, words), f"Tiene que ser uno de: {', '.join(self.values)}."

    def value(self) -> Composable:
        """The stored word."""
        cases = SQL(" ").join(
            SQL("WHEN {} THEN {}").format(Literal(word), Literal(kept)) for word, kept in self.values.items()
        )
        return SQL("CASE {} {} END").format(self.text, cases)


@dataclass(frozen=True, kw_only=True)
class Number(Column):
    """A decimal with a point: at most `digits` before it and `places` after it."""

    digits: int = 12
    places: int = 2
    signed: bool = False

    def failings(self) -> Iterator[tuple[Composable, str]]:
        """A comma, a thousands sign, too many digits, a letter."""
        decimals = rf"(\.\d{{1,{self.places}}})?" if self.places else ""
        sign = "-?" if self.signed else ""
        pattern = rf"^{sign}\d{{1,{self.digits}}}{decimals}$"
        yield SQL("{} !~ {}").format(self.text, Literal(pattern)), self._reason()

    def value(self) -> Composable:
        """The number."""
        return SQL("NULLIF({}, '')::numeric({}, {})").format(
            self.text, Literal(self.digits + self.places), Literal(self.places)
        )

    def _reason(self) -> str:
        what = (
            "Tiene que ser un número entero"
            if not self.places
            else (f"Tiene que ser un número con punto y hasta {self.places} decimales")
        )
        return f"{what}, sin separador de miles" + ("." if self.signed else " ni signo.")


@dataclass(frozen=True, kw_only=True)
class Day(Column):
    """A date, `YYYY-MM-DD`, local."""

    def failings(self) -> Iterator[tuple[Composable, str]]:
        """Another format, or a day that the calendar does not have."""
        yield (
            SQL("({0} !~ {1} OR NOT pg_input_is_valid({0}, 'date'))").format(self.text, Literal(_DATE)),
            "Tiene que ser una fecha que exista, AAAA-MM-DD.",
        )

    def value(self) -> Composable:
        """The date."""
        return SQL("NULLIF({}, '')::date").format(self.text)


@dataclass(frozen=True, kw_only=True)
class Month(Column):
    """A month, `YYYY-MM`; kept as its first day."""

    def failings(self) -> Iterator[tuple[Composable, str]]:
        """Another format, or no month of the year."""
        yield (
            SQL("{} !~ {}").format(self.text, Literal(r"^[12]\d{3}-(0[1-9]|1[0-2])$")),
            "Tiene que ser un mes, AAAA-MM.",
        )

    def value(self) -> Composable:
        """The first day of the month."""
        return SQL("(NULLIF({}, '') || '-01')::date").format(self.text)


@dataclass(frozen=True, kw_only=True)
class Instant(Column):
    """A date, or a date and an hour; local to `zone` unless it says its offset. A date alone is its first minute."""

    zone: str

    def failings(self) -> Iterator[tuple[Composable, str]]:
        """Another format, or an instant that does not exist."""
        yield (
            SQL("({0} !~ {1} OR NOT pg_input_is_valid({0}, 'timestamptz'))").format(self.text, Literal(_INSTANT)),
            "Tiene que ser una fecha y hora que existan, AAAA-MM-DDTHH:MM:SS.",
        )

    def value(self) -> Composable:
        """The instant."""
        return SQL(
            "CASE WHEN {0} ~ {1} THEN {0}::timestamptz ELSE NULLIF({0}, '')::timestamp AT TIME ZONE {2} END"
        ).format(self.text, Literal(_ZONE), Literal(self.zone))


def _any_of(numbers: tuple[int, ...]) -> str:
    """`14`, `7, 8 u 11`: Spanish says `u` before a number that sounds with o."""
    *others, last = (str(number) for number in numbers)
    link = " u " if last.startswith("8") or last == "11" else " o "
    return ", ".join(others) + link + last if others else last
