"""When somebody of the office answers: the hours that it set, in local time, and never on a holiday."""

from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from oficina.shared.business_days import is_holiday
from oficina.shared.dates import coming_day, hour_words, local_day
from tramites.models import AwayMessage, OpeningHours

_LOOK_AHEAD_DAYS: Final = 31
_AWAY: Final = "En este momento no hay nadie atendiendo. Dejanos tu mensaje: te respondemos acá mismo."


def open_until(*, at: datetime) -> datetime | None:
    """When the office stops answering, if at that instant somebody answers; None while nobody does."""
    spans = _spans_from(at, days=1)
    return next((closes for opens, closes in spans if opens <= at < closes), None)


def opens_next(*, at: datetime) -> datetime | None:
    """When somebody answers again after that instant; None when the office set no hours for the next month."""
    return next((opens for opens, _closes in _spans_from(at, days=_LOOK_AHEAD_DAYS) if opens > at), None)


def hours_words(*, at: datetime) -> str:
    """`Atendemos hoy hasta las 16`, or when somebody answers again; empty when no hours are set."""
    until = open_until(at=at)
    if until is not None:
        return f"Atendemos hoy hasta {_clock(until)}"
    again = opens_next(at=at)
    return f"Atendemos {coming_day(local_day(again), local_day(at))} desde {_clock(again)}" if again else ""


def away_words(*, at: datetime) -> str:
    """What whoever asks for a person is told while nobody is there: the office's own words, and when it is back."""
    last = AwayMessage.objects.order_by("-pk").first()
    again = hours_words(at=at)
    return f"{last.text if last else _AWAY}{f'\n{again}.' if again else ''}"


def _spans_from(at: datetime, *, days: int) -> list[tuple[datetime, datetime]]:
    """The spans in which the office answers on the local day of an instant and on those after it, in order."""
    zone = timezone.get_current_timezone()
    hours = list(OpeningHours.objects.order_by("opens"))
    listed = []
    for day in (local_day(at) + timedelta(days=ahead) for ahead in range(days)):
        if not is_holiday(day):
            listed += [
                (datetime.combine(day, each.opens, zone), datetime.combine(day, each.closes, zone))
                for each in hours
                if each.weekday == day.weekday()
            ]
    return listed


def _clock(moment: datetime) -> str:
    return hour_words(timezone.localtime(moment).time())
