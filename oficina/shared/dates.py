"""Dates as customers read them. A due date is a local date; an instant is UTC and is shown in local time."""

from datetime import UTC, date, datetime, time

from django.utils import timezone

WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip


def today() -> date:
    """The date in Mendoza, the only one that bills know. The database's own date is UTC: hand it this one."""
    return timezone.localdate()


def local_day(moment: datetime) -> date:
    """The date on which an instant fell, in Mendoza."""
    return timezone.localtime(moment).date()


def day_start(day: date) -> datetime:
    """The first instant of a day in Mendoza, UTC."""
    return timezone.make_aware(datetime.combine(day, time.min)).astimezone(UTC)


def short_date(day: date) -> str:
    """`24/11/2026`."""
    return f"{day:%d/%m/%Y}"


def weekday_and_date(day: date) -> str:
    """`martes 24/11/2026`."""
    return f"{WEEKDAYS[day.weekday()]} {short_date(day)}"


def clock(moment: datetime) -> str:
    """`10:47`, local."""
    return f"{timezone.localtime(moment):%H:%M}"


def day_and_clock(moment: datetime) -> str:
    """`hoy a las 10:47`, or `24/11/2026 a las 10:47`."""
    local = timezone.localtime(moment)
    day = "hoy" if local.date() == today() else short_date(local.date())
    return f"{day} a las {local:%H:%M}"


def coming_day(day: date, on: date) -> str:
    """`hoy`, `mañana`, `el lunes`, or with its date when that is a week away or more."""
    ahead = (day - on).days
    if ahead < 2:
        return ("hoy", "mañana")[ahead]
    return f"el {WEEKDAYS[day.weekday()]}" if ahead < 7 else f"el {weekday_and_date(day)}"


def hour_words(hour: time) -> str:
    """`las 8`, `las 16:30`, `la 1`."""
    words = f"{hour.hour}" if hour.minute == 0 else f"{hour.hour}:{hour.minute:02d}"
    return f"la {words}" if hour.hour == 1 else f"las {words}"


def days_phrase(days: int) -> str:
    """`1 día`, `5 días`."""
    return "1 día" if days == 1 else f"{days} días"


def add_months(month: date, count: int) -> date:
    """The first day of the month that lies `count` months from `month`."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def period_months(month: date, months: int) -> str:
    """The months of a period in any year: `julio y agosto`."""
    last = add_months(month, months - 1)
    if months == 1:
        return MONTHS[month.month - 1]
    return f"{MONTHS[month.month - 1]} {'y' if months == 2 else 'a'} {MONTHS[last.month - 1]}"


def period_name(month: date, months: int) -> str:
    """The period that begins in `month` and covers `months`: `Julio y agosto 2026`, `Diciembre 2025 y enero 2026`."""
    last = add_months(month, months - 1)
    name = f"{MONTHS[month.month - 1]} {month.year}"
    if months > 1:
        link = "y" if months == 2 else "a"
        first = MONTHS[month.month - 1] + ("" if month.year == last.year else f" {month.year}")
        name = f"{first} {link} {MONTHS[last.month - 1]} {last.year}"
    return name[0].upper() + name[1:]
