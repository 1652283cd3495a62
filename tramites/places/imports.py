"""Import of `payment_places.csv`: where bills are paid besides the portal. The office itself makes this file."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from psycopg.sql import SQL, Composable, Identifier, Literal

from oficina.shared.imports.columns import Check, Choice, Column, Number, Patterned, Text
from oficina.shared.imports.kinds import Counts, ImportKind
from oficina.shared.imports.merging import upsert
from oficina.shared.imports.staging import StagedFile
from tramites.departments import Department
from tramites.enums import PlaceBills, PlaceKind, PlaceMeans
from tramites.models.place import CODE_PATTERN, CODE_WORDS, WEBSITE_PATTERN
from tramites.places.hours import NOTATION

_COLUMN_OF = {"place_code": "code", "status": "is_open"}


@dataclass(frozen=True, kw_only=True)
class Words(Column):
    """One or more of a few words, parted by spaces; kept once each, in the order of `known`."""

    known: tuple[str, ...]

    @property
    def _told(self) -> Composable:
        return SQL("regexp_split_to_array({}, '\\s+')").format(self.text)

    def failings(self) -> Iterator[tuple[Composable, str]]:
        """Another word."""
        known = SQL("{}::text[]").format(Literal([*self.known]))
        yield SQL("NOT {} <@ {}").format(self._told, known), f"Tiene que ser uno o más de: {', '.join(self.known)}."

    def value(self) -> Composable:
        """The words."""
        return SQL("ARRAY(SELECT word FROM unnest({}::text[]) AS word WHERE word = ANY({}))").format(
            Literal([*self.known]), self._told
        )


@dataclass(frozen=True, kw_only=True)
class Degrees(Number):
    """A latitude or longitude where the utility serves; `least` and `most` are their places in that setting."""

    least: int
    most: int

    def failings(self) -> Iterator[tuple[Composable, str]]:
        """No number, or one that lies elsewhere."""
        area = settings.UTILITY.service_area
        for failing, reason in super().failings():
            yield failing, reason
            yield (
                SQL("CASE WHEN NOT {} THEN {}::numeric NOT BETWEEN {} AND {} ELSE false END").format(
                    failing, self.text, Literal(area[self.least]), Literal(area[self.most])
                ),
                "Queda fuera de la zona de servicio.",
            )


def _merge(staged: StagedFile, _still_going: Callable[[], None]) -> Counts:
    staged.refuse_repeated("place_code", ["place_code"], "El código está repetido: vale la primera fila.")
    values: Mapping[str, Composable] = {
        _COLUMN_OF.get(column.name, column.name): SQL("r.{}").format(Identifier(column.name))
        for column in PLACES.columns
    }
    return upsert(
        staged,
        model=("tramites.paymentplace", "tramites_paymentplace"),
        key=("code",),
        values={**values, "department": SQL("COALESCE(r.department, '')"), "is_open": SQL("r.status = 'open'")},
        only_new={},
        touched={"updated_at": timezone.now()},
    )


def _only_somewhere(name: str) -> tuple[Check, Check]:
    """What every place has that is somewhere, and no channel by internet."""
    online, text = SQL("s.kind = {}").format(Literal(PlaceKind.ONLINE.value)), SQL("s.{}").format(Identifier(name))
    return (
        Check(name, SQL("{} AND {} <> ''").format(online, text), "Un canal por internet no lo lleva."),
        Check(name, SQL("NOT {} AND {} = ''").format(online, text), "Falta el valor."),
    )


PLACES = ImportKind(
    name="payment_places",
    label="lugares de pago",
    columns=(
        Patterned(name="place_code", required=True, length=40, pattern=CODE_PATTERN, reason=CODE_WORDS),
        Choice(name="kind", required=True, values={kind.value: kind.value for kind in PlaceKind}),
        Text(name="name", required=True, length=120),
        Text(name="address", length=200),
        Text(name="locality", length=100),
        Choice(name="department", values={department.label: department.value for department in Department}),
        Degrees(name="latitude", digits=2, places=6, signed=True, least=1, most=3),
        Degrees(name="longitude", digits=3, places=6, signed=True, least=0, most=2),
        Text(name="phone", length=40),
        Patterned(name="website", length=300, pattern=WEBSITE_PATTERN, reason="Tiene que ser una dirección https://…"),
        Words(name="accepts", required=True, known=tuple(PlaceMeans.values)),
        Choice(name="bills", required=True, values={bills.value: bills.value for bills in PlaceBills}),
        Patterned(
            name="hours",
            length=400,
            pattern=NOTATION,
            reason="Tiene que ser como «Mo-Fr 08:00-13:00; PH off», o «24/7».",
        ),
        Text(name="note", length=300),
        Choice(name="status", required=True, values={"open": "open", "closed": "closed"}),
    ),
    checks=(
        *_only_somewhere("address"),
        *_only_somewhere("locality"),
        *_only_somewhere("department"),
        _only_somewhere("latitude")[0],
        Check(
            "longitude",
            SQL("(s.latitude = '') <> (s.longitude = '')"),
            "La latitud y la longitud van las dos o ninguna.",
        ),
    ),
    merge=_merge,
)
