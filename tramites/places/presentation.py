"""A place of payment as people read it: whether it is open now, its hours, what it takes and how far it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.utils import timezone

from oficina.shared.dates import WEEKDAYS, coming_day, hour_words, local_day
from oficina.shared.maps import map_link
from oficina.shared.outlines import Position
from tramites.enums import PlaceBills, PlaceKind, PlaceMeans
from tramites.models import PaymentPlace
from tramites.places.hours import Hours, Span, days_alike, hour_written, read_hours

_DAY_MINUTES: Final = 24 * 60


@dataclass(frozen=True, kw_only=True)
class ShownPlace:
    """A place in words, empty where there is nothing to say. `number` is the one in the list and on the map, `anchor`
    the id of its item. `is_open` is None when its hours are not known; `position` when it is on no map.
    """

    place: PaymentPlace
    number: str
    position: Position | None
    is_open: bool | None
    state: str
    hours: str
    accepts: str
    bills: str
    distance: str
    where: str

    @property
    def anchor(self) -> str:
        return f"lugar-{self.number}"

    @property
    def directions(self) -> str:
        """The address that opens it on a map elsewhere."""
        return map_link(self.position) if self.position else ""

    @property
    def dial(self) -> str:
        """The address that calls it."""
        return "tel:" + "".join(sign for sign in self.place.phone if sign.isdigit() or sign == "+")


def show_place(place: PaymentPlace, *, number: int, at: datetime) -> ShownPlace:
    """The words for a place at an instant; how far it is when the query asked for it."""
    hours = read_hours(place.hours)
    is_open, state = _state(hours, at)
    kilometres: float | None = getattr(place, "distance_km", None)
    return ShownPlace(
        place=place,
        number=str(number),
        position=_position(place),
        is_open=is_open,
        state=state,
        hours=". ".join(hours_phrases(hours)) if hours else "Consultalo antes de ir",
        accepts=_accepts_words(place.accepts),
        bills="" if place.bills == PlaceBills.ALL else PlaceBills(place.bills).label,
        distance="" if kilometres is None else distance_words(kilometres),
        where=_where(place),
    )


def distance_words(kilometres: float) -> str:
    """`a 350 m`, `a 1,2 km`, `a 25 km`."""
    metres = round(kilometres * 100) * 10
    if metres < 1000:
        return f"a {max(metres, 10)} m"
    if kilometres < 9.95:
        return f"a {kilometres:.1f} km".replace(".", ",")
    return f"a {kilometres:.0f} km"


def hours_phrases(hours: Hours) -> list[str]:
    """`Lunes a viernes de 8 a 13 y de 17 a 20:30`, one phrase for each run of days, the last about holidays."""
    if hours.always:
        return ["Todos los días, las 24 horas"]
    phrases = [f"{_days_words(days)} {_spans_words(spans)}" for days, spans in days_alike(hours) if spans]
    holidays = f"Feriados {_spans_words(hours.holidays)}" if hours.holidays else "Feriados, cerrado"
    return [*phrases, holidays]


def span_words(span: Span) -> str:
    """`8 a 13`, `17 a 20:30`."""
    return " a ".join(_short(minutes) for minutes in span)


def _state(hours: Hours | None, at: datetime) -> tuple[bool | None, str]:
    if hours is None:
        return None, ""
    if hours.always:
        return True, "Abierto las 24 horas"
    closes = hours.open_until(at=at)
    if closes is not None:
        return True, f"Abierto hasta {_closing_words(closes, at)}"
    opens = hours.opens_next(at=at)
    return False, f"Cerrado, abre {_opening_words(opens, at)}" if opens else "Cerrado"


def _closing_words(closes: datetime, now: datetime) -> str:
    """`las 13`, `las 24`, `el viernes a las 24`: an end in the next morning needs no day."""
    local = timezone.localtime(closes)
    clock = "las 24" if local.time() == time.min else hour_words(local.time())
    if closes - now < timedelta(hours=20):
        return clock
    return f"{coming_day(local_day(closes - timedelta(minutes=1)), local_day(now))} a {clock}"


def _opening_words(opens: datetime, now: datetime) -> str:
    """`hoy a las 17`, `mañana a las 8`, `el lunes a las 9`."""
    clock = hour_words(timezone.localtime(opens).time())
    return f"{coming_day(local_day(opens), local_day(now))} a {clock}"


def _days_words(days: range) -> str:
    first, last = WEEKDAYS[days[0]].capitalize(), WEEKDAYS[days[-1]]
    if len(days) == 7:
        return "Todos los días"
    if len(days) == 1:
        return first
    return f"{first} {'y' if len(days) == 2 else 'a'} {last}"


def _spans_words(spans: Iterable[Span]) -> str:
    if tuple(spans) == ((0, _DAY_MINUTES),):
        return "las 24 horas"
    return _listed(f"de {span_words(span)}" for span in spans)


def _short(minutes: int) -> str:
    hour, _, minute = hour_written(minutes).partition(":")
    return f"{int(hour)}" if minute == "00" else f"{int(hour)}:{minute}"


def _accepts_words(accepts: Iterable[str]) -> str:
    first, *others = (PlaceMeans(means).label for means in accepts)
    return _listed([first, *(label[:1].lower() + label[1:] for label in others)])


def _listed(words: Iterable[str]) -> str:
    """`a`, `a y b`, `a, b y c`."""
    *others, last = words
    return f"{', '.join(others)} y {last}" if others else last


def _position(place: PaymentPlace) -> Position | None:
    if place.latitude is None or place.longitude is None:
        return None
    return float(place.longitude), float(place.latitude)


def _where(place: PaymentPlace) -> str:
    if place.kind == PlaceKind.ONLINE:
        return ""
    department = place.get_department_display()
    town = place.locality if place.locality == department else f"{place.locality}, {department}"
    return f"{place.address}, {town}"
