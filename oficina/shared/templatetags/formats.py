"""How values are written for people. Builtin in every template."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from oficina.shared import dates, ids, money
from oficina.shared.prose import prose_html

register = template.Library()


@register.filter
def pesos(amount: Decimal | None) -> str:
    """`$ 1.234,56`; nothing when there is no amount."""
    return "" if amount is None else money.pesos(amount)


@register.filter
def figure(amount: Decimal | None) -> str:
    """`1.234,56`, for columns that say the currency in their head."""
    return "" if amount is None else money.figure(amount)


@register.filter
def cents(amount: Decimal) -> str:
    """`123456`: whole cents for a script, with no separators."""
    return str(int(money.round_to_cents(amount) * 100))


@register.filter
def whole(number: int | None) -> str:
    """`1.248`: a count."""
    return "" if number is None else f"{number:,}".replace(",", ".")


@register.filter
def plain(number: object) -> str:
    """A number for an attribute or an address: digits only, never `1.248`."""
    return str(number)


@register.filter
def short_date(day: date | None) -> str:
    """`24/11/2026`. An instant gives its local date."""
    if isinstance(day, datetime):
        return dates.short_date(dates.local_day(day))
    return "" if day is None else dates.short_date(day)


@register.filter
def day(value: date | None) -> SafeString | str:
    """The short date inside its `<time>`."""
    if value is None:
        return ""
    local = dates.local_day(value) if isinstance(value, datetime) else value
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), dates.short_date(local))


@register.filter
def clock(moment: datetime) -> str:
    """`10:47`, local."""
    return dates.clock(moment)


@register.filter
def day_and_clock(moment: datetime) -> str:
    """`hoy a las 10:47`, or `24/11/2026 a las 10:47`."""
    return dates.day_and_clock(moment)


@register.filter
def days(count: int) -> str:
    """`1 día`, `5 días`."""
    return dates.days_phrase(count)


@register.filter
def period(month: date) -> str:
    """The billing period that begins in this month: `Julio y agosto 2026`."""
    return dates.period_name(month, settings.BILLING_PERIOD_MONTHS)


@register.filter
def account_number(digits: str) -> str:
    """An account number as the bills print it: `082-0014237-001-6`."""
    return ids.grouped_digits(digits, settings.UTILITY.account_number_format)


@register.filter
def account_ending(digits: str) -> str:
    """The last two segments, for those who may not see the number: `001-6`."""
    return "-".join(account_number(digits).split("-")[-2:])


@register.filter
def prose(text: str) -> SafeString:
    """A text of the office, which is Markdown, as clean HTML."""
    return prose_html(text)
