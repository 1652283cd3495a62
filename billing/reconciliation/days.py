"""Which local days are compared, and when."""

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from billing.enums import PROVIDER_CHANNELS
from billing.models import Payment, ProviderDay
from oficina.shared.dates import local_day

RECENT_DAYS = 3
"""Days that are compared again although they agreed: a provider may book late, and so may we."""

FOLLOWED_DAYS = 90
"""How far back a day may lie that was never compared, or whose difference nobody has explained yet."""

_BOOKS_ARE_WRITTEN = timedelta(hours=1)
_ONCE_A_DAY = timedelta(hours=20)


def bounds(day: date) -> tuple[datetime, datetime]:
    """The first instant (UTC) of a local day, and the first one after it."""
    return _midnight(day), _midnight(day + timedelta(days=1))


def due_days(source: str, *, now: datetime) -> list[date]:
    """The days to be compared now, oldest first: today, days never compared or compared before they had ended, and once
    a day the recent ones and those with a difference that is not explained.

    What a round did not come to is due in the next one.
    """
    today = local_day(now)
    oldest = today - timedelta(days=FOLLOWED_DAYS)
    compared = dict(ProviderDay.objects.filter(source=source, day__gte=oldest).values_list("day", "checked_at"))
    unexplained = ProviderDay.objects.unexplained().filter(source=source, day__gte=oldest)
    begin = min(compared) if compared else _first_day(oldest, today)
    days = [begin + timedelta(days=count) for count in range((today - begin).days + 1)]
    followed = set(unexplained.values_list("day", flat=True)) | set(days[-RECENT_DAYS:])
    return [day for day in days if _is_due(day, compared.get(day), now=now, followed=day in followed)]


def _is_due(day: date, checked_at: datetime | None, *, now: datetime, followed: bool) -> bool:
    if checked_at is None or checked_at < bounds(day)[1] + _BOOKS_ARE_WRITTEN:
        return True
    return followed and checked_at <= now - _ONCE_A_DAY


def _first_day(oldest: date, today: date) -> date:
    asked_for = Payment.objects.filter(channel__in=PROVIDER_CHANNELS, created_at__gte=bounds(oldest)[0])
    first = asked_for.order_by("created_at").values_list("created_at", flat=True).first()
    return today if first is None else local_day(first)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min)).astimezone(UTC)
