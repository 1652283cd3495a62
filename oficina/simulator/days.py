"""The account's days. Stripe reports and pays out by days of the account's time zone, here Mendoza's."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Argentina/Mendoza")


def day_of(instant: int) -> date:
    """The account's day in which a UTC instant (seconds since the epoch) falls."""
    return datetime.fromtimestamp(instant, UTC).astimezone(ZONE).date()


def end_of(day: date) -> int:
    """The first instant, in seconds since the epoch, that is not of this day any more."""
    following = day + timedelta(days=1)
    return int(datetime(following.year, following.month, following.day, tzinfo=ZONE).timestamp())
