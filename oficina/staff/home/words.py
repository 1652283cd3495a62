"""What the office's first page says: how much more or less than a year before, and for how long something waits."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from billing.collected import Collected
from oficina.shared.dates import MONTHS, days_phrase, short_date
from oficina.shared.money import NBSP, pesos
from oficina.staff.home.takings import Compared, Stretch

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR


def grouped(count: int) -> str:
    """`1.234`."""
    return f"{count:,}".replace(",", ".")


def payments_phrase(count: int) -> str:
    """`1 pago`, `1.234 pagos`."""
    return "1 pago" if count == 1 else f"{grouped(count)} pagos"


def month_name(stretch: Stretch) -> str:
    """`noviembre de 2026`: the month in which it ends."""
    return f"{MONTHS[stretch.until.month - 1]} de {stretch.until.year}"


def day_comparison(compared: Compared) -> str:
    """`12 % más que el 24/11/2025 a esta hora ($ 1.234,00).`"""
    return _comparison(compared, f"el {short_date(compared.before.until)} a esta hora")


def month_comparison(compared: Compared) -> str:
    """`12 % más que a esta altura de noviembre de 2025 ($ 1.234,00).`"""
    month = month_name(compared.before)
    return _comparison(compared, f"en todo {month}" if compared.before.whole else f"a esta altura de {month}")


def short_difference(now: Decimal, before: Decimal) -> str:
    """`+12 %`, `-5 %`; a dash when there is nothing to compare with."""
    share = _percent_more(now, before)
    if share is None:
        return "—"
    sign = "+" if share > 0 else "-" if share < 0 else ""
    return f"{sign}{grouped(abs(share))}{NBSP}%"


def waited(since: datetime, now: datetime) -> str:
    """For how long something waits: `menos de 1 hora`, `3 horas`, `12 días`."""
    seconds = (now - since).total_seconds()
    if seconds < _HOUR:
        return "menos de 1 hora"
    if seconds < _DAY:
        hours = int(seconds // _HOUR)
        return "1 hora" if hours == 1 else f"{hours} horas"
    return days_phrase(int(seconds // _DAY))


def _comparison(compared: Compared, when: str) -> str:
    now, before = compared.now.total, compared.before.total
    if before == Collected():
        return f"Sin cobros {when}: no hay con qué comparar."
    share = _percent_more(now.net, before.net)
    if share is None:
        return f"Recaudado {when}: {pesos(before.net)}."
    return f"{_more(share, equal=now.net == before.net)} que {when} ({pesos(before.net)})."


def _percent_more(now: Decimal, before: Decimal) -> int | None:
    """In whole per cent of what was before. None when that tells nothing: there was nothing, or more went than came."""
    if before <= 0:
        return None
    return int(((now - before) * 100 / before).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _more(share: int, *, equal: bool) -> str:
    if share == 0:
        return "Lo mismo" if equal else "Casi lo mismo"
    return f"{grouped(abs(share))}{NBSP}% {'más' if share > 0 else 'menos'}"
